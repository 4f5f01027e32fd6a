//! New words for a film that is there: a conversation by texts alone.

use std::fs;

use crate::house::{House, WORDS, clip, faulty};

const LOUDER: &str = "make the music louder\n";

/// A house in which `talk` was delivered.
fn delivered(settings: &str) -> House {
    let mut house = House::set_up(settings);
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    house
}

/// Waits until that film and its report are there, and its text is put away.
#[track_caller]
fn made(house: &House, film: &str, text: &str) -> String {
    let report = house.note(house.outbox(format!("{film}.report.txt")));
    assert!(house.outbox(format!("{film}.mp4")).exists());
    house.wait_for(&format!("{text} is put away"), || {
        house.archive(text).exists() && !house.inbox(text).exists()
    });
    report
}

fn rests(house: &House) {
    house.drop_pair("another", "words of another");
    house.delivered("another");
}

#[test]
fn a_numbered_text_makes_that_version_in_the_same_session() {
    let house = delivered("");
    house.drop_file("talk.v2.txt", LOUDER);
    let report = made(&house, "talk.v2", "talk.v2.txt");
    assert!(report.contains("make the music louder"), "{report}");
    house.drop_file("TALK.V3.TXT", "add a title\n---\nexport");
    made(&house, "talk.v3", "TALK.V3.TXT");
    let world = house.world();
    assert_eq!(world.accepted(), [WORDS.trim(), LOUDER.trim(), "add a title"]);
    assert_eq!((world.sessions().len(), world.uploaded().len(), world.renders().len()), (1, 1, 3));
    assert_eq!(House::names(&house.root("inbox")), Vec::<String>::new());
}

#[test]
fn the_same_words_over_the_same_version_ask_first() {
    let mut house = delivered("");
    house.drop_file("talk.v2.txt", LOUDER);
    made(&house, "talk.v2", "talk.v2.txt");
    house.drop_file("talk.v2.txt", format!("  {LOUDER}\n"));
    let note = house.waits("talk.v3", "same-again");
    assert!(note.contains("talk.v2.mp4"), "{note}");
    rests(&house);
    house.stop();
    house.start();
    rests_again(&house);
    assert_eq!(house.world().accepted().iter().filter(|words| **words == LOUDER.trim()).count(), 1);
    house.drop_file("talk.v2.txt", format!("Again: yes\n\n{LOUDER}"));
    house.note(house.outbox("talk.v3.report.txt"));
    // Over another version they are other work.
    house.drop_file("talk.v4.txt", LOUDER);
    made(&house, "talk.v4", "talk.v4.txt");
    assert_eq!(house.world().accepted().iter().filter(|words| **words == LOUDER.trim()).count(), 3);
}

#[test]
fn other_words_do_not_wait_behind_a_text_that_says_nothing_new() {
    let house = delivered("");
    house.drop_file("talk.v2.txt", LOUDER);
    made(&house, "talk.v2", "talk.v2.txt");
    house.drop_file("talk.v2.txt", LOUDER);
    house.waits("talk.v3", "same-again");
    house.drop_file("talk.v5.txt", "add a title");
    made(&house, "talk.v5", "talk.v5.txt");
    assert_eq!(house.world().accepted(), [WORDS.trim(), LOUDER.trim(), "add a title"]);
}

#[test]
fn other_words_wait_where_part_of_a_text_was_sent_before_the_rest_was_found_known() {
    let house = delivered("[watch]\ntext_note_after = '200ms'\n");
    let both = format!("add a title\n---\n{LOUDER}");
    house.drop_file("talk.v2.txt", &both);
    made(&house, "talk.v2", "talk.v2.txt");
    house.service.faults("message:late-delay=2sx1");
    house.drop_file("talk.v2.txt", "add a title\n");
    house.wait_world("its first message is out", |world| world.running() == 1);
    house.drop_file("talk.v2.txt", &both);
    house.waits("talk.v3", "same-again");
    // What was sent is in the project, and its film is to come.
    house.drop_file("talk.v5.txt", "fade out");
    house.waits("talk.v5.txt", "awaits-film");
    assert_eq!(house.world().accepted(), [WORDS.trim(), "add a title", LOUDER.trim(), "add a title"]);
}

#[test]
fn a_text_that_waits_for_an_earlier_version_says_so() {
    let mut house = House::set_up("[watch]\ntext_note_after = '200ms'\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    house.service.faults("message:questionx1");
    house.drop_file("talk.v2.txt", LOUDER);
    house.waits("talk.v2", "question");
    house.drop_file("talk.v3.txt", "add a title");
    let note = house.waits("talk.v3.txt", "awaits-film");
    assert!(note.contains("Other work on that film comes first"), "{note}");
    let status = house.run(&["status"]).out;
    assert!(status.contains("other work on its film comes first (awaits-film)"), "{status}");
    house.drop_file("talk.v2.answer.txt", "yes");
    made(&house, "talk.v2", "talk.v2.txt");
    made(&house, "talk.v3", "talk.v3.txt");
    house.wait_for("the note is gone", || !house.outbox("talk.v3.txt.waiting.txt").exists());
}

#[test]
fn a_text_says_so_when_the_work_it_waited_for_has_come_to_nothing() {
    let mut house = House::set_up("[watch]\ntext_note_after = '200ms'\n");
    house.service.faults("message:questionx1");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "question");
    house.drop_file("talk.v2.txt", LOUDER);
    house.waits("talk.v2.txt", "awaits-film");
    house.run(&["cancel", "1"]);
    house.fails("talk", "cancelled");
    house.waits("talk.v2.txt", "awaits-clip");
}

fn rests_again(house: &House) {
    house.drop_pair("one more", "words of one more");
    house.delivered("one more");
}

#[test]
fn a_bare_text_waits_and_sends_only_what_is_new_in_it() {
    let house = delivered("[watch]\nclip_wait = '600ms'\n");
    house.drop_file("talk.txt", format!("{}\n---\n{LOUDER}", WORDS.trim()));
    made(&house, "talk.v2", "talk.txt");
    // Words that say nothing new are asked about.
    house.drop_file("talk.txt", format!("{}\n---\n{LOUDER}", WORDS.trim()));
    let note = house.waits("talk.v3", "same-again");
    assert!(note.contains("talk.v2.mp4"), "{note}");
    house.drop_file("talk.txt", format!("{}\n---\n{LOUDER}\nand slower", WORDS.trim()));
    house.note(house.outbox("talk.v3.report.txt"));
    assert_eq!(house.world().accepted(), [WORDS.trim(), LOUDER.trim(), "and slower"]);
}

#[test]
fn a_text_whose_clip_comes_is_that_clips_text() {
    let house = delivered("[watch]\nclip_wait = '2s'\n");
    house.drop_file("talk.txt", LOUDER);
    house.drop_file("talk.mp4", clip("another talk"));
    house.note(house.outbox("talk (2).report.txt"));
    assert_eq!(house.world().sessions().len(), 2);
    assert!(!house.outbox("talk.v2.mp4").exists());
    // `talk (2)` is the other one.
    house.drop_file("talk (2).v2.txt", "shorter");
    made(&house, "talk (2).v2", "talk (2).v2.txt");
    assert_eq!(house.world().charges_of(&clip("another talk")), 2);
}

#[test]
fn never_while_a_clip_of_that_name_is_on_its_way() {
    let mut house = House::new();
    house.service.faults("message:late-delay=1sx1");
    house.drop_pair("talk", WORDS);
    house.drop_file("talk.v2.txt", LOUDER);
    house.drop_file("talk.v3.txt", "add a title");
    house.start();
    made(&house, "talk.v2", "talk.v2.txt");
    made(&house, "talk.v3", "talk.v3.txt");
    let world = house.world();
    assert_eq!(world.most_running(), 1);
    assert_eq!((world.sessions().len(), world.charges()), (1, 3));
}

#[test]
fn a_text_that_gave_way_to_another_is_no_new_words_for_the_film() {
    for after in ["archive", "delete"] {
        let settings = format!("[watch]\nclip_wait = '100ms'\n[folders]\nafter_success = '{after}'\n");
        let mut house = House::set_up(&settings);
        house.drop_file("talk.mp4.txt", WORDS);
        house.drop_file("talk.txt", LOUDER);
        house.drop_file("talk.mp4", clip("talk"));
        house.start();
        let report = house.note(house.outbox("talk.report.txt"));
        assert!(report.contains("\"talk.txt\""), "{report}");
        house.wait_for("nothing is left of it", || House::names(&house.inbox("")).is_empty());
        if after == "archive" {
            assert_eq!(House::names(&house.archive("")), ["talk.mp4", "talk.mp4.txt", "talk.txt"]);
        }
        house.drop_file("another.txt", "words of another");
        house.drop_file("another.mp4", clip("another"));
        house.note(house.outbox("another.report.txt"));
        house.stop();
        assert_eq!(house.world().accepted(), [WORDS.trim(), "words of another"], "{after}");
    }
}

#[test]
fn where_the_session_is_gone_it_waits_and_says_so() {
    let house = delivered("");
    house.service.faults("state:code=1002");
    house.drop_file("talk.v2.txt", LOUDER);
    let note = house.waits("talk.v2", "session-lost");
    assert!(note.contains("talk.v2.txt") && note.contains("talk.mp4"), "{note}");
    house.service.faults("");
    rests(&house);
    assert_eq!(house.world().charges_of(&clip("talk")), 1);
    assert_eq!(house.world().uploaded().len(), 2);
}

#[test]
fn a_stray_text_never_costs_credits() {
    let house = delivered("[watch]\nclip_wait = '100ms'\ntext_note_after = '300ms'\n");
    for name in ["readme.txt", "notes.v2.txt", "other.answer.txt", "talk.v1.txt"] {
        house.drop_file(name, LOUDER);
    }
    for stem in ["readme", "notes.v2", "other.answer", "talk.v1"] {
        house.waits(&format!("{stem}.txt"), "awaits-clip");
    }
    rests(&house);
    assert_eq!(house.world().charges(), 2);
    // One that was taken back before its message is nothing either.
    fs::write(house.root("pause.txt"), "").unwrap();
    house.drop_file("talk.v2.txt", LOUDER);
    house.wait_for("it is a job", || house.run(&["jobs", "--json"]).out.contains("talk.v2.txt"));
    fs::remove_file(house.inbox("talk.v2.txt")).unwrap();
    house.wait_for("it is cancelled", || {
        house.run(&["jobs", "--state", "cancelled", "--json"]).out.contains("talk.v2.txt")
    });
    fs::remove_file(house.root("pause.txt")).unwrap();
    rests_again(&house);
    assert_eq!(house.world().charges(), 3);
}

#[test]
fn other_words_while_it_runs_are_sent_after_its_own() {
    let mut house = House::with(faulty(&["message:late-delay=2sx1"]), "");
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("its message is out", |world| world.running() == 1);
    // The same words once more are nothing, whatever the editor makes of them.
    house.drop_file("talk.txt", format!("\u{feff}{}\r\n\r\n", WORDS.trim()));
    house.drop_file("talk.txt", format!("{}\n---\n{LOUDER}", WORDS.trim()));
    let report = house.delivered("talk");
    house.wait_for("its text is put away", || house.archive("talk.txt").exists());
    assert!(report.contains("make the music louder"), "{report}");
    let world = house.world();
    assert_eq!(world.accepted(), [WORDS.trim(), LOUDER.trim()]);
    assert_eq!((world.sessions().len(), world.renders().len()), (1, 1));
}

#[test]
fn with_clips_left_in_the_inbox_a_text_is_taken_once() {
    let mut house = delivered_left();
    house.drop_file("talk.v2.txt", LOUDER);
    house.note(house.outbox("talk.v2.report.txt"));
    house.stop();
    house.start();
    house.drop_pair("another", "words of another");
    house.note(house.outbox("another.report.txt"));
    assert_eq!(house.world().charges(), 3);
    assert!(house.inbox("talk.v2.txt").exists() && !house.outbox("talk.v2 (2).mp4").exists());
}

fn delivered_left() -> House {
    let mut house = House::set_up("[folders]\nafter_success = 'leave'\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.note(house.outbox("talk.report.txt"));
    house
}

#[test]
fn a_text_that_is_written_on_after_other_versions_sends_only_what_is_new() {
    let house = delivered("[watch]\nclip_wait = '600ms'\n");
    house.drop_file("talk.v2.txt", LOUDER);
    made(&house, "talk.v2", "talk.v2.txt");
    house.drop_file("talk.txt", format!("{}\n---\nand slower", WORDS.trim()));
    made(&house, "talk.v3", "talk.txt");
    assert_eq!(house.world().accepted(), [WORDS.trim(), LOUDER.trim(), "and slower"]);
}

#[test]
fn the_first_text_saved_again_behind_a_later_version_asks_first() {
    let house = delivered("[watch]\nclip_wait = '300ms'\n");
    house.drop_file("talk.v2.txt", LOUDER);
    made(&house, "talk.v2", "talk.v2.txt");
    house.drop_file("talk.txt", WORDS);
    house.waits("talk.v3", "same-again");
    rests(&house);
    assert_eq!(house.world().charges_of(&clip("talk")), 2);
}

#[test]
fn a_version_that_asks_is_answered_while_an_earlier_text_waits_for_it() {
    let mut house = House::set_up("[watch]\nclip_wait = '100ms'\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    house.service.faults("message:questionx1");
    house.drop_file("talk.v3.txt", "make it louder");
    house.waits("talk.v3", "question");
    house.drop_file("talk.v2.txt", "add a title");
    house.wait_for("it waits for the other", || house.run(&["status"]).out.contains("talk.v2.txt"));
    house.drop_file("talk.v3.txt", "make it louder\nthe first");
    house.note(house.outbox("talk.v3.report.txt"));
    house.wait_world("both are made", |world| world.accepted().len() == 4);
    assert_eq!(house.world().accepted()[1..], ["make it louder", "the first", "add a title"]);
}
