//! The service asks, and a person answers with a text; or the settings do.

use std::fs;

use crate::house::{House, WORDS, clip};

/// A house in which `talk` waits with the service's question.
fn asked(settings: &str) -> House {
    let mut house = House::set_up(settings);
    house.service.faults("message:questionx1");
    house.drop_pair("talk", WORDS);
    house.start();
    house
}

#[test]
fn a_person_answers_with_a_text() {
    let house = asked("");
    let note = house.waits("talk", "question");
    assert!(note.contains("Which of the two clips should come first?"), "{note}");
    assert!(note.contains("talk.answer.txt"), "{note}");
    house.drop_file("talk.answer.txt", "The second one.\n");
    let report = house.delivered("talk");
    assert!(report.contains("The second one."), "{report}");
    house.wait_for("the answer is put away", || house.archive("talk.answer.txt").exists());
    assert_eq!(house.world().accepted(), [WORDS.trim(), "The second one."]);
    assert!(!house.outbox("talk.waiting.txt").exists() && !house.inbox("talk.answer.txt").exists());
}

#[test]
fn an_answer_is_good_for_the_one_question_that_waited_when_it_was_saved() {
    let mut house = House::new();
    house.service.faults("message:questionx2");
    // It answers nothing that was asked yet.
    house.drop_file("talk.answer.txt", "An old answer.");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "question");
    house.drop_pair("another", "words of another");
    house.waits("another", "question");
    house.stop();
    house.start();
    house.drop_pair("one more", "words of one more");
    house.delivered("one more");
    assert!(!house.world().accepted().contains(&"An old answer.".to_owned()));
    house.service.faults("message:questionx1");
    house.drop_file("talk.answer.txt", "A new answer.");
    house.wait_world("it was sent", |world| world.accepted().contains(&"A new answer.".to_owned()));
    house.waits("talk", "question");
    house.drop_pair("yet another", "words of yet another");
    house.delivered("yet another");
    house.drop_file("talk.answer.txt", "The last answer.");
    house.delivered("talk");
    let said = |words: &str| house.world().accepted().iter().filter(|said| *said == words).count();
    assert_eq!((said("A new answer."), said("The last answer.")), (1, 1));
}

#[test]
fn the_clips_own_text_may_answer_with_its_new_lines() {
    let house = asked("");
    house.waits("talk", "question");
    house.drop_file("talk.txt", format!("{WORDS}The second one.\n"));
    house.delivered("talk");
    house.wait_for("its text is put away", || house.archive("talk.txt").exists());
    assert_eq!(house.world().accepted(), [WORDS.trim(), "The second one."]);
}

#[test]
fn the_settings_may_answer_once() {
    let house = asked("[instructions]\non_question = 'proceed'\nproceed_words = 'Go on as you like.'\n");
    house.delivered("talk");
    assert_eq!(house.world().accepted(), [WORDS.trim(), "Go on as you like."]);
    // A second question is put to a person.
    house.service.faults("message:questionx2");
    house.drop_pair("other", WORDS);
    house.waits("other", "question");
    assert_eq!(house.world().accepted().len(), 4);
    house.drop_file("other.answer.txt", "The first.");
    house.delivered("other");
}

#[test]
fn an_answer_survives_a_kill_and_is_sent_once() {
    let mut house = asked("");
    house.waits("talk", "question");
    fs::write(house.root("pause.txt"), "").unwrap();
    house.drop_file("talk.answer.txt", "The second one.");
    house.wait_for("the answer is taken", || house.run(&["show", "1"]).out.contains("The second one."));
    house.kill();
    fs::remove_file(house.root("pause.txt")).unwrap();
    house.start();
    house.delivered("talk");
    assert_eq!(house.world().accepted(), [WORDS.trim(), "The second one."]);
}

#[test]
fn a_question_that_waits_is_answered_by_settings_that_say_so_later() {
    let mut house = asked("");
    house.waits("talk", "question");
    house.stop();
    house.set("[instructions]\non_question = 'proceed'\nproceed_words = 'Go on.'\n");
    house.start();
    house.delivered("talk");
    assert_eq!(house.world().accepted(), [WORDS.trim(), "Go on."]);
}

#[test]
fn notes_about_texts_name_the_text_and_what_is_wrong_with_it() {
    let mut house = House::set_up("[watch]\nempty_after = '300ms'\n");
    house.service.faults("message:questionx1");
    house.drop_pair("talk", WORDS);
    house.drop_file("side.txt", " \n");
    house.drop_file("side.mp4", clip("side"));
    house.start();
    house.waits("talk", "question");
    let note = house.waits("side", "empty");
    assert!(note.starts_with("\"side.txt\" is empty") && !note.contains("side.mp4"), "{note}");
    let answer = |bytes: &[u8], code: &str| {
        house.drop_file("talk.answer.txt", bytes);
        let note = house.waits("talk.answer.txt", code);
        assert!(note.contains("\"talk.answer.txt\"") && !note.contains("without a clip"), "{note}");
        note
    };
    assert!(answer(b"caf\xe9", "bad-answer").contains("UTF-8"));
    answer(b" \n", "empty");
    answer(b"export", "bad-answer");
    house.drop_file("talk.answer.txt", "The second one.");
    house.wait_world("it was sent", |world| world.accepted().contains(&"The second one.".to_owned()));
    house.wait_for("the note is gone", || !house.outbox("talk.answer.txt.waiting.txt").exists());
}

#[test]
fn who_takes_a_clip_that_waits_for_a_person_out_of_the_inbox_ends_its_job() {
    let mut house = House::new();
    house.service.faults("message:questionx2");
    house.drop_pair("talk", WORDS);
    house.drop_pair("kept", "words of another");
    house.start();
    house.waits("talk", "question");
    house.waits("kept", "question");
    // What is only renamed waits on.
    fs::create_dir_all(house.inbox("sub")).unwrap();
    for name in ["kept.mp4", "kept.txt"] {
        fs::rename(house.inbox(name), house.inbox("sub").join(name)).unwrap();
    }
    for name in ["talk.mp4", "talk.txt"] {
        fs::remove_file(house.inbox(name)).unwrap();
    }
    house.wait_for("its note is gone", || !house.outbox("talk.waiting.txt").exists());
    let jobs = house.run(&["jobs", "--json"]).out;
    let state = |name: &str| {
        let line = jobs.lines().find(|line| line.contains(name)).unwrap().to_owned();
        line.contains("\"cancelled\"")
    };
    assert!(state("talk.mp4") && !state("kept.mp4"), "{jobs}");
    assert_eq!(house.world().charges(), 2, "nothing was sent again");
}

#[test]
fn what_may_have_been_carried_out_is_waited_for_without_its_clip_too() {
    let mut house = House::new();
    house.service.faults("message:nothingx1");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "unknown-fate");
    for name in ["talk.mp4", "talk.txt"] {
        fs::remove_file(house.inbox(name)).unwrap();
    }
    // It is looked at again meanwhile, more often than it takes to give up what was only asked.
    for n in 0..3 {
        let before = house.world().requests("state");
        house.wait_world("its state is read again", |world| world.requests("state") > before);
        house.drop_pair(&format!("other{n}"), "words of another");
        house.delivered(&format!("other{n}"));
    }
    house.waits("talk", "unknown-fate");
}
