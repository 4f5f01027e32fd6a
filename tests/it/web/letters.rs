//! Texts of the page: each is sent once, to what it was written for, and never by a page that stood open.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;

use super::{ON, Page};
use crate::house::{House, WORDS, clip, faulty};

/// What a press leads to.
#[track_caller]
fn pressed(page: &Page, path: &str, form: &str) -> String {
    page.get(&page.press(path, form).header("location").unwrap()).text()
}

#[test]
fn each_question_is_answered_and_none_by_the_page_of_an_earlier_one() {
    let mut house = House::with(faulty(&["message:question@1x2"]), ON);
    house.drop_pair("talk", "ask me\n");
    house.start();
    house.waits("talk", "question");
    let page = Page::of(&house);
    page.says(&house, "/jobs/1", &["name=\"question\" value=\"0\""]);
    assert!(pressed(&page, "/jobs/1/answer", "question=0&words=the+first").contains("Your answer lies"));
    page.says(&house, "/jobs/1", &["name=\"question\" value=\"1\""]);
    // That page stood open since the first question.
    assert!(pressed(&page, "/jobs/1/answer", "question=0&words=stale").contains("the job has changed"));
    assert!(pressed(&page, "/jobs/1/answer", "question=1&words=the+second").contains("Your answer lies"));
    house.delivered("talk");
    assert_eq!(house.world().accepted(), ["ask me", "the first", "the second"]);
    // What was asked is answered by now.
    assert!(pressed(&page, "/jobs/1/answer", "question=1&words=late").contains("the job has changed"));
    assert!(pressed(&page, "/jobs/1/answer", "words=late").contains("the job has changed"));
    assert!(!house.inbox("talk.answer.txt").exists());
}

#[test]
fn of_two_clips_of_one_stem_that_one_is_answered_whose_page_it_is() {
    let mut house = House::with(faulty(&["message:question@1x2"]), ON);
    for name in ["talk.mp4", "talk.mov"] {
        house.drop_file(format!("{name}.txt"), format!("words for {name}\n"));
        house.drop_file(name, clip(name));
    }
    house.start();
    let page = Page::of(&house);
    for job in ["/jobs/1", "/jobs/2"] {
        page.says(&house, job, &["name=\"question\" value=\"0\""]);
    }
    let asked = house.world().accepted().len();
    assert!(pressed(&page, "/jobs/2/answer", "question=0&words=the+second").contains("Your answer lies"));
    house.wait_world("it is sent", |world| world.accepted().len() > asked);
    assert_eq!(house.world().accepted().last().unwrap(), "the second");
    page.says(&house, "/jobs/1", &["name=\"question\" value=\"0\""]);
}

#[test]
fn words_that_could_not_be_sent_are_not_written() {
    let mut house = House::with(faulty(&["message:question@1x1"]), ON);
    house.drop_pair("talk", "ask me\n");
    house.start();
    house.waits("talk", "question");
    let page = Page::of(&house);
    for words in ["Language%3A+bn", "a%00b", "export", "Quality%3A+superb%0D%0A%0D%0Ayes"] {
        let told = pressed(&page, "/jobs/1/answer", &format!("words={words}"));
        assert!(told.contains("cannot be sent as they are"), "{words}");
        assert!(!house.inbox("talk.answer.txt").exists(), "{words}");
    }
    // What a person left there is theirs.
    fs::write(house.inbox("talk.answer.txt"), "Language: bn\n").unwrap();
    assert!(pressed(&page, "/jobs/1/answer", "words=yes").contains("another answer of that name"));
    assert_eq!(fs::read_to_string(house.inbox("talk.answer.txt")).unwrap(), "Language: bn\n");
}

#[test]
fn the_same_change_asked_for_twice_is_made_once() {
    let mut house = House::set_up(ON);
    let bytes = house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let page = Page::of(&house);
    page.says(&house, "/jobs/1", &["/jobs/1/refine"]);
    house.service.faults("message:late-delay=2s");
    let told = std::thread::scope(|scope| {
        let press = || pressed(&page, "/jobs/1/refine", "words=make+it+louder");
        let both = [scope.spawn(press), scope.spawn(press)];
        both.map(|one| one.join().unwrap())
    });
    let said = |what: &str| told.iter().filter(|told| told.contains(what)).count();
    assert_eq!((said("Your text lies in the inbox."), said("The same text lies")), (1, 1), "{told:?}");
    house.note(house.outbox("talk.v2.report.txt"));
    assert_eq!(house.world().charges_of(&bytes), 2);
    assert!(!house.outbox("talk.v3.mp4").exists() && !house.inbox("talk.v3.txt").exists());
    // A job that has no film can't be changed.
    house.service.faults("message:nothing");
    house.drop_pair("other", WORDS);
    house.waits("other", "unknown-fate");
    assert!(pressed(&page, "/jobs/3/refine", "words=louder").contains("the job has changed"));
}

#[test]
fn whoever_watches_films_slowly_keeps_nobody_from_the_buttons() {
    let mut house = House::set_up(ON);
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let page = Page::of(&house);
    house.wait_for("its story is over", || house.log().contains("talk.mp4 is done"));
    // Long enough that no buffer takes all of it.
    let film = fs::OpenOptions::new().write(true).open(house.outbox("talk.mp4")).unwrap();
    film.set_len(64 << 20).unwrap();
    let mut watch = Vec::new();
    for _ in 0..12 {
        let mut stream = page.connect();
        write!(stream, "GET /jobs/1/film HTTP/1.1\r\nHost: {}\r\n\r\n", page.0).unwrap();
        let mut begun = [0; 1000];
        stream.read_exact(&mut begun).unwrap();
        assert!(begun.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&begun[..80]));
        watch.push(stream);
    }
    assert_eq!(page.press("/pause", "").status, 303);
    assert!(house.root("pause.txt").exists());
    assert!(pressed(&page, "/jobs/1/refine", "words=louder").contains("Your text lies"));
    assert_eq!(fs::metadata(house.outbox("talk.mp4")).unwrap().size(), 64 << 20);
}
