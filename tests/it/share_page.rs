//! The page on the share: what whoever has only the folders sees by a double click.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};

use crate::house::{House, WORDS, clip, faulty};

const ON: &str = "[folders]\nshare_page = true\n";
const OFF: &str = "[folders]\nshare_page = false\n";

/// The page; empty where there is none.
fn page(house: &House) -> String {
    fs::read_to_string(house.root("index.html")).unwrap_or_default()
}

/// Waits until the page says all of this.
#[track_caller]
fn says(house: &House, what: &[&str]) -> String {
    let until = Instant::now() + crate::house::LONG;
    loop {
        let page = page(house);
        if what.iter().all(|what| page.contains(what)) {
            return page;
        }
        let body = page.split("</style>").last().unwrap_or_default();
        assert!(
            Instant::now() < until,
            "it never says {what:?}: {body}\nSTATUS {}",
            house.run(&["status", "--json"]).out
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Where the page links to, as a browser reads it.
fn links(page: &str) -> Vec<String> {
    let hrefs = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    hrefs.map(decoded).collect()
}

fn decoded(href: &str) -> String {
    let mut parts = href.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_clip_is_seen_at_work_and_done() {
    let mut house = House::set_up(ON);
    house.service.faults("message:late-delay=8s");
    house.start();
    says(&house, &["Nothing is in work", "dakbox was running then"]);
    house.drop_file("my talk.mp4", clip("my talk"));
    says(&house, &["<h2>In the inbox</h2>", ">my talk.mp4</bdi>", "waits a while for a text"]);
    house.drop_file("my talk.txt", WORDS);
    says(&house, &["<h2>In work</h2>", ">my talk.mp4</bdi>", "The video service is at work, since"]);
    house.delivered("my talk");
    let done = says(&house, &["<h2>Finished lately</h2>", "my%20talk.report.txt", "Nothing is in work"]);
    assert_eq!(links(&done), ["outbox/my talk.mp4", "outbox/my talk.report.txt"]);
    assert!(links(&done).iter().all(|link| house.root(link).exists()));
    assert_eq!(house.stop(), Some(0));
    let last = page(&house);
    assert!(last.contains("dakbox was stopped at") && !last.contains("was running then"), "{last}");
    assert!(House::names(&house.root("")).iter().all(|name| !name.contains(".part")));
}

#[test]
fn long_work_is_said_to_go_on() {
    let mut house = House::set_up(ON);
    house.set("[jobs]\nstill_working = \"7s\"\n");
    house.service.faults("message:late-delay=20s");
    house.drop_pair("talk", WORDS);
    house.start();
    says(&house, &["The video service is at work, since"]);
    says(&house, &["The video service is still working, since"]);
}

#[test]
fn a_wait_says_why_and_what_to_do_in_the_readers_language() {
    let mut house = House::with(faulty(&["message:frame=2001"]), ON);
    house.set("[messages]\nlanguage = \"bn\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    let page = says(&house, &["<h2>অপেক্ষায়</h2>", "“talk.mp4” নিয়ে এগোনোর মতো যথেষ্ট ক্রেডিট নেই।"]);
    assert!(
        page.contains("<html lang=\"bn\">") && page.contains("কী করবেন: ") && page.contains("no-credits")
    );
    for english in ["credits left", "Waiting", "What to do"] {
        assert!(!page.contains(english), "{page}");
    }
}

#[test]
fn what_failed_leads_to_its_note() {
    let mut house = House::set_up(ON);
    house.drop_file("talk.txt", WORDS);
    house.drop_file("talk.mp4", "no film at all, only words in a file");
    house.start();
    house.fails("talk", "not-media");
    let page = says(&house, &["<h2>Failed</h2>", "Reason: not-media", "talk.error.txt"]);
    assert_eq!(links(&page), ["failed/talk.error.txt"]);
}

#[test]
fn a_name_is_only_a_name() {
    let mut house = House::set_up(ON);
    house.start();
    says(&house, &["dakbox was running then"]);
    let stem = "a\" onclick='x' <b>&amp; %41 #1?";
    house.drop_file("<img src=x onerror=alert(1)>.mp4", clip("img"));
    house.drop_file("x\u{202E}4pm\n<script>.mp4", clip("rtl"));
    house.drop_pair(stem, WORDS);
    house.delivered(stem);
    let page =
        says(&house, &["<h2>Finished lately</h2>", "onerror=alert(1)&gt;.mp4</bdi>", "&lt;script&gt;"]);
    for bad in ["<img", "<script", "<b>", "\u{202E}", "onclick='"] {
        assert!(!page.contains(bad), "{bad}: {page}");
    }
    assert!(links(&page).contains(&format!("outbox/{stem}.mp4")), "{page}");
    assert!(links(&page).iter().all(|link| house.root(link).exists()), "{page}");
}

#[test]
fn somebody_elses_page_is_left_alone() {
    let mut house = House::set_up(ON);
    fs::create_dir_all(house.root("")).unwrap();
    fs::write(house.root("index.html"), "<title>my own page</title>").unwrap();
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    house.wait_for("it is said", || house.log().contains("not dakbox's"));
    assert_eq!(house.stop(), Some(0));
    assert_eq!(page(&house), "<title>my own page</title>");
    assert_eq!(house.log().matches("not dakbox's").count(), 1);
    house.set(OFF);
    assert_eq!(house.run_once(&[]), 0);
    assert_eq!(page(&house), "<title>my own page</title>");
}

#[test]
fn it_is_true_again_after_a_kill_and_goes_when_it_is_not_wanted() {
    let mut house = House::set_up(ON);
    house.start();
    house.drop_file("talk.mp4", clip("talk"));
    says(&house, &["<h2>In the inbox</h2>", ">talk.mp4</bdi>"]);
    house.kill();
    fs::remove_file(house.inbox("talk.mp4")).unwrap();
    house.drop_pair("other", WORDS);
    house.start();
    house.delivered("other");
    says(&house, &["outbox/other.mp4", "Nothing is in work"]);
    assert!(!page(&house).contains("talk.mp4"));
    assert_eq!(house.stop(), Some(0));
    house.set(OFF);
    house.start();
    house.wait_for("the page is gone", || !house.root("index.html").exists());
}

#[test]
fn it_is_written_only_when_it_says_something_else() {
    let mut house = House::set_up(ON);
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    says(&house, &["outbox/talk.report.txt", "Nothing is in work"]);
    let state = || {
        let meta = house.root("index.html").metadata().unwrap();
        (meta.ino(), meta.mtime(), meta.mtime_nsec())
    };
    let before = state();
    // The ledger is written, but nothing that the page says is.
    assert_ne!(house.run(&["retry", "99"]).code, 0);
    let begun = Instant::now();
    house.wait_for("it had the time to be written", || begun.elapsed() > Duration::from_secs(8));
    assert_eq!(state(), before);
    fs::write(house.root("pause.txt"), "").unwrap();
    says(&house, &["Paused: no new message is sent while pause.txt"]);
    fs::remove_file(house.root("pause.txt")).unwrap();
    house.wait_for("it goes on", || !page(&house).contains("Paused"));
}

#[test]
fn nothing_is_written_where_the_root_is_not_ours() {
    let mut house = House::set_up(ON);
    house.start();
    says(&house, &["dakbox was running then"]);
    fs::rename(house.root(".dakbox"), house.path("mark")).unwrap();
    fs::remove_file(house.root("index.html")).unwrap();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.wait_for("it is told", || house.log().contains("the page in the root is not written"));
    assert!(!house.root("index.html").exists());
    fs::rename(house.path("mark"), house.root(".dakbox")).unwrap();
    fs::remove_file(house.root("pause.txt")).unwrap();
    says(&house, &["Nothing is in work"]);
}
