//! Files of people that have the name of a note: nothing of them is overwritten, and nothing is taken away.

use std::fs;

use dakbox_sandbox::Options;

use crate::house::{House, WORDS, clip, quick};

const PRECIOUS: &str = "words of a person";

#[test]
fn a_note_never_touches_a_file_of_its_name() {
    let mut house = House::with(Options { credits: 0, ..quick() }, "");
    fs::create_dir_all(house.outbox("")).unwrap();
    let theirs = ["talk.waiting.txt", "empty.waiting.txt", "not-taken.waiting.txt"];
    for name in theirs {
        fs::write(house.outbox(name), PRECIOUS).unwrap();
    }
    house.drop_pair("talk", WORDS);
    house.drop_file("empty.txt", WORDS);
    house.drop_file("empty.mp4", "");
    house.drop_file("paper.pdf", "paper");
    house.start();
    let ours = ["talk (2).waiting.txt", "empty (2).waiting.txt", "not-taken (2).waiting.txt"];
    for name in ours {
        house.note(house.outbox(name));
    }
    // Nobody saw it off in time: what was written before a kill is still known.
    house.kill();
    house.start();
    fs::remove_file(house.inbox("paper.pdf")).unwrap();
    fs::remove_file(house.inbox("empty.mp4")).unwrap();
    house.service.credits(1000);
    house.delivered("talk");
    house.wait_for("our notes are gone", || ours.iter().all(|name| !house.outbox(name).exists()));
    for name in theirs {
        assert_eq!(fs::read_to_string(house.outbox(name)).unwrap(), PRECIOUS, "{name}");
    }
}

#[test]
fn a_note_that_a_person_has_written_into_stays_theirs() {
    let mut house = House::with(Options { credits: 0, ..quick() }, "");
    house.drop_pair("talk", WORDS);
    house.start();
    let note = house.waits("talk", "no-credits");
    fs::write(house.outbox("talk.waiting.txt"), format!("{note}\n{PRECIOUS}")).unwrap();
    house.service.credits(1000);
    house.delivered("talk");
    house.drop_pair("another", WORDS);
    house.delivered("another");
    assert!(fs::read_to_string(house.outbox("talk.waiting.txt")).unwrap().contains(PRECIOUS));
}

#[test]
fn the_notes_in_the_root_never_do_either() {
    let mut house = House::set_up("[folders]\nfirst_run_limit = 1\n");
    for stem in ["one", "two"] {
        house.drop_file(format!("{stem}.mp4"), clip(stem));
    }
    fs::write(house.root("first-run.waiting.txt"), PRECIOUS).unwrap();
    house.start();
    let ours = house.root("first-run (2).waiting.txt");
    house.note(ours.clone());
    house.kill();
    house.start();
    house.note(ours.clone());
    fs::write(house.root("take-all.txt"), "").unwrap();
    house.wait_for("our note is gone", || !ours.exists());
    assert_eq!(fs::read_to_string(house.root("first-run.waiting.txt")).unwrap(), PRECIOUS);
}

#[test]
fn the_note_of_a_project_that_failed_does_not() {
    let mut house = House::new();
    fs::create_dir_all(house.failed("")).unwrap();
    fs::write(house.failed("trip.project.error.txt"), PRECIOUS).unwrap();
    house.drop_file("trip.project/one.mp4", clip("one"));
    house.drop_file("trip.project/project.txt", "Quality: huge\n\nmake it short\n");
    house.start();
    house.note(house.failed("trip.project (2).error.txt"));
    assert_eq!(fs::read_to_string(house.failed("trip.project.error.txt")).unwrap(), PRECIOUS);
}

#[test]
fn a_note_that_was_written_anew_before_a_kill_is_known_and_goes() {
    let mut house = House::set_up("[watch]\ntext_note_after = '200ms'\n");
    house.service.faults("message:questionx1");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "question");
    house.drop_file("talk.v2.txt", "make it louder");
    house.waits("talk.v2.txt", "awaits-film");
    house.run(&["cancel", "1"]);
    house.waits("talk.v2.txt", "awaits-clip");
    house.kill();
    fs::remove_file(house.inbox("talk.v2.txt")).unwrap();
    house.start();
    house.wait_for("it is gone", || !house.outbox("talk.v2.txt.waiting.txt").exists());
}

#[test]
fn a_note_that_a_power_cut_brings_back_goes_again() {
    let mut house = House::new();
    house.service.faults("message:questionx1");
    house.drop_pair("talk", WORDS);
    house.start();
    let note = house.waits("talk", "question");
    house.drop_file("talk.answer.txt", "The second one.\n");
    house.delivered("talk");
    house.wait_for("its note is gone", || !house.outbox("talk.waiting.txt").exists());
    house.kill();
    // That it was removed had not reached the disk.
    fs::write(house.outbox("talk.waiting.txt"), note).unwrap();
    house.start();
    house.wait_for("it is gone again", || !house.outbox("talk.waiting.txt").exists());
}
