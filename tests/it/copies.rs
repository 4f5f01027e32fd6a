//! The same bytes again, as people copy and save them: what failed goes on with a copy, and a text that was only saved again
//! is no second consent.

use std::fs;
use std::time::Duration;

use dakbox_sandbox::Options;

use crate::house::{House, WORDS, clip, faulty};

/// A service that makes no film of the first clip: slow enough for a look before its renders are done.
fn no_film() -> Options {
    Options { render_time: Duration::from_secs(3), ..faulty(&["status:failedx2"]) }
}

/// Puts copies of what lies in `failed/` back: other files, of another time.
fn copied_back(house: &House, stem: &str) {
    for name in [format!("{stem}.txt"), format!("{stem}.mp4")] {
        let bytes = fs::read(house.failed(&name)).unwrap();
        house.drop_file(&name, bytes);
    }
}

#[test]
fn a_copy_of_what_failed_goes_on_where_it_stopped() {
    for emptied in [false, true] {
        let mut house = House::with(no_film(), "");
        let bytes = house.drop_pair("talk", WORDS);
        house.start();
        house.fails("talk", "render-failed");
        if emptied {
            for name in ["talk.mp4", "talk.txt", "talk.error.txt"] {
                fs::remove_file(house.failed(name)).unwrap();
            }
            house.drop_pair("talk", WORDS);
        } else {
            copied_back(&house, "talk");
        }
        house.delivered("talk");
        assert_eq!((house.world().charges_of(&bytes), house.world().sessions().len()), (1, 1), "{emptied}");
    }
}

#[test]
fn a_copy_of_what_was_given_up_asks_what_it_asked() {
    let mut house = House::with(faulty(&["message:question@1x1"]), "");
    let bytes = house.drop_pair("talk", "ask me\n");
    house.start();
    house.waits("talk", "question");
    house.run(&["cancel", "1"]);
    house.fails("talk", "cancelled");
    // Under another name as well: it is the clip that counts.
    house.drop_file("my talk.txt", "ask me\n");
    house.drop_file("my talk.mp4", &bytes);
    house.waits("my talk", "question");
    house.drop_file("my talk.answer.txt", "the first\n");
    house.delivered("my talk");
    assert_eq!(house.world().accepted(), ["ask me", "the first"]);
}

#[test]
fn another_clip_of_that_length_or_with_other_words_is_new_work() {
    let mut house = House::with(no_film(), "");
    house.drop_pair("talk1", WORDS);
    house.start();
    house.fails("talk1", "render-failed");
    assert_eq!(clip("talk1").len(), clip("talk2").len());
    house.drop_pair("talk2", WORDS);
    house.delivered("talk2");
    house.drop_file("other.txt", "other words\n");
    house.drop_file("other.mp4", clip("talk1"));
    house.delivered("other");
    let world = house.world();
    assert_eq!((world.charges(), world.sessions().len(), world.uploaded().len()), (3, 3, 3));
}

#[test]
fn a_consent_that_was_only_saved_again_is_none() {
    let mut house = House::with(faulty(&["message:nothingx9"]), "");
    let bytes = house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "unknown-fate");
    let paid = |house: &House| house.world().charges_of(&bytes);
    house.drop_file("talk.txt", format!("Again: yes\n\n{WORDS}"));
    house.wait_world("it is sent once more", |world| world.charges_of(&bytes) == 2);
    house.waits("talk", "unknown-fate");
    let utf16: Vec<u8> =
        format!("\u{feff}Again: yes\n\n{WORDS}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let saved = [
        format!("Again: yes\r\n\r\n{}\r\n", WORDS.trim()).into_bytes(),
        format!("\u{feff}Again: yes\n\n{WORDS}").into_bytes(),
        format!("Again: yes\n{WORDS}\n\n").into_bytes(),
        utf16,
    ];
    for (n, text) in saved.into_iter().enumerate() {
        house.drop_file("talk.txt", text);
        // Another clip goes the whole way: what was going to be sent before it is sent by then.
        house.drop_pair(&format!("other{n}"), "words of another");
        house.waits(&format!("other{n}"), "unknown-fate");
        assert_eq!(paid(&house), 2, "saved again, {n}");
    }
    // Nor is it one where the text said something else in between.
    for (n, text) in [WORDS.to_owned(), format!("\u{feff}Again: yes\r\n\r\n{WORDS}")].into_iter().enumerate()
    {
        house.drop_file("talk.txt", text);
        house.drop_pair(&format!("between{n}"), "words of another");
        house.waits(&format!("between{n}"), "unknown-fate");
        assert_eq!(paid(&house), 2, "between, {n}");
    }
}

#[test]
fn a_text_that_is_only_saved_again_while_it_runs_is_put_away_with_its_clip() {
    let mut house = House::with(faulty(&["message:late-delay=2s"]), "");
    let bytes = house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("it is sent", |world| world.charges_of(&bytes) == 1);
    let saved = format!("\u{feff}{}\r\n", WORDS.trim());
    house.drop_file("talk.txt", &saved);
    house.delivered("talk");
    house.wait_for("its text is put away", || house.archive("talk.txt").exists());
    assert_eq!(fs::read_to_string(house.archive("talk.txt")).unwrap(), saved);
    assert!(House::names(&house.inbox("")).is_empty());
    assert_eq!(house.world().charges_of(&bytes), 1);
}

/// Puts what lies in `failed/` back, with other words.
fn put_back_with(house: &House, words: &str) {
    fs::remove_file(house.failed("talk.txt")).unwrap();
    house.drop_file("talk.txt", words);
    fs::rename(house.failed("talk.mp4"), house.inbox("talk.mp4")).unwrap();
}

#[test]
fn words_that_are_put_back_and_mended_before_they_are_sent_are_mended() {
    let mut house = House::with(no_film(), "");
    let bytes = house.drop_pair("talk", WORDS);
    house.start();
    house.fails("talk", "render-failed");
    fs::write(house.root("pause.txt"), "").unwrap();
    put_back_with(&house, "make it lauder");
    house.wait_for("it is taken", || {
        house.run(&["show", "1"]).out.contains("make it lauder") && !house.failed("talk.mp4").exists()
    });
    house.drop_file("talk.txt", "make it louder");
    house.wait_for("it is read", || house.run(&["show", "1"]).out.contains("make it louder"));
    fs::remove_file(house.root("pause.txt")).unwrap();
    house.delivered("talk");
    assert_eq!(house.world().accepted(), [WORDS.trim(), "make it louder"]);
    assert_eq!(house.world().charges_of(&bytes), 2);
}

#[test]
fn other_words_that_are_put_back_answer_the_question_that_waits() {
    for (words, answer) in [("the second one", "the second one"), ("ask me\nthe first", "the first")] {
        let mut house = House::with(faulty(&["message:questionx1"]), "");
        house.drop_pair("talk", "ask me\n");
        house.start();
        house.waits("talk", "question");
        house.run(&["cancel", "1"]);
        house.fails("talk", "cancelled");
        put_back_with(&house, words);
        house.delivered("talk");
        assert_eq!(house.world().accepted(), ["ask me", answer]);
    }
    // What is added to it while it runs is all that is new.
    let mut house = House::with(faulty(&["message:questionx1"]), "");
    house.drop_pair("talk", "ask me\n");
    house.start();
    house.waits("talk", "question");
    house.run(&["cancel", "1"]);
    house.fails("talk", "cancelled");
    house.service.faults("message:late-delay=1500msx1");
    put_back_with(&house, "ask me\nthe first");
    house.wait_world("it is said", |world| world.running() == 1);
    house.drop_file("talk.txt", "ask me\nthe first\n---\nadd music");
    house.delivered("talk");
    assert_eq!(house.world().accepted(), ["ask me", "the first", "add music"]);
}

#[test]
fn what_is_put_back_under_another_name_takes_its_note_away() {
    let mut house = House::with(no_film(), "");
    house.drop_pair("talk", WORDS);
    house.start();
    house.fails("talk", "render-failed");
    for ending in ["txt", "mp4"] {
        fs::rename(house.failed(format!("talk.{ending}")), house.inbox(format!("speech.{ending}"))).unwrap();
    }
    house.delivered("speech");
    house.wait_for("the note is gone", || !house.failed("talk.error.txt").exists());
    assert_eq!(house.world().charges(), 1);
}
