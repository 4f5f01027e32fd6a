//! What a note says: what happened, what lies beside it, and steps that can be followed.

use std::fs;

use crate::house::House;

#[test]
fn a_clip_and_its_text_that_are_renamed_while_they_wait_are_known_by_their_new_names() {
    let mut house = House::new();
    house.service.faults("message:nothingx1");
    house.drop_pair("talk", "words one");
    house.start();
    house.waits("talk", "unknown-fate");
    for ending in ["mp4", "txt"] {
        fs::rename(house.inbox(format!("talk.{ending}")), house.inbox(format!("speech.{ending}"))).unwrap();
    }
    house.wait_for("its note names its text", || {
        let note = fs::read_to_string(house.outbox("speech.waiting.txt")).unwrap_or_default();
        note.contains("\"speech.txt\"") && !note.contains("\"talk.")
    });
    house.wait_for("the old one is gone", || !house.outbox("talk.waiting.txt").exists());
    house.wait_for("its job knows its text", || {
        house.run(&["show", "1"]).out.contains("Its text was saved anew or renamed")
    });
    // As it says.
    house.drop_file("speech.txt", "Again: yes\n\nwords one");
    house.delivered("speech");
    house.wait_for("no note is left", || !house.outbox("speech.waiting.txt").exists());
    assert_eq!(house.world().accepted(), ["words one"; 2]);
}

#[test]
fn a_text_that_its_renamed_clip_has_left_behind_is_not_named_any_more() {
    let mut house = House::new();
    house.service.faults("message:nothingx1");
    house.drop_pair("talk", "words one");
    house.start();
    house.waits("talk", "unknown-fate");
    fs::rename(house.inbox("talk.mp4"), house.inbox("speech.mp4")).unwrap();
    let note = house.waits("speech", "unknown-fate");
    assert!(note.contains("\"speech.txt\"") && !note.contains("\"talk.txt\""), "{note}");
    house.drop_file("speech.txt", "Again: yes\n\nwords one");
    house.delivered("speech");
    assert_eq!(house.world().accepted(), ["words one"; 2]);
}
