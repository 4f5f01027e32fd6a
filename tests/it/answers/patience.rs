//! Faults that pass: how long is waited, how often is asked, and that one token serves all.

use std::thread::sleep;
use std::time::Duration;

use super::{delivered_once, dropped};
use crate::house::{House, WORDS, each, faulty};

/// Calls that may be repeated.
const REPEATABLE: [&str; 7] = ["session", "upload", "state", "export", "status", "download", "credits"];

#[test]
fn a_date_to_come_back_at_is_kept() {
    let house = dropped(&["session:retry-after=date+600x1"], "");
    house.wait_world("a session is asked for", |world| world.requests("session") == 1);
    // Nothing may happen within the time that the service asked for; this is some of it.
    sleep(Duration::from_secs(3));
    assert_eq!(house.world().requests("session"), 1);
}

#[test]
fn a_wait_without_measure_or_beyond_it_ends_all_the_same() {
    each(REPEATABLE, |call| {
        for fault in [
            "retry-after=1000000000x1",
            "retry-after=99999999999999999999999x1",
            "status=429x1",
            "bare=429x1",
        ] {
            eprintln!("{call}:{fault}");
            let house = dropped(&[&format!("{call}:{fault}")], "[api]\nmax_retry_after = \"100ms\"\n");
            delivered_once(&house);
            assert_eq!(house.world().requests("message"), 1);
        }
    });
}

#[test]
fn a_limit_on_tokens_is_asked_about_once() {
    each(["token:retry-after=600", "token:retry-after=date+600", "token:retry-after=1000000000"], |fault| {
        let mut house = House::with(faulty(&[fault]), "");
        let stems = ["a", "b", "c", "d", "e"];
        for stem in stems {
            house.drop_pair(stem, WORDS);
        }
        house.start();
        for stem in stems {
            house.waits(stem, "token-limit");
        }
        sleep(Duration::from_secs(2));
        let asked = house.world().requests("token");
        assert!(asked <= 2, "{fault}: {asked}");
    });
}

#[test]
fn a_gateway_that_fails_is_asked_again_a_few_times_and_no_more() {
    each(["status=500x2", "status=502x2", "bare=503x2", "late-status=504x2"], |fault| {
        eprintln!("{fault}");
        let faults: Vec<String> = REPEATABLE.iter().map(|call| format!("{call}:{fault}")).collect();
        let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
        let house = dropped(&faults, "");
        delivered_once(&house);
        let world = house.world();
        assert_eq!(world.requests("message"), 1);
        for call in ["session", "upload", "export"] {
            // An upload in doubt that is not there opens another session each time.
            assert!(world.requests(call) <= 5, "{fault}: {} times {call}", world.requests(call));
        }
    });
    let house = dropped(&["session:status=500"], "[jobs]\nmax_attempts = 3\nwaiting_recheck = \"1h\"\n");
    house.waits("talk", "service-down");
    assert_eq!(house.world().requests("session"), 3);
}

#[test]
fn a_gateway_that_fails_at_a_message_leaves_its_fate_unknown() {
    let faults = ["status=500", "status=502", "status=503", "status=504", "bare=500", "bare=502"];
    let numbered: Vec<String> =
        faults.iter().enumerate().map(|(at, fault)| format!("message:{fault}@{}x1", at + 1)).collect();
    let numbered: Vec<&str> = numbered.iter().map(String::as_str).collect();
    let mut house = House::with(faulty(&numbered), "[jobs]\nconcurrency = 8\n");
    for n in 0..faults.len() {
        house.drop_pair(&format!("clip-{n}"), WORDS);
    }
    house.start();
    for n in 0..faults.len() {
        let note = house.waits(&format!("clip-{n}"), "unknown-fate");
        assert!(note.contains("may have been spent"), "{note}");
    }
    assert_eq!((house.world().requests("message"), house.world().charges()), (6, 0));
}

/// Five clips are under way when the token of all of them runs out, found out by one call.
#[test]
fn a_token_that_runs_out_for_all_is_renewed_once() {
    each([&REPEATABLE[..], &["message", "claim"]].concat(), |call| {
        eprintln!("{call}");
        let fault = format!("{call}:code=1001@2x1");
        let mut house = House::with(faulty(&[&fault]), "[jobs]\nconcurrency = 5\nuploads = 5\n");
        let stems = ["a", "b", "c", "d", "e"];
        for stem in stems {
            house.drop_pair(stem, WORDS);
        }
        house.start();
        for stem in stems {
            house.delivered(stem);
        }
        let world = house.world();
        assert_eq!((world.charges(), world.most_charged()), (5, 1), "{call}");
        assert_eq!(
            world.requests("token"),
            if *call == "claim" { world.requests("token") } else { 2 },
            "{call}"
        );
        assert!(world.requests("upload") <= 10 && world.requests("message") <= 10, "{call}");
    });
}
