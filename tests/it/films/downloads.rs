//! Films that come badly: nothing of them is ever seen under a film's name, and the whole one is there in the end.

use std::path::Path;

use super::{Eye, assert_delivered, delivered_by, delivered_under};
use crate::house::{House, WORDS, each, faulty};

/// Where each request for the film began, in the order they came.
fn ranges(house: &House) -> Vec<Option<u64>> {
    house.world().downloads().into_iter().map(|(_, range, _)| range).collect()
}

#[test]
fn a_film_that_breaks_off_is_fetched_on_from_there() {
    each(["cut=50%x1", "break=50%x1", "cut=99.9%x1", "break=200000x1"], |fault| {
        let house = delivered_under(&[&format!("download:{fault}")]);
        let ranges = ranges(&house);
        assert!(matches!(ranges[..], [None, Some(from)] if from > 0), "{fault}: {ranges:?}");
    });
    let house = delivered_under(&["download:cut=50%x2", "download:no-tag"]);
    let ranges = ranges(&house);
    assert!(matches!(ranges[..], [None, Some(a), Some(b)] if 0 < a && a < b), "by its date: {ranges:?}");
}

#[test]
fn a_film_that_breaks_off_before_its_first_byte_is_fetched_again() {
    let stalls = "[api]\nstall_timeout = \"500ms\"\n";
    let faults = [
        "reset=headersx1",
        "resetx1",
        "break=headersx1",
        "cut=headersx1",
        "cut=0x1",
        "break=0x1",
        "late-hangx1",
    ];
    each(faults, |fault| {
        let fault = format!("download:{fault}");
        delivered_by(House::with(faulty(&[&fault]), stalls), &[&fault]);
    });
}

#[test]
fn a_rest_that_does_not_fit_is_not_taken() {
    let cut = "download:cut=50%x1";
    for (fault, wanted) in [
        // The whole film in place of its rest; another part; another film; none.
        ("no-ranges", vec![false, true]),
        ("wrong-part", vec![false, true, false]),
        ("new-tag", vec![false, true, false]),
        ("beyond", vec![false, true, false]),
        // Nothing says that the film is the same: its rest is not even asked for.
        ("weak-tag", vec![false, false]),
    ] {
        let house = delivered_under(&[cut, &format!("download:{fault}")]);
        let ranged: Vec<_> = ranges(&house).iter().map(Option::is_some).collect();
        assert_eq!(ranged, wanted, "{fault}");
    }
}

#[test]
fn lengths_that_lie_are_found_out() {
    for faults in [
        &["download:claims=400000x1"][..],
        &["download:claims=1000x1"],
        &["download:claims=1099511627776x1"],
        &["download:chunked"],
        &["download:chunked", "download:cut=50%x1"],
        &["download:chunked", "download:break=99.9%x1"],
    ] {
        delivered_under(faults);
    }
}

#[test]
fn what_is_no_whole_film_is_not_delivered() {
    for fault in [
        "answer=<html>not here</html> x1",
        "answer={\"code\":0} x1",
        "film=<!doctype html><p>not here</p> x1",
        "film={\"code\":1001,\"message\":\"token expired\"} x1",
        "film= x1",
        "boxesx1",
        "tailx1",
    ] {
        delivered_under(&[&format!("download:{fault}")]);
    }
}

#[test]
fn a_film_that_is_never_whole_waits_with_its_note() {
    for fault in ["download:boxes", "download:tail", "download:film=<html>"] {
        let mut house = House::with(faulty(&[fault]), "[jobs]\nmax_attempts = 2\n");
        let seen = Eye::on(&house);
        house.drop_pair("talk", WORDS);
        house.start();
        let note = house.waits("talk", "bad-film");
        assert!(note.contains("Credits were spent for this clip"), "{note}");
        assert!(!house.outbox("talk.mp4").exists() && house.inbox("talk.mp4").exists(), "{fault}");
        house.service.faults("");
        house.delivered("talk");
        assert_delivered(&house, &seen.shut(), &[fault]);
    }
}

/// A clip that is paid for, and whose film is about to be fetched when dakbox is killed.
fn killed_before_its_film_came(house: &mut House) {
    house.service.faults("download:hang");
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("the film is asked for", |world| world.requests("download") >= 1);
    house.kill();
}

#[test]
fn a_film_of_no_known_length_leaves_what_must_stay_free() {
    let mut house = House::new();
    let seen = Eye::on(&house);
    killed_before_its_film_came(&mut house);
    house.service.faults("download:endless");
    house.set("[folders]\nmin_free = \"9000TiB\"\n");
    house.start();
    let note = house.waits("talk", "no-space");
    assert!(note.contains("Credits were spent for this clip"), "{note}");
    house.stop();
    let left = House::names(&house.outbox(""));
    assert_eq!(left, ["talk.waiting.txt"], "nothing of it stays");
    house.set("[folders]\nmin_free = \"0\"\n");
    house.service.faults("");
    house.start();
    house.delivered("talk");
    assert_delivered(&house, &seen.shut(), &[]);
}

#[test]
fn a_name_of_the_services_is_never_a_name_here() {
    let long = "x".repeat(300);
    for name in [
        "../../x",
        "/tmp/dakbox-was-here.mp4",
        &long,
        "a%0Ab%00c",
        "%E2%80%AEgnp.mp4",
        "..",
        "talk.report.txt",
    ] {
        // `assert_delivered` looks at every name in the outbox.
        let house = delivered_under(&[&format!("download:name={name}")]);
        assert_eq!(
            House::names(&house.root("")),
            [".dakbox", "archive", "failed", "inbox", "outbox"],
            "{name}"
        );
    }
    assert!(!Path::new("/tmp/dakbox-was-here.mp4").exists());
}
