//! The same once more: nothing is paid for twice unless a person asks for it, and then once.

use std::fs;
use std::time::Duration;

use dakbox_sandbox::Options;

use crate::house::{House, WORDS, clip, quick};

/// A house in which `talk` was delivered, and lies in the inbox again with these words.
fn dropped_again(words: &str) -> House {
    let mut house = House::new();
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    house.drop_pair("talk", words);
    house
}

/// Another clip goes the whole way: what was going to be sent before it is sent by then.
fn another_goes_through(house: &House, stem: &str) {
    house.drop_pair(stem, "words of another");
    house.delivered(stem);
}

#[test]
fn the_same_clip_with_the_same_words_is_not_paid_for_again() {
    // The same words are the same, however they are spelled and whatever else the headers ask for.
    for words in
        [WORDS, "  add Bangla subtitles, please\r\n\r\n", "Priority: high\n\nadd Bangla subtitles, please"]
    {
        let mut house = dropped_again(words);
        house.wait_for("it waits, or is delivered again", || {
            house.outbox("talk.waiting.txt").exists() || house.outbox("talk (2).mp4").exists()
        });
        another_goes_through(&house, "other");
        house.stop();
        house.start();
        another_goes_through(&house, "one more");
        assert_eq!(house.world().charges_of(&clip("talk")), 1, "{words:?}");
        assert_eq!(house.world().most_charged(), 1);
    }
}

#[test]
fn a_person_can_ask_to_pay_once_more_and_pays_once() {
    let consent = format!("Again: yes\n\n{WORDS}");
    let mut house = dropped_again(&consent);
    house.note(house.outbox("talk (2).report.txt"));
    house.wait_for("both are put away", || House::names(&house.inbox("")).is_empty());
    assert_eq!(house.world().charges_of(&clip("talk")), 2);

    // The very same text is no second consent, neither moved back nor after a restart.
    for name in ["talk (2).mp4", "talk (2).txt"] {
        fs::rename(house.archive(name), house.inbox(name)).unwrap();
    }
    another_goes_through(&house, "other");
    house.stop();
    house.start();
    another_goes_through(&house, "one more");
    assert_eq!(house.world().charges_of(&clip("talk")), 2);
}

#[test]
fn the_text_of_a_folder_consents_once_and_stays_where_it_is() {
    let mut house = House::new();
    house.drop_file("d/default.txt", format!("Again: yes\n\n{WORDS}"));
    house.start();
    let bytes = clip("talk");
    for _ in 0..3 {
        house.drop_file("d/talk.mp4", &bytes);
        house.wait_for("it is done with", || {
            !house.inbox("d/talk.mp4").exists() || house.outbox("d/talk.waiting.txt").exists()
        });
    }
    house.waits("d/talk", "same-again");
    another_goes_through(&house, "another");
    assert_eq!(house.world().charges_of(&bytes), 1);
    // A text of its own is a consent of its own.
    house.drop_file("d/talk.txt", format!("Again: yes\nPriority: high\n\n{WORDS}"));
    house.wait_for("it is paid for once more", || house.world().charges_of(&bytes) == 2);
    house.wait_for("it is done with", || !house.inbox("d/talk.mp4").exists());
    assert!(house.inbox("d/default.txt").exists());
}

#[test]
fn the_same_clip_under_two_names_at_once_is_paid_for_once() {
    let mut house = House::new();
    house.service.faults("message:delay=300ms");
    for stem in ["one", "two"] {
        house.drop_file(format!("{stem}.txt"), WORDS);
        house.drop_file(format!("{stem}.mp4"), clip("the same"));
    }
    house.start();
    house.wait_for("one is delivered, the other is or waits", || {
        let seen =
            |stem: &str| house.is_delivered(stem) || house.outbox(format!("{stem}.waiting.txt")).exists();
        seen("one") && seen("two") && (house.is_delivered("one") || house.is_delivered("two"))
    });
    another_goes_through(&house, "other");
    assert_eq!(house.world().charges_of(&clip("the same")), 1);
}

#[test]
fn a_session_makes_one_film_at_a_time() {
    let options = Options {
        render_time: Duration::from_millis(300),
        message_time: Duration::from_millis(500),
        ..quick()
    };
    let mut house = House::with(options, "");
    let stems = ["one", "two", "three", "four"];
    for stem in stems {
        house.drop_file(format!("{stem}.txt"), WORDS);
        house.drop_file(format!("{stem}.mp4"), clip("the same"));
    }
    house.start();
    for stem in stems {
        house.delivered(stem);
    }
    let world = house.world();
    assert_eq!((world.charges(), world.sessions().len(), world.renders().len()), (1, 4, 4));
    assert_eq!(world.requests("export"), 4, "none is refused because another goes on");
}

#[test]
fn drops_that_find_its_film_at_once_wait_their_turn_in_its_session() {
    let mut house = House::with(Options { render_time: Duration::from_millis(500), ..quick() }, "");
    house.service.faults("status:status=503");
    house.drop_pair("one", WORDS);
    house.start();
    house.wait_world("its film is asked for", |world| world.requests("export") == 1);
    // They come while it is in work, and the brake holds them until it is over.
    house.stop();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.start();
    for stem in ["two", "three"] {
        house.drop_file(format!("{stem}.txt"), WORDS);
        house.drop_file(format!("{stem}.mp4"), clip("one"));
    }
    house.waits("two", "paused");
    house.waits("three", "paused");
    house.service.faults("");
    house.delivered("one");
    house.wait_for("it is put away", || house.archive("one.mp4").exists());
    fs::remove_file(house.root("pause.txt")).unwrap();
    house.delivered("two");
    house.delivered("three");
    let world = house.world();
    assert_eq!((world.charges(), world.renders().len(), world.requests("export")), (1, 3, 3));
}

#[test]
fn the_same_clip_with_other_words_is_new_work() {
    let house = dropped_again("make it shorter");
    house.note(house.outbox("talk (2).report.txt"));
    assert_eq!(house.world().accepted(), [WORDS.trim(), "make it shorter"]);
}

#[test]
fn a_message_in_doubt_is_sent_again_only_at_a_persons_word_and_once() {
    let mut house = House::new();
    house.service.faults("message:reset=headersx1");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "unknown-fate");
    // Saving the same words again is no such word.
    house.drop_file("talk.txt", WORDS);
    another_goes_through(&house, "other");
    assert_eq!(house.world().charges_of(&clip("talk")), 0);
    house.drop_file("talk.txt", format!("Again: yes\n\n{WORDS}"));
    house.delivered("talk");
    house.wait_for("the note is gone", || !house.outbox("talk.waiting.txt").exists());
    assert_eq!(house.world().charges_of(&clip("talk")), 1);
    assert_eq!(house.world().requests("message"), 3);
}

#[test]
fn a_second_doubt_says_that_the_consent_is_used_up_and_its_note_can_be_followed() {
    let mut house = House::new();
    house.service.faults("message:reset=headersx2");
    house.drop_pair("talk", WORDS);
    house.start();
    let note = house.waits("talk", "unknown-fate");
    assert!(!note.contains("is used up"), "{note}");
    house.drop_file("talk.txt", format!("Again: yes\n\n{WORDS}"));
    house.wait_world("it is sent once more", |world| world.requests("message") == 2);
    house.wait_for("the note tells so", || {
        fs::read_to_string(house.outbox("talk.waiting.txt")).is_ok_and(|note| note.contains("is used up"))
    });
    house.drop_file("talk.txt", format!("Again: yes\nAgain: yes\n\n{WORDS}"));
    house.delivered("talk");
    assert_eq!(house.world().requests("message"), 3);
}

#[test]
fn a_clip_that_was_taken_away_and_comes_back_goes_on() {
    let mut house = House::new();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("it is uploaded", |world| world.uploaded().len() == 1);
    fs::rename(house.inbox("talk.mp4"), house.path("talk.mp4")).unwrap();
    house.wait_for("it is cancelled", || {
        house.run(&["jobs", "--state", "cancelled", "--json"]).out.contains("talk.mp4")
    });
    fs::rename(house.path("talk.mp4"), house.inbox("talk.mp4")).unwrap();
    fs::remove_file(house.root("pause.txt")).unwrap();
    house.delivered("talk");
    assert_eq!(house.world().charges(), 1);
}

#[test]
fn the_same_drop_is_delivered_once_more_for_nothing_and_then_asks() {
    let mut house = dropped_again(WORDS);
    let report = house.note(house.outbox("talk (2).report.txt"));
    assert!(report.contains("talk (2).mp4") && report.contains("Nothing was paid"), "{report}");
    house.wait_for("the clip is put away", || house.archive("talk (2).mp4").exists());
    let world = house.world();
    assert_eq!((world.charges(), world.renders().len()), (1, 2));
    // A further time it waits, and the note names the film that was made.
    house.drop_pair("talk", WORDS);
    let note = house.waits("talk", "same-again");
    assert!(note.contains("talk.mp4"), "{note}");
    house.stop();
    house.start();
    another_goes_through(&house, "other");
    assert_eq!(house.world().charges_of(&clip("talk")), 1);
    // Other words for it make other work of it, in a session of its own.
    house.drop_file("talk.txt", "make it shorter");
    house.note(house.outbox("talk (3).report.txt"));
    assert_eq!(house.world().charges_of(&clip("talk")), 2);
}

#[test]
fn where_the_film_was_worked_on_since_the_same_drop_asks() {
    let mut house = House::new();
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    house.drop_file("talk.v2.txt", "make it louder");
    house.note(house.outbox("talk.v2.report.txt"));
    house.wait_for("its text is put away", || house.archive("talk.v2.txt").exists());
    house.drop_pair("talk", WORDS);
    house.waits("talk", "same-again");
    assert_eq!((house.world().charges(), house.world().renders().len()), (2, 2));
}

#[test]
fn where_the_project_is_gone_the_same_drop_asks() {
    let mut house = House::new();
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    house.service.faults("export:code=1002");
    house.drop_pair("talk", WORDS);
    house.waits("talk", "same-again");
    house.service.faults("");
    another_goes_through(&house, "other");
    assert_eq!(house.world().charges_of(&clip("talk")), 1);
    house.drop_file("talk.txt", format!("Again: yes\n\n{WORDS}"));
    house.note(house.outbox("talk (2).report.txt"));
    assert_eq!(house.world().charges_of(&clip("talk")), 2);
}

#[test]
fn the_same_clip_in_work_is_followed_and_delivered_too() {
    let mut house = House::new();
    house.service.faults("message:code=2001");
    for stem in ["one", "two"] {
        house.drop_file(format!("{stem}.txt"), WORDS);
    }
    house.drop_file("one.mp4", clip("the same"));
    house.start();
    house.waits("one", "no-credits");
    house.drop_file("two.mp4", clip("the same"));
    // What the first waits for was refused, and paid by nobody: both wait for credits, and one of them pays.
    house.note(house.outbox("two.waiting.txt"));
    house.service.faults("message:late-delay=1s");
    house.delivered("one");
    house.delivered("two");
    assert_eq!((house.world().charges(), house.world().renders().len()), (1, 2));
}

#[test]
fn the_same_clip_behind_a_question_carries_its_note() {
    let mut house = House::new();
    house.service.faults("message:questionx1");
    house.drop_pair("one", WORDS);
    house.start();
    house.waits("one", "question");
    house.drop_file("two.txt", WORDS);
    house.drop_file("two.mp4", clip("one"));
    let note = house.waits("two", "same-in-work");
    assert!(note.contains("one.mp4"), "{note}");
    house.drop_file("one.answer.txt", "The second one.");
    house.delivered("one");
    house.delivered("two");
    assert_eq!(house.world().accepted(), [WORDS.trim(), "The second one."]);
}
