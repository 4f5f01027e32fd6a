//! What a note says: what happened, what lies beside it, and steps that can be followed.

use std::fs;

use crate::house::{House, clip};

/// A header that can't be meant.
const BAD: &str = "Quality: best\n\nwords of the text";

#[test]
fn a_bad_text_of_a_batch_lies_beside_its_clips() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '50ms'\n");
    house.drop_file("trip/1.mp4", clip("one"));
    house.drop_file("trip/2.mp4", clip("two"));
    house.drop_file("trip/batch.txt", BAD);
    house.start();
    for stem in ["trip/1", "trip/2"] {
        house.fails(stem, "bad-sidecar");
    }
    house.wait_for("the folder is put aside whole", || !house.inbox("trip").exists());
    let names = ["1.error.txt", "1.mp4", "2.error.txt", "2.mp4", "batch.txt"];
    assert_eq!(House::names(&house.failed("trip")), names);
    assert!(!house.archive("trip/batch.txt").exists());
    // As they say: the text corrected, and all put back.
    fs::write(house.failed("trip/batch.txt"), BAD.replace("best", "low")).unwrap();
    fs::create_dir_all(house.inbox("trip")).unwrap();
    for name in ["batch.txt", "1.mp4", "2.mp4"] {
        fs::rename(house.failed("trip").join(name), house.inbox("trip").join(name)).unwrap();
    }
    for stem in ["trip/1", "trip/2"] {
        house.delivered(stem);
    }
    house.wait_for("the batch is put away", || house.archive("trip/batch.txt").exists());
    assert_eq!(house.world().accepted(), ["words of the text"; 2]);
    assert!(House::names(&house.failed("trip")).is_empty(), "its notes are gone");
}

#[test]
fn the_text_of_a_batch_goes_where_the_last_of_its_clips_went() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '50ms'\n");
    house.drop_file("one/1.mp4", clip("good"));
    house.drop_file("one/1.txt", "words of its own");
    house.drop_file("one/2.mp4", clip("without words"));
    house.drop_file("one/batch.txt", BAD);
    house.start();
    house.delivered("one/1");
    house.fails("one/2", "bad-sidecar");
    house.wait_for("the batch is put away", || !house.inbox("one").exists());
    assert!(house.archive("one/batch.txt").exists());
}

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
