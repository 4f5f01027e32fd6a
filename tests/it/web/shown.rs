//! What the page shows: a clip from its drop to its film, live, in the reader's language, and how dakbox is.

use super::{ON, Page, hear};
use crate::house::{House, WORDS, clip, faulty};

#[test]
fn a_clip_is_seen_at_work_and_done() {
    let mut house = House::set_up(ON);
    house.service.faults("message:late-delay=3s");
    house.start();
    let page = Page::of(&house);
    page.says(&house, "/", &["Nothing is in work", "Drop clips here"]);
    house.drop_file("my talk.mp4", clip("my talk"));
    page.says(&house, "/", &[">my talk.mp4</bdi>", "waits a while for a text"]);
    house.drop_file("my talk.txt", WORDS);
    page.says(&house, "/", &["One clip is in work.", "The video service is at work, since"]);
    let job = page.says(&house, "/jobs/1", &["The video service is at work, since", "clip uploaded"]);
    assert!(job.contains("add Bangla subtitles, please") && job.contains("/jobs/1/cancel"), "{job}");
    house.delivered("my talk");
    page.says(&house, "/", &["Nothing is in work", "50 credits"]);
    let job = page.says(&house, "/jobs/1", &["film put into the outbox", "/jobs/1/film", "/jobs/1/refine"]);
    assert!(job.contains("class=\"lane text\"") && job.contains("What the video service said"), "{job}");
    assert!(!job.contains("/jobs/1/cancel") && !job.contains("/jobs/1/retry"), "{job}");
    let list = page.says(&house, "/jobs?state=delivered", &["my talk.mp4"]);
    assert!(list.len() < 60_000);
    assert!(!page.get("/jobs?state=failed").text().contains("my talk.mp4"));
    page.says(&house, "/figures", &["Credits a day", "Clips a day", "Export"]);
    page.says(&house, "/health", &["told by the system", "An anonymous account", "dakbox 0.1.0"]);
    for path in ["/", "/jobs/1", "/jobs", "/figures", "/health", "/style.css", "/live.js"] {
        let size = page.get(path).body.len();
        assert!(size < 60_000, "{path}: {size}");
    }
}

#[test]
fn an_open_page_hears_of_each_change_and_of_nothing_else() {
    let mut house = House::set_up(ON);
    house.service.faults("message:late-delay=2s");
    house.drop_pair("first", WORDS);
    house.start();
    house.delivered("first");
    // Its last record comes behind its last move.
    house.wait_for("its story is over", || house.log().contains("first.mp4 is done"));
    let page = Page::of(&house);
    let (mut board, mut job) = (page.stream("board"), page.stream("job-1"));
    assert!(hear(&mut board, "\n\n").contains("first.mp4"), "at first all of it");
    assert!(hear(&mut job, "film put into the outbox").contains("s0"));
    house.drop_pair("second", WORDS);
    let heard = hear(&mut board, "The video service is at work");
    assert!(heard.contains("second.mp4") && !heard.contains("first.mp4"), "only what is new: {heard}");
}

#[test]
fn the_page_speaks_the_readers_language() {
    let mut house = House::with(faulty(&["message:frame=2001"]), ON);
    house.set("[messages]\nlanguage = \"both\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    let page = Page::of(&house);
    page.says(
        &house,
        "/",
        &["<html lang=\"en\">", "One clip waits for you.", "/?lang=bn", "action=\"/jobs/1/retry"],
    );
    page.says(&house, "/?lang=bn", &["<html lang=\"bn\">", "১টি ক্লিপ আপনার অপেক্ষায় আছে।", "/?lang=en"]);
    let told = page.ask("GET", "/jobs/1", "Accept-Language: bn-BD,bn;q=0.9,en;q=0.5", "").text();
    for english in ["What happened", "Waits", "Try again", "no credits"] {
        assert!(!told.contains(english), "{english}: {told}");
    }
    assert!(told.contains("<html lang=\"bn\">") && told.contains("কী করবেন"), "{told}");
    house.stop();
    house.set("[messages]\nlanguage = \"bn\"\n");
    house.start();
    let page = Page::of(&house);
    let told = page.says(&house, "/?lang=en", &["<html lang=\"bn\">", "আপনার অপেক্ষায়"]);
    assert!(!told.contains("hreflang"), "there is no choice: {told}");
}

#[test]
fn folders_that_are_not_ours_are_told_of() {
    let mut house = House::set_up(ON);
    house.set("[folders]\nfirst_run_limit = 0\n");
    house.drop_pair("talk", WORDS);
    house.start();
    let page = Page::of(&house);
    page.says(&house, "/", &["class=\"top failed\"", "first-run"]);
    page.says(&house, "/health", &["first-run"]);
    assert_eq!(page.get("/jobs/1/film").status, 404);
}
