//! What a note says that stands in `failed/`: what happened, what lies beside it, and steps that can be followed.

use std::fs;

use crate::house::{House, clip};

/// A note on one line.
fn flat(note: &str) -> String {
    note.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Waits until a drop has failed for this reason; its note on one line.
#[track_caller]
fn failed(house: &House, stem: &str, code: &str) -> String {
    house.wait_for(&format!("{stem} has its note"), || {
        fs::read_to_string(house.failed(format!("{stem}.error.txt"))).is_ok_and(|note| note.contains("Job: "))
    });
    flat(&house.fails(stem, code))
}

/// A house in which `talk` waits with the service's question.
fn asked() -> House {
    let mut house = House::new();
    house.service.faults("message:questionx1");
    house.drop_pair("talk", "words one");
    house.start();
    house.waits("talk", "question");
    house
}

#[test]
fn a_clip_that_is_gone_while_its_question_waits_is_told_as_that_and_may_come_back() {
    let house = asked();
    fs::create_dir_all(house.path("desk")).unwrap();
    for name in ["talk.mp4", "talk.txt"] {
        fs::rename(house.inbox(name), house.path("desk").join(name)).unwrap();
    }
    let note = failed(&house, "talk", "cancelled");
    assert!(note.contains("that clip is not in the inbox any more"), "{note}");
    assert!(!note.contains("the person who runs dakbox cancelled it"), "{note}");
    assert!(note.contains("Nothing of what you dropped lies beside this note."), "{note}");
    assert!(note.contains("the video service answered, but it does not say what it took"), "{note}");
    assert_eq!(House::names(&house.failed("")), ["talk.error.txt"]);
    // As it says: the same clip with its text, and the question waits once more.
    for name in ["talk.txt", "talk.mp4"] {
        fs::rename(house.path("desk").join(name), house.inbox(name)).unwrap();
    }
    house.waits("talk", "question");
    house.drop_file("talk.answer.txt", "The second one.\n");
    house.delivered("talk");
    assert_eq!(house.world().accepted(), ["words one", "The second one."]);
}

#[test]
fn a_clip_that_another_one_replaced_while_its_question_waits_was_cancelled_by_nobody() {
    let house = asked();
    fs::write(house.path("another"), clip("another")).unwrap();
    fs::write(house.inbox("talk.txt"), "words two").unwrap();
    fs::rename(house.path("another"), house.inbox("talk.mp4")).unwrap();
    let note = failed(&house, "talk", "cancelled");
    assert!(note.contains("another file came into its place"), "{note}");
    assert!(!note.contains("the person who runs dakbox cancelled it"), "{note}");
    assert!(note.contains("Nothing of what you dropped lies beside this note."), "{note}");
}

#[test]
fn what_a_person_gave_up_is_told_as_that() {
    let house = asked();
    assert_eq!(house.run(&["cancel", "1"]).code, 0);
    let note = failed(&house, "talk", "cancelled");
    assert!(note.contains("the person who runs dakbox cancelled it"), "{note}");
    assert!(note.contains("Your clip and its text lie beside this note"), "{note}");
    assert_eq!(House::names(&house.failed("")), ["talk.error.txt", "talk.mp4", "talk.txt"]);
}

/// A header that can't be meant.
const BAD: &str = "Quality: best\n\nwords of the text";

#[test]
fn a_bad_text_of_a_batch_is_named_and_lies_beside_its_clips() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '50ms'\n");
    house.drop_file("trip/1.mp4", clip("one"));
    house.drop_file("trip/2.mp4", clip("two"));
    house.drop_file("trip/batch.txt", BAD);
    house.start();
    for stem in ["trip/1", "trip/2"] {
        let note = failed(&house, stem, "bad-sidecar");
        assert!(note.contains("Open \"trip/batch.txt\" in a simple editor"), "{note}");
        assert!(!note.contains("\"1.txt\"") && !note.contains("\"2.txt\""), "{note}");
        assert!(note.contains("Your clip lies beside this note, as you dropped it."), "{note}");
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
    let note = failed(&house, "one/2", "bad-sidecar");
    assert!(note.contains("or it is still in the inbox, or in the archive"), "{note}");
    house.wait_for("the batch is put away", || !house.inbox("one").exists());
    assert!(house.archive("one/batch.txt").exists());
}

#[test]
fn a_bad_default_and_a_bad_text_of_a_project_are_named_where_they_lie() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '50ms'\n");
    house.drop_file("d1/default.txt", BAD);
    house.drop_file("d1/talk.mp4", clip("talk"));
    house.drop_file("d1/own.mp4", clip("own"));
    house.drop_file("d1/own.txt", "Priority: high\n");
    house.drop_file("p1/project.txt", BAD);
    house.drop_file("p1/1.mp4", clip("one"));
    house.drop_file("song.video.txt", BAD);
    house.start();
    let note = failed(&house, "d1/talk", "bad-sidecar");
    assert!(note.contains("Open \"d1/default.txt\" in a simple editor"), "{note}");
    assert!(note.contains("It is still in the inbox") && house.inbox("d1/default.txt").exists(), "{note}");
    assert!(note.contains("Your clip lies beside this note, as you dropped it."), "{note}");
    // Headers alone stand over what would hold without them.
    let note = failed(&house, "d1/own", "bad-sidecar");
    assert!(note.contains("Open \"d1/default.txt\" in a simple editor"), "{note}");
    assert!(note.contains("Your clip and its text lie beside this note"), "{note}");
    let note = failed(&house, "p1", "bad-sidecar");
    assert!(note.contains("Open \"p1/project.txt\" in a simple editor"), "{note}");
    assert!(note.contains("Your folder lies beside this note") && note.contains("whole folder"), "{note}");
    assert!(house.failed("p1/project.txt").exists() && house.failed("p1/1.mp4").exists());
    let note = failed(&house, "song.video", "bad-sidecar");
    assert!(note.starts_with("dakbox cannot use the text \"song.video.txt\"."), "{note}");
    assert!(note.contains("Your text lies beside this note, as you dropped it."), "{note}");
    // As they say.
    fs::write(house.inbox("d1/default.txt"), BAD.replace("best", "low")).unwrap();
    fs::rename(house.failed("d1/talk.mp4"), house.inbox("d1/talk.mp4")).unwrap();
    fs::write(house.failed("p1/project.txt"), BAD.replace("best", "low")).unwrap();
    fs::rename(house.failed("p1"), house.inbox("p1")).unwrap();
    house.delivered("d1/talk");
    house.wait_for("the project's film is there", || house.outbox("p1.report.txt").exists());
    assert_eq!(house.world().accepted(), ["words of the text"; 2]);
}

#[test]
fn a_clip_that_had_no_text_of_its_own_gets_one_when_another_is_put_in_its_place() {
    let mut house = House::set_up("[watch]\nsidecar_wait = '50ms'\n");
    let garbage = "no film at all, whatever its name says\n".repeat(50);
    house.drop_file("trip/batch.txt", "blue titles for all");
    house.drop_file("trip/1.mp4", clip("one"));
    house.drop_file("trip/2.mp4", &garbage);
    house.drop_file("bad/batch.txt", BAD);
    house.drop_file("bad/3.mp4", &garbage);
    house.drop_file("usual.mp4", &garbage);
    house.drop_file("own.txt", "words of its own");
    house.drop_file("own.mp4", &garbage);
    house.start();
    let note = failed(&house, "trip/2", "not-media");
    let words = "beside it a text named \"2.txt\" that says what to do. \"trip/2.mp4\" had no text of its own: its words came \
                 from \"trip/batch.txt\".";
    assert!(note.contains(words), "{note}");
    assert!(note.contains("Your clip lies beside this note, as you dropped it."), "{note}");
    let note = failed(&house, "bad/3", "not-media");
    assert!(note.contains("its words came from \"bad/batch.txt\"."), "{note}");
    let note = failed(&house, "usual", "not-media");
    assert!(note.contains("had no text of its own, so dakbox uses its usual words"), "{note}");
    assert!(note.contains("Your clip lies beside this note, as you dropped it."), "{note}");
    let note = failed(&house, "own", "not-media");
    assert!(note.contains("Put the new clip and its text into the inbox."), "{note}");
    assert!(note.contains("Your clip and its text lie beside this note"), "{note}");
    house.delivered("trip/1");
    // As it says.
    house.drop_file("trip/2.txt", "blue titles for all");
    house.drop_file("trip/2.mp4", clip("two"));
    house.delivered("trip/2");
    assert_eq!(house.world().accepted(), ["blue titles for all"; 2]);
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
