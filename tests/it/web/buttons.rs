//! What the buttons do: what a person could do by hand, once, and nothing where they say no.

use std::fs;

use super::{ON, Page};
use crate::house::{Calls, House, LONG, WORDS, faulty, files_below};

#[test]
fn retry_goes_on_with_what_waits() {
    let mut house = House::with(faulty(&["export:status=402"]), ON);
    house.set("[jobs]\nwaiting_recheck = \"1h\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "plan-blocks-export");
    let page = Page::of(&house);
    page.says(&house, "/", &["Try again", "One clip waits for you."]);
    house.service.faults("");
    let answer = page.press("/jobs/1/retry", "");
    let place = answer.header("location").unwrap();
    assert!(answer.status == 303 && place.starts_with("/jobs/1?asked="), "{answer:?}");
    page.says(&house, &place, &["dakbox has done it."]);
    house.delivered("talk");
    let refused = page.press("/jobs/1/retry", "").header("location").unwrap();
    page.says(&house, &refused, &["dakbox did not do it.", "is delivered"]);
    assert_eq!(page.press("/jobs/77/retry", "").status, 404);
}

#[test]
fn paying_again_takes_a_tick_and_is_done_once() {
    let mut house = House::with(faulty(&["message:nothing"]), ON);
    let bytes = house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "unknown-fate");
    let page = Page::of(&house);
    page.says(&house, "/jobs/1", &["/jobs/1/again", "may cost the same credits a second time"]);
    house.service.faults("");
    let unsure = page.press("/jobs/1/again", "").header("location").unwrap();
    page.says(&house, &unsure, &["tick the box first"]);
    assert_eq!(house.world().charges_of(&bytes), 1);
    let sure = page.press("/jobs/1/again", "sure=yes").header("location").unwrap();
    page.says(&house, &sure, &["dakbox has done it."]);
    house.delivered("talk");
    // Loading the page again asks for nothing.
    page.get(&sure);
    assert_eq!(house.world().charges_of(&bytes), 2);
}

#[test]
fn cancel_puts_the_clip_aside_and_retry_takes_it_back() {
    let mut house = House::with(faulty(&["export:status=402"]), ON);
    house.set("[jobs]\nwaiting_recheck = \"1h\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "plan-blocks-export");
    let page = Page::of(&house);
    page.press("/jobs/1/cancel", "");
    house.fails("talk", "cancelled");
    let told = page.says(&house, "/jobs/1", &["Cancelled", "/jobs/1/retry"]);
    assert!(!told.contains("/jobs/1/cancel"), "{told}");
    house.service.faults("");
    page.press("/jobs/1/retry", "");
    house.delivered("talk");
}

#[test]
fn the_brake_is_put_on_and_taken_off() {
    let mut house = House::set_up(ON);
    house.start();
    let page = Page::of(&house);
    page.says(&house, "/health", &["action=\"/pause\""]);
    assert_eq!(page.press("/pause", "").status, 303);
    assert!(fs::read_to_string(house.root("pause.txt")).unwrap().starts_with("dakbox is paused."));
    page.says(&house, "/", &["Paused: no new message is sent", "action=\"/resume\""]);
    house.drop_pair("talk", WORDS);
    page.says(&house, "/", &["It is held by pause.txt before the next message."]);
    assert_eq!(page.press("/pause", "").status, 303, "on is on");
    assert_eq!(page.press("/resume", "").status, 303);
    assert!(!house.root("pause.txt").exists());
    house.delivered("talk");
}

/// Waits until a text of that name lies somewhere below the root, whoever may have put it away by now.
#[track_caller]
fn lies_as(house: &House, name: &str, text: &str) {
    let is_it = |file: &std::path::PathBuf| {
        file.file_name().is_some_and(|found| found == name)
            && fs::read_to_string(file).is_ok_and(|found| found == text)
    };
    house.wait_for(&format!("{name} says {text:?}"), || files_below(&house.root("")).iter().any(is_it));
}

#[test]
fn an_answer_and_a_refinement_are_texts_in_the_inbox() {
    let mut house = House::with(faulty(&["message:question@2x9"]), ON);
    house.drop_pair("news/film", WORDS);
    house.start();
    house.wait_for("the film is there", || house.outbox("news/film.report.txt").exists());
    house.drop_pair("talk", "ask me\n");
    house.waits("talk", "question");
    let page = Page::of(&house);
    page.says(&house, "/jobs/1", &["/jobs/1/refine"]);
    page.says(&house, "/jobs/2", &["id=\"answer\"", "Which of the two clips"]);
    let long = format!("words={}", "x".repeat(66_000));
    for (path, form, said) in [
        ("/jobs/2/answer", "words=+%0D%0A+", "Nothing was written"),
        ("/jobs/2/answer", "", "Nothing was written"),
        ("/jobs/2/answer", &*long, "longer than 64 KB"),
    ] {
        let place = page.press(path, form).header("location").unwrap();
        assert!(page.get(&place).text().contains(said), "{path} {said}");
    }
    let answer = "words=the+%E0%A6%95+one%0D%0Athen";
    for (path, form, name, text, said) in [
        ("/jobs/2/answer", answer, "talk.answer.txt", "the ক one\nthen\n", "Your answer lies"),
        ("/jobs/1/refine", "words=louder", "film.v2.txt", "louder\n", "Your text lies"),
        ("/jobs/1/refine", "words=quieter", "film.v3.txt", "quieter\n", "Your text lies"),
    ] {
        let place = page.press(path, form).header("location").unwrap();
        assert!(page.get(&place).text().contains(said), "{path}");
        lies_as(&house, name, text);
    }
}

#[test]
fn a_text_never_takes_anothers_place() {
    let mut house = House::with(faulty(&["message:question@1x9"]), ON);
    house.drop_pair("talk", "ask me\n");
    house.start();
    house.waits("talk", "question");
    let page = Page::of(&house);
    // A folder of that name is taken by nobody.
    fs::create_dir(house.inbox("talk.answer.txt")).unwrap();
    let place = page.press("/jobs/1/answer", "words=theirs").header("location").unwrap();
    assert!(page.get(&place).text().contains("another answer of that name lies"));
    assert!(House::names(&house.inbox("")).iter().all(|name| !name.contains(".part")));
}

#[test]
fn a_name_that_leaves_no_room_for_an_answer_has_a_shorter_one() {
    let mut house = House::with(faulty(&["message:question@1x9"]), ON);
    let stem = "n".repeat(248);
    house.drop_pair(&stem, "ask me\n");
    house.start();
    let page = Page::of(&house);
    let told = page.says(&house, "/jobs/1", &["id=\"answer\""]);
    // The name that is to be typed stands there whole.
    let name = told.split_once("<code>").unwrap().1.split_once("</code>").unwrap().0.to_owned();
    assert!(name.len() < 256 && name.ends_with(".answer.txt") && !name.contains("..."), "{name}");
    let place = page.press("/jobs/1/answer", "words=the+first").header("location").unwrap();
    assert!(page.get(&place).text().contains("Your answer lies"));
    house.wait_for("it is sent", || house.world().accepted() == ["ask me", "the first"]);
}

#[test]
#[ignore = "slow: strace"]
fn what_a_kill_leaves_of_a_text_goes_at_the_next_start() {
    let mut house = House::set_up(ON);
    house.drop_pair("news/film", WORDS);
    house.start();
    house.wait_for("the film is there", || house.outbox("news/film.report.txt").exists());
    house.wait_for("its story is over", || house.log().contains("news/film.mp4 is done"));
    let page = Page::of(&house);
    let inbox = house.inbox("");
    let left = || {
        let is_half = |file: &std::path::PathBuf| file.to_string_lossy().ends_with(".part");
        files_below(&inbox).into_iter().filter(is_half).collect::<Vec<_>>()
    };
    let calls = Calls::of(&mut house, &[], "renameat2", "signal=KILL");
    // The text is about to get its name.
    let mut stream = page.connect();
    let (host, words) = (page.0, "words=louder");
    let _ = std::io::Write::write_all(
        &mut stream,
        format!(
            "POST /jobs/1/refine HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{words}",
            words.len()
        )
        .as_bytes(),
    );
    house.running().ends_within(LONG);
    drop(calls);
    house.kill();
    assert_eq!(left().len(), 1, "it was killed in the midst of it");
    house.drop_file("news/.dakbox-mine.part", "a stranger's");
    house.start();
    house.wait_for("what was left is gone", || left() == [inbox.join("news/.dakbox-mine.part")]);
    assert!(!house.inbox("news/film.v2.txt").exists());
}
