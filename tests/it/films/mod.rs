//! The film's last way: rendered, fetched and checked, from wherever the service says it lies.

use std::fs;
use std::time::Duration;

use dakbox_sandbox::Options;

use crate::house::{House, WORDS, faulty, sha256};

/// A clip's story under these faults; it is delivered, with the film that was rendered.
fn delivered_under(faults: &[&str]) -> House {
    delivered_by(House::with(faulty(faults), ""), faults)
}

fn delivered_by(mut house: House, faults: &[&str]) -> House {
    eprintln!("{faults:?}");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let world = house.world();
    let film = fs::read(house.outbox("talk.mp4")).unwrap();
    assert!(world.films().contains(&sha256(&film)), "{faults:?}");
    assert_eq!((world.charges(), world.requests("message")), (1, 1), "{faults:?}");
    assert_eq!(House::names(&house.outbox("")), ["talk.mp4", "talk.report.txt"], "{faults:?}");
    house
}

/// A render that takes long enough for one to look at it before it is done, however busy the machine: one that is done
/// can't fail any more.
fn slow(faults: &[&str]) -> Options {
    Options { render_time: Duration::from_secs(3), ..faulty(faults) }
}

/// What a status may say in place of the truth.
fn completed(address: &str) -> String {
    format!(r#"status:answer={{"code":0,"data":{{"status":"completed","outputUrl":"{address}"}}}} x1"#)
}

#[test]
fn a_film_that_breaks_off_is_fetched_on() {
    for fault in ["cut=50%x2", "cut=0x1", "break=1000x1", "break=headersx1", "cut=99.9%x1"] {
        delivered_under(&[&format!("download:{fault}")]);
    }
}

#[test]
fn what_is_no_film_is_not_delivered() {
    for fault in ["answer=<html>not here</html> x1", "answer={\"code\":0} x1", "status=404x1", "status=403x1"]
    {
        delivered_under(&[&format!("download:{fault}")]);
    }
}

#[test]
fn an_address_within_this_network_is_not_asked() {
    for address in [
        "http://10.0.0.1/film.mp4",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:1/film.mp4",
        "http://127.0.0.2:1/film.mp4",
        "http://2130706434/film.mp4",
        "file:///etc/passwd",
        "http://user:word@static1.example/film.mp4",
        "",
    ] {
        let faults = [&completed(address)[..]];
        // So many tries that going on with a dead address would never end.
        let house = House::with(faulty(&faults), "[jobs]\nmax_attempts = 100\n");
        let house = delivered_by(house, &faults);
        assert!(house.world().requests("status") >= 2, "{address}: the status was asked once more");
    }
}

#[test]
fn a_redirect_into_this_network_is_not_followed() {
    for address in ["http://10.0.0.1/film.mp4", "file:///etc/passwd", "http://169.254.169.254/"] {
        let house = delivered_under(&[&format!("download:redirect={address} x1")]);
        assert_eq!(house.world().requests("download"), 2, "{address}");
    }
}

#[test]
fn no_other_call_follows_a_redirect() {
    for call in ["session", "upload", "export"] {
        let mut house = House::new();
        let elsewhere = format!("{}/elsewhere", house.service.url());
        house.service.faults(&format!("{call}:redirect={elsewhere} x1"));
        house.drop_pair("talk", WORDS);
        house.start();
        // The house would hear of a request for what is no call.
        house.delivered("talk");
        assert_eq!(house.world().charges(), 1);
    }
}

#[test]
fn a_render_that_fails_is_asked_for_once_more_and_not_paid_again() {
    let faults = ["status:failedx1"];
    let house = delivered_by(House::with(slow(&faults), ""), &faults);
    assert_eq!(house.world().requests("export"), 2);

    let mut house = House::with(slow(&["status:failed"]), "");
    house.drop_pair("talk", WORDS);
    house.start();
    let note = house.fails("talk", "render-failed");
    assert!(note.contains("Credits were spent for this clip"), "{note}");
    let world = house.world();
    assert_eq!((world.requests("export"), world.charges()), (2, 1));
    assert_eq!(House::names(&house.failed("")), ["talk.error.txt", "talk.mp4", "talk.txt"]);
}

#[test]
fn an_export_whose_answer_was_lost_is_not_asked_for_twice() {
    for fault in ["export:resetx1", "export:late-status=502x1"] {
        let house = delivered_under(&[fault]);
        assert_eq!(house.world().requests("export"), 1, "{fault}: its id was asked for first");
    }
}
