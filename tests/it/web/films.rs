//! Films in a player: whole and in parts, found by the ledger and never by a path of the request.

use std::fs;
use std::os::unix::fs::symlink;

use super::{ON, Page};
use crate::house::{House, WORDS, clip};

#[test]
fn a_film_is_played_from_the_middle() {
    let mut house = House::set_up(ON);
    let bytes = house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let (page, film) = (Page::of(&house), fs::read(house.outbox("talk.mp4")).unwrap());
    house.wait_for("its clip is put away, and that is known", || page.get("/jobs/1/clip").status == 200);
    let whole = page.get("/jobs/1/film");
    assert_eq!((whole.status, &whole.body), (200, &film));
    assert_eq!(whole.header("content-type").unwrap(), "video/mp4");
    assert_eq!(whole.header("accept-ranges").unwrap(), "bytes");
    let tag = whole.header("etag").unwrap();
    let (len, last) = (film.len(), film.len() - 1);
    for (range, want, from, to) in [
        ("bytes=0-".to_owned(), 206, 0, len),
        ("bytes=10-19".to_owned(), 206, 10, 20),
        ("bytes=-5".to_owned(), 206, len - 5, len),
        (format!("bytes={last}-"), 206, last, len),
        ("bytes=0-1,4-5".to_owned(), 200, 0, len),
    ] {
        let part = page.ask("GET", "/jobs/1/film", &format!("Range: {range}"), "");
        assert_eq!((part.status, &part.body[..]), (want, &film[from..to]), "{range}");
        let told = format!("bytes {from}-{}/{len}", to - 1);
        assert_eq!(part.header("content-range").as_deref(), (want == 206).then_some(&*told), "{range}");
    }
    let beyond = page.ask("GET", "/jobs/1/film", &format!("Range: bytes={len}-"), "");
    assert_eq!((beyond.status, beyond.header("content-range").unwrap()), (416, format!("bytes */{len}")));
    assert_eq!(page.ask("GET", "/jobs/1/film", &format!("If-None-Match: {tag}"), "").status, 304);
    let other = page.ask("GET", "/jobs/1/film", "Range: bytes=5-\nIf-Range: \"old\"", "");
    assert_eq!((other.status, other.body), (200, film), "another film than the one that was begun");
    let head = page.ask("HEAD", "/jobs/1/film", "", "");
    assert_eq!(
        (head.status, head.body.len(), head.header("content-length").unwrap()),
        (200, 0, len.to_string())
    );
    let clip = page.ask("GET", "/jobs/1/clip", "Range: bytes=4-11", "");
    assert_eq!((clip.status, &clip.body[..]), (206, &bytes[4..12]));
}

#[test]
fn no_path_of_a_request_is_opened() {
    let mut house = House::set_up(ON);
    fs::write(house.path("secret.txt"), "the secret").unwrap();
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let page = Page::of(&house);
    for path in [
        "/jobs/1/film/../../../../secret.txt",
        "/jobs/..%2f..%2fsecret.txt/film",
        "/jobs/1%2f..%2f..%2fsecret.txt",
        "/../secret.txt",
        "//etc/passwd",
        "/jobs/999/film",
        "/jobs/-1/clip",
        "/jobs/1/film%00",
        "/index.html",
        "/outbox/talk.mp4",
    ] {
        let answer = page.get(path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {answer:?}");
        assert!(!answer.text().contains("the secret") && !answer.text().contains("root:"), "{path}");
    }
    // What lies under the film's name now may be anybody's.
    fs::remove_file(house.outbox("talk.mp4")).unwrap();
    symlink(house.path("secret.txt"), house.outbox("talk.mp4")).unwrap();
    assert_eq!(page.get("/jobs/1/film").status, 404);
    house.wait_for("its clip is put away, and that is known", || page.get("/jobs/1/clip").status == 200);
    fs::write(house.archive("talk.mp4"), clip("another one")).unwrap();
    assert_eq!(page.get("/jobs/1/clip").status, 404);
}

#[test]
fn what_a_film_was_made_of_is_played_and_its_versions_lead_to_each_other() {
    let mut house = House::set_up(ON);
    for stem in ["a", "b"] {
        house.drop_file(format!("trip/{stem}.mp4"), clip(stem));
    }
    house.drop_file("trip/project.txt", WORDS);
    house.drop_file("money.txt", "credits");
    house.start();
    house.note(house.outbox("trip.report.txt"));
    house.wait_for("it is put away", || house.archive("trip/b.mp4").exists());
    let page = Page::of(&house);
    let job = |name: &str| {
        let listed = house.run(&["jobs", "--json"]).out;
        let line = listed.lines().find(|line| line.contains(name)).unwrap().to_owned();
        let job: serde_json::Value = serde_json::from_str(&line).unwrap();
        format!("/jobs/{}", job["id"])
    };
    let trip = job("trip");
    page.says(&house, &trip, &["The 2 files it was made of", "2 files uploaded", ">b.mp4</bdi>"]);
    let part = |n: &str| page.get(&format!("{trip}/parts/{n}"));
    house.wait_for("where it was put is known", || part("1").status == 200);
    assert_eq!((part("1").body, part("2").body), (clip("a"), clip("b")));
    for n in ["0", "3", "-1", "x"] {
        assert!(matches!(part(n).status, 400 | 404), "{n}");
    }
    house.drop_file("trip.v2.txt", "shorter");
    house.note(house.outbox("trip.v2.report.txt"));
    let later = job("trip.v2.txt");
    page.says(&house, &trip, &["Versions of this film", &format!("href=\"{later}\"")]);
    page.says(&house, &later, &["Versions of this film", &format!("href=\"{trip}\"")]);
    let asked = job("money.txt");
    let told = page.says(&house, &asked, &["Answered", "The answer", "money.report.txt"]);
    assert!(!told.contains("<video") && !told.contains("/refine"), "{told}");
    assert_eq!(
        page.get(&format!("{asked}/film")).header("content-type").unwrap(),
        "text/plain; charset=utf-8"
    );
    page.says(&house, "/", &["The answer is in money.report.txt."]);
    page.says(&house, "/jobs?state=answered", &["money.txt"]);
    page.says(&house, "/health", &["The last look at all of it ended"]);
    assert!(house.run(&["status"]).out.contains(&format!("Its page is at http://{}.", page.0)));
}

#[test]
fn what_was_answered_stands_between_the_questions() {
    let mut house = House::set_up(ON);
    house.service.faults("message:questionx1");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "question");
    let page = Page::of(&house);
    page.press("/jobs/1/answer", "words=The+second+one.");
    house.delivered("talk");
    let told = page.says(&house, "/jobs/1", &["The question was answered.", "film put into the outbox"]);
    let at = |what: &str| told.find(what).unwrap_or_else(|| panic!("{what}: {told}"));
    let (asked, replied) =
        (told.rfind("Which of the two clips").unwrap(), at("The second one.</blockquote>"));
    assert!(asked < replied && at("The answer to it") < replied, "{told}");
}
