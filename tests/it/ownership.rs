//! Whose folder it is: no ledger pays in a root that another one works, and a share that is away is not an empty one.

use std::fs;
use std::path::PathBuf;

use crate::house::{House, WORDS, faulty, files_below};

/// A house in which one clip was delivered, and another was dropped while nobody watched.
fn lived_in() -> House {
    let mut house = House::new();
    house.drop_pair("old", WORDS);
    house.start();
    house.delivered("old");
    assert_eq!(house.stop(), Some(0));
    house.drop_pair("new", WORDS);
    house
}

/// The ledger's files.
fn ledger(house: &House) -> Vec<PathBuf> {
    let is_ledger = |file: &PathBuf| file.file_name().unwrap().to_string_lossy().starts_with("ledger.db");
    files_below(&house.path("state")).into_iter().filter(is_ledger).collect()
}

/// Nothing is taken and nothing is sent, until a person says so.
fn assert_held_until_adopted(mut house: House) {
    let before = house.world().all_requests();
    house.start();
    let note = house.note(house.root("not-ours.waiting.txt"));
    assert!(note.contains("Reason: not-ours"), "{note}");
    assert_eq!(house.stop(), Some(0));
    assert_eq!(house.run_once(&[]), 3);
    assert_eq!(house.world().all_requests(), before, "nothing was sent");

    house.start_with(&["--adopt"]);
    house.delivered("new");
    assert!(!house.root("not-ours.waiting.txt").exists());
    let world = house.world();
    assert_eq!((world.charges(), world.most_charged()), (2, 1));
    assert_eq!(house.stop(), Some(0));
    assert_eq!(house.run_once(&[]), 0, "it is asked once");
}

/// The ledger's files as they are.
fn copy_of(house: &House) -> Vec<(Vec<u8>, PathBuf)> {
    ledger(house).into_iter().map(|file| (fs::read(&file).unwrap(), file)).collect()
}

fn restore(house: &House, saved: Vec<(Vec<u8>, PathBuf)>) {
    for file in ledger(house) {
        fs::remove_file(file).unwrap();
    }
    for (bytes, file) in saved {
        fs::write(file, bytes).unwrap();
    }
}

#[test]
fn a_deleted_ledger_pays_for_nothing() {
    let house = lived_in();
    for file in ledger(&house) {
        fs::remove_file(file).unwrap();
    }
    assert_held_until_adopted(house);
}

#[test]
fn a_second_machine_pays_for_nothing() {
    let mut house = lived_in();
    let state = house.path("another state");
    house.set(&format!("[state]\ndir = {state:?}\n"));
    assert_held_until_adopted(house);
}

#[test]
fn a_ledger_of_yesterday_pays_for_nothing() {
    let mut house = House::new();
    house.drop_pair("older", WORDS);
    house.start();
    house.delivered("older");
    assert_eq!(house.stop(), Some(0));
    let saved = copy_of(&house);
    house.drop_pair("old", WORDS);
    house.start();
    house.delivered("old");
    assert_eq!(house.stop(), Some(0));
    let right = copy_of(&house);
    restore(&house, saved);
    house.drop_pair("new", WORDS);
    let before = house.world().all_requests();
    house.start();
    house.note(house.root("not-ours.waiting.txt"));
    assert_eq!(house.stop(), Some(0));
    assert_eq!(house.world().all_requests(), before);
    // The right ledger knows nothing of the note that the old one has left.
    let old = copy_of(&house);
    restore(&house, right);
    house.start();
    house.delivered("new");
    house.wait_for("the note is gone", || !house.root("not-ours.waiting.txt").exists());
    house.stop();
    restore(&house, old);
    house.drop_pair("newest", WORDS);
    assert_eq!(house.run_once(&["--adopt"]), 0);
    assert_eq!((house.world().charges(), house.world().most_charged()), (4, 1));
}

#[test]
fn what_an_old_ledger_knows_to_be_in_work_is_not_paid_for_once_more() {
    for (words, faults) in [
        // The first is out; the second is sent after the copy was made.
        ("cut it\n---\nadd music\n", "message:late-delay=1500msx1"),
        // It is about to be sent.
        (WORDS, "state:late-delay=1500msx1"),
    ] {
        let mut house = House::with(faulty(&[faults]), "[folders]\nafter_success = 'leave'\n");
        house.drop_pair("talk", words);
        house.start();
        let call = faults.split(':').next().unwrap();
        house.wait_world("it is about it", |world| world.requests(call) == 1);
        let copy = house.path("copy.db");
        let db = rusqlite::Connection::open(house.path("state/ledger.db")).unwrap();
        db.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        drop(db);
        house.note(house.outbox("talk.report.txt"));
        assert_eq!(house.stop(), Some(0));
        let (paid, said) = (house.world().charges(), house.world().accepted());
        restore(&house, vec![(fs::read(copy).unwrap(), house.path("state/ledger.db"))]);
        house.start();
        house.note(house.root("not-ours.waiting.txt"));
        assert_eq!(house.stop(), Some(0));
        house.start_with(&["--adopt"]);
        let note = house.waits("talk", "unknown-fate");
        assert!(note.contains("Again: yes"), "{note}");
        assert_eq!(house.world().charges(), paid, "{faults}");
        house.wait_for("a person may say so", || house.run(&["retry", "1", "--again"]).code == 0);
        house.wait_for("it is delivered", || house.outbox("talk (2).report.txt").exists());
        assert_eq!(house.world().accepted().len(), paid + 1, "{said:?}");
        house.stop();
    }
}

#[test]
fn a_root_without_its_mark_is_a_share_that_is_away() {
    let mut house = lived_in();
    fs::rename(house.root(".dakbox"), house.path("mark")).unwrap();
    let before = house.world().all_requests();
    house.start();
    house.wait_for("it is told", || house.log().contains("nothing is taken"));
    assert_eq!(house.run(&["status"]).code, 0, "observers are not held up");
    assert_eq!(house.world().all_requests(), before);
    assert!(!house.root(".dakbox").exists(), "no new mark is made");
    assert!(!House::names(&house.root("")).concat().contains("waiting"), "no note on a bare mount point");
    fs::rename(house.path("mark"), house.root(".dakbox")).unwrap();
    house.delivered("new");
    assert_eq!(house.world().charges(), 2);
    // Gone while dakbox runs: it is told as what it is.
    fs::rename(house.root(".dakbox"), house.path("mark")).unwrap();
    house.drop_pair("newest", WORDS);
    house.wait_for("it is told", || {
        let told = house.run(&["status"]).out;
        told.contains("newest.mp4: ") && told.contains("(share-away)") && !told.contains("outbox-read-only")
    });
    fs::rename(house.path("mark"), house.root(".dakbox")).unwrap();
    house.delivered("newest");
}

#[test]
fn a_share_that_goes_away_and_comes_back_loses_nothing() {
    let mut house = House::new();
    fs::write(house.root("pause.txt"), "").unwrap();
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("it is uploaded", |world| world.uploaded().len() == 1);
    // The share is away: an empty mount point shows.
    fs::rename(house.root(""), house.path("share")).unwrap();
    fs::create_dir_all(house.inbox("")).unwrap();
    house.drop_pair("stray", WORDS);
    house.wait_for("it is told", || house.log().contains("away"));
    assert_eq!(
        house.run(&["jobs", "--state", "cancelled", "--json"]).out,
        "",
        "nothing is taken for deleted"
    );
    fs::remove_dir_all(house.root("")).unwrap();
    fs::rename(house.path("share"), house.root("")).unwrap();
    fs::remove_file(house.root("pause.txt")).unwrap();
    house.delivered("talk");
    house.drop_pair("more", WORDS);
    house.delivered("more");
    let world = house.world();
    assert_eq!(
        world.uploaded_names(),
        ["talk.mp4", "more.mp4"],
        "it was not uploaded again, and the stray not at all"
    );
    assert_eq!((world.charges(), world.most_charged()), (2, 1));
}
