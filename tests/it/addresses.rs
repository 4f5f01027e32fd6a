//! Files that name an address: the service is told it, and nobody else.

use std::fs;
use std::path::Path;

use dakbox_sandbox::Options;
use serde_json::json;

use crate::house::{House, WORDS, clip, faulty, files_below, quick};

const SECRET: &str = "s3cr3tS1gnature";

fn address(name: &str) -> String {
    format!("https://media.example.org/films/{name}?X-Amz-Date=1&X-Amz-Signature={SECRET}")
}

/// A shortcut as Windows writes it.
fn shortcut(address: &str) -> String {
    format!(
        "[{{000214A0-0000-0000-C000-000000000046}}]\r\nProp3=19,11\r\n[InternetShortcut]\r\nIDList=\r\nURL={address}\r\n"
    )
}

fn webloc(address: &str, binary: bool) -> Vec<u8> {
    let mut all = plist::Dictionary::new();
    all.insert("URL".to_owned(), address.into());
    let (value, mut bytes) = (plist::Value::Dictionary(all), Vec::new());
    if binary { value.to_writer_binary(&mut bytes) } else { value.to_writer_xml(&mut bytes) }.unwrap();
    bytes
}

/// Waits until the film and its report are there, and these files are put away; the report.
#[track_caller]
fn made(house: &House, film: &str, files: &[&str]) -> String {
    let report = house.note(house.outbox(format!("{film}.report.txt")));
    assert!(house.outbox(format!("{film}.mp4")).exists());
    for file in files {
        house.wait_for(&format!("{file} is put away"), || {
            house.archive(file).exists() && !house.inbox(file).exists()
        });
    }
    report
}

/// The addresses that the service was told, in the order they came.
fn told(house: &House) -> Vec<String> {
    let world = house.world();
    let all = world.json()["uploads_by_address"].as_array().unwrap();
    let urls = all.iter().map(|came| {
        assert_eq!((&came["taken"], &came["body"]["source_type"]), (&json!(true), &json!("url")), "{came}");
        came["body"]["urls"].as_array().unwrap().iter().map(|url| url.as_str().unwrap().to_owned())
    });
    urls.flatten().collect()
}

#[test]
fn each_form_makes_a_film_alone_or_with_its_words() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '300ms'\n[instructions]\ndefault = 'the usual'\n");
    house.drop_file("sub/one.url", shortcut(&address("one.mp4")));
    house.drop_file("two.webloc", webloc(&address("two.mov"), false));
    house.drop_file("two.txt", "Language: en\n\nwords of two");
    house.drop_file("three.webloc.txt", "words of three");
    house.drop_file("three.webloc", webloc("https://media.example.org/watch", true));
    house.start();
    made(&house, "sub/one", &["sub/one.url"]);
    made(&house, "two", &["two.webloc", "two.txt"]);
    made(&house, "three", &["three.webloc", "three.webloc.txt"]);
    let (mut told, mut accepted) = (told(&house), house.world().accepted());
    told.sort();
    accepted.sort();
    assert_eq!(told, [address("one.mp4"), address("two.mov"), "https://media.example.org/watch".to_owned()]);
    assert_eq!(accepted, ["the usual", "words of three", "words of two"]);
    // It is known again, and refined, as a clip is.
    house.drop_file("again.url", shortcut(&address("two.mov")));
    house.drop_file("again.txt", "Language: en\n\nwords of two");
    made(&house, "again", &["again.url", "again.txt"]);
    assert_eq!(house.world().charges(), 3);
    house.drop_file("two.v2.txt", "slower");
    made(&house, "two.v2", &["two.v2.txt"]);
    // Another query may be another film.
    house.drop_file("again.txt", "Language: en\n\nwords of two");
    house.drop_file("again.url", shortcut(&address("two.mov").replace("Date=1", "Date=2")));
    made(&house, "again (2)", &[]);
    assert_eq!(house.world().charges(), 5);
    house.wait_for("all is put away", || House::names(&house.root("inbox")) == ["sub"]);
}

#[test]
fn what_names_no_address_waits_with_a_note_and_nothing_is_sent() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '100ms'\nempty_after = '100ms'\n");
    let rows: [(&str, Vec<u8>, &str); 9] = [
        ("plain.url", shortcut("http://media.example.org/a.mp4?k=hidden").into(), "https"),
        ("login.url", shortcut("https://me:hidden@media.example.org/a.mp4").into(), "password"),
        ("here.url", shortcut("https://127.0.0.1/a.mp4?k=hidden").into(), "private"),
        ("home.url", shortcut("https://nas.local/hidden.mp4").into(), "private"),
        ("file.url", shortcut("file:///C:/hidden/a.mp4").into(), "https"),
        ("none.url", b"[InternetShortcut]\r\n".to_vec(), "no address"),
        ("text.url", address("a.mp4").into(), "no address"),
        ("long.url", shortcut(&format!("https://media.example.org/{}", "x".repeat(2048))).into(), "2048"),
        ("cut.webloc", webloc(&address("a.mp4"), true)[..30].to_vec(), "can't be read"),
    ];
    for (name, bytes, _) in &rows {
        house.drop_file(name, bytes);
    }
    house.drop_file("empty.url", "");
    house.start();
    for (name, _, why) in &rows {
        let note = house.waits(Path::new(name).file_stem().unwrap().to_str().unwrap(), "bad-address-file");
        assert!(note.contains(why) && note.contains(name) && !note.contains("hidden"), "{name}: {note}");
        assert!(note.contains("No credits were spent."), "{note}");
    }
    house.waits("empty", "empty");
    house.drop_pair("another", WORDS);
    house.delivered("another");
    assert_eq!((house.world().sessions().len(), told(&house).len()), (1, 0));
    // Mended, it goes on.
    house.drop_file("plain.url", shortcut("https://media.example.org/a.mp4"));
    made(&house, "plain", &["plain.url"]);
    house.wait_for("the note is gone", || !house.outbox("plain.waiting.txt").exists());
}

#[test]
fn what_the_service_says_of_it_counts_as_for_a_clip() {
    let mut house = House::new();
    for name in ["page", "large", "away"] {
        house.drop_file(format!("{name}.txt"), format!("words of {name}"));
    }
    house.start();
    house.drop_file("page.url", shortcut(&address("page.html")));
    house.fails("page", "unsupported");
    house.service.faults("upload:too-largex1");
    house.drop_file("large.url", shortcut(&address("large.mp4")));
    house.fails("large", "too-large");
    house.wait_for("both are kept", || {
        house.failed("large.url").exists() && house.failed("large.txt").exists()
    });
    house.service.faults("upload:unreachable");
    house.drop_file("away.url", shortcut(&address("away.mp4")));
    let note = house.waits("away", "address-not-fetched");
    assert!(note.contains("https://media.example.org/films/away.mp4") && !note.contains(SECRET), "{note}");
    house.service.faults("");
    made(&house, "away", &["away.url", "away.txt"]);
    assert!(!house.outbox("away.waiting.txt").exists());
    // Put back with another address, it goes on under that one.
    fs::rename(house.failed("page.txt"), house.inbox("page.txt")).unwrap();
    house.drop_file("page.url", shortcut(&address("page.mp4")));
    made(&house, "page", &["page.url", "page.txt"]);
    assert_eq!(house.world().charges(), 2);
}

#[test]
fn an_upload_in_doubt_is_looked_up_and_told_once() {
    let mut house = House::with(faulty(&["upload:resetx1"]), "");
    house.drop_file("one.txt", WORDS);
    house.drop_file("one.url", shortcut(&address("one.mp4")));
    house.start();
    made(&house, "one", &["one.url", "one.txt"]);
    assert_eq!((told(&house).len(), house.world().sessions().len()), (1, 1));
    // What never came is told anew, in a session of its own.
    house.service.faults("upload:status=503x1");
    house.drop_file("two.txt", "words of two");
    house.drop_file("two.url", shortcut(&address("two.mp4")));
    made(&house, "two", &["two.url", "two.txt"]);
    assert_eq!((told(&house).len(), house.world().sessions().len(), house.world().charges()), (2, 3, 2));
}

#[test]
fn until_its_message_another_address_takes_the_place_of_the_first() {
    let mut house = House::new();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.drop_file("one.txt", WORDS);
    house.drop_file("one.url", shortcut(&address("one.mp4")));
    house.start();
    house.wait_for("it is told", || told(&house).len() == 1);
    house.drop_file("one.url", shortcut(&address("other.mp4")));
    house.wait_for("the other is told", || told(&house).last() == Some(&address("other.mp4")));
    fs::remove_file(house.root("pause.txt")).unwrap();
    made(&house, "one", &["one.url", "one.txt"]);
    let world = house.world();
    let uploads = world.json()["uploads"].as_array().unwrap();
    assert_eq!((world.charges(), &uploads[0]["url"]), (1, &json!(address("one.mp4"))));
    // What is paid for is made of the other one.
    let of_paid = |upload: &&serde_json::Value| upload["session"] == world.json()["charges"][0]["session"];
    let paid: Vec<_> = uploads.iter().filter(of_paid).map(|upload| upload["url"].clone()).collect();
    assert_eq!(paid, [json!(address("other.mp4"))], "{:#}", world.json());
}

#[test]
fn a_signed_query_is_shown_nowhere() {
    let options = Options { ..quick() };
    let mut house = House::with(
        options,
        "[log]\nlevel = 'trace'\n[folders]\nshare_page = true\n[messages]\nreport = 'both'\nlanguage = 'both'\n",
    );
    house.set_env("RUST_LOG", "trace");
    house.service.faults("upload:unreachable");
    house.drop_file("one.txt", WORDS);
    house.drop_file("one.url", shortcut(&address("one.mp4")));
    house.drop_file("bad.url", shortcut(&address("bad.mp4").replace("https", "http")));
    house.start();
    let mut seen = Vec::new();
    let mut ask = |house: &House| {
        let commands: [&[&str]; 7] = [
            &["show", "1"],
            &["show", "--json", "1"],
            &["jobs", "--json"],
            &["explain", "one.url"],
            &["explain", "--json", "one.url"],
            &["explain", "bad.url"],
            &["status", "--json"],
        ];
        for command in commands {
            let ran = house.run(command);
            seen.push(format!("{command:?}: {}{}", ran.out, ran.err));
        }
        // Notes go away.
        for file in files_below(&house.root("outbox")) {
            seen.push(fs::read_to_string(&file).unwrap_or_default());
        }
        seen.push(fs::read_to_string(house.root("index.html")).unwrap_or_default());
    };
    house.waits("one", "address-not-fetched");
    house.waits("bad", "bad-address-file");
    house.wait_for("the page says so", || {
        fs::read_to_string(house.root("index.html")).is_ok_and(|page| page.contains("address-not-fetched"))
    });
    ask(&house);
    house.service.faults("");
    made(&house, "one", &["one.url", "one.txt"]);
    house.note(house.outbox("one.report.json"));
    ask(&house);
    house.stop();
    assert!(seen.iter().any(|text| text.contains("https://media.example.org/films/one.mp4")), "{seen:#?}");
    seen.push(house.log());
    for text in &seen {
        assert!(!text.contains(SECRET) && !text.contains("X-Amz"), "{text}");
    }
    // It is not even kept: the file is read whenever it is told.
    for file in files_below(&house.path("state")) {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()), "{}", file.display());
    }
    assert_eq!(told(&house).last(), Some(&address("one.mp4")));
    // A clip of the very stem is another drop.
    assert_eq!(house.world().charges_of(&clip("one")), 0);
}
