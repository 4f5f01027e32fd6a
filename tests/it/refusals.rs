//! The service says no: what passes is tried again, what needs a person waits with its note, what is hopeless is put aside.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use dakbox_sandbox::{DraftForm, Options, SessionIds, Shape};

use crate::house::{House, WORDS, clip, faulty, quick};

/// Calls that may be repeated.
const REPEATABLE: [&str; 7] = ["session", "upload", "state", "export", "status", "download", "credits"];

/// A house in which a clip was dropped, and these faults happen.
fn dropped(faults: &[&str]) -> House {
    let mut house = House::with(faulty(faults), "");
    house.drop_pair("talk", WORDS);
    house.start();
    house
}

/// It comes out whole, and was paid for once.
#[track_caller]
fn assert_delivered_once(house: &House) {
    let report = house.delivered("talk");
    assert!(!report.contains("may be missing"), "{report}");
    let world = house.world();
    assert_eq!((world.charges(), world.most_charged()), (1, 1));
    house.wait_for("no note is left", || !house.outbox("talk.waiting.txt").exists());
}

#[test]
fn a_plan_that_blocks_the_export_waits_and_goes_on() {
    let house = dropped(&["export:status=402"]);
    let note = house.waits("talk", "plan-blocks-export");
    assert!(note.contains("Credits were spent for this clip"), "{note}");
    assert!(note.to_lowercase().contains("plan"), "{note}");
    let tries = house.world().requests("export");
    house.wait_world("it is tried again", |world| world.requests("export") > tries);
    house.service.faults("");
    assert_delivered_once(&house);
    assert_eq!(house.world().requests("message"), 1);
}

#[test]
fn without_credits_nothing_is_sent_until_there_are_some() {
    let mut house = House::with(Options { credits: 0, ..quick() }, "");
    house.drop_pair("talk", WORDS);
    house.start();
    let note = house.waits("talk", "no-credits");
    assert!(note.contains("No credits were spent") && note.contains("http"), "{note}");
    let before = house.world();
    house.wait_world("the balance is looked at", |world| {
        world.requests("credits") >= before.requests("credits") + 3
    });
    // Nor is anything sent for a clip that comes now.
    house.drop_pair("more", "make it shorter");
    house.waits("more", "no-credits");
    assert_eq!(house.world().requests("message"), before.requests("message"));
    house.service.credits(1000);
    for stem in ["talk", "more"] {
        house.delivered(stem);
        house.wait_for("no note is left", || !house.outbox(format!("{stem}.waiting.txt")).exists());
    }
    assert_eq!((house.world().charges(), house.world().most_charged()), (2, 1));
}

#[test]
fn a_message_refused_for_want_of_credits_is_sent_again_when_there_are_some() {
    for fault in
        ["message:code=2001x1", "message:code=\"2001\"x1", "message:frame=2001x1", "message:frame=\"2001\"x1"]
    {
        let house = dropped(&[fault]);
        assert_delivered_once(&house);
        assert_eq!(house.world().requests("message"), 2, "{fault}");
    }
}

#[test]
fn a_token_that_ran_out_is_renewed_once() {
    for call in REPEATABLE.into_iter().chain(["message"]) {
        for fault in ["code=1001x1", "status=401x1"] {
            eprintln!("{call}:{fault}");
            let house = dropped(&[&format!("{call}:{fault}")]);
            assert_delivered_once(&house);
            let tokens = house.world().tokens();
            assert_eq!((tokens.len(), tokens[0].1), (1, 2), "{call}: the same client asked once more");
        }
    }
}

#[test]
fn a_persons_own_token_is_never_replaced_by_another_accounts() {
    let mut house = House::new();
    house.set_env("NEMO_TOKEN", "nmv_usr_nobody_knows");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "token-refused");
    assert_eq!((house.world().requests("token"), house.world().charges()), (0, 0));
    assert!(house.inbox("talk.mp4").exists());
}

#[test]
fn a_token_limit_is_not_asked_about_by_every_clip() {
    let mut house = House::with(faulty(&["token:retry-after=600"]), "");
    let stems = ["a", "b", "c", "d", "e"];
    for stem in stems {
        house.drop_pair(stem, WORDS);
    }
    house.start();
    for stem in stems {
        house.waits(stem, "token-limit");
    }
    let asked = house.world().requests("token");
    // Nothing may happen within the time that the service asked for; this is some of it.
    sleep(Duration::from_secs(2));
    assert!(asked <= 5 && house.world().requests("token") == asked, "{asked}, and then more");
}

#[test]
fn what_the_service_cannot_use_is_put_aside() {
    let table = [
        ("upload:code=4001", "unsupported"),
        ("upload:status=415", "unsupported"),
        ("upload:code=4002", "too-large"),
        ("upload:status=413", "too-large"),
    ];
    for (fault, code) in table {
        let house = dropped(&[fault]);
        let note = house.fails("talk", code);
        assert!(note.contains("No credits were spent"), "{note}");
        assert_eq!(House::names(&house.failed("")), ["talk.error.txt", "talk.mp4", "talk.txt"]);
        assert_eq!(fs::read(house.failed("talk.mp4")).unwrap(), clip("talk"));
        assert_eq!((house.world().requests("upload"), house.world().charges()), (1, 0), "{fault}");
    }
}

/// Each call that may be repeated meets that fault once, and the clip comes out all the same.
fn passes(fault: &str) {
    for call in REPEATABLE {
        eprintln!("{call}:{fault}");
        let house = dropped(&[&format!("{call}:{fault}")]);
        assert_delivered_once(&house);
        let world = house.world();
        assert_eq!(world.requests("message"), 1, "{call}:{fault}");
        assert!(world.requests("upload") <= 2 && world.requests("export") <= 2, "{call}:{fault}");
    }
}

#[test]
fn a_service_that_is_down_for_a_moment_is_asked_again() {
    passes("status=503x1");
}

#[test]
fn a_service_that_asks_for_patience_is_asked_again() {
    passes("retry-after=1x1");
}

#[test]
fn a_connection_that_breaks_is_made_anew() {
    passes("resetx1");
}

#[test]
fn a_login_page_in_the_way_is_no_answer() {
    passes("answer=<p>login</p> x1");
}

#[test]
fn a_message_that_was_refused_for_now_is_sent_when_its_time_has_come() {
    let house = dropped(&["message:retry-after=1x1"]);
    assert_delivered_once(&house);
    assert_eq!(house.world().requests("message"), 2);
}

#[test]
fn a_service_that_is_down_for_long_is_waited_for() {
    let mut house = House::with(faulty(&["session:status=503"]), "[jobs]\nmax_attempts = 2\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "service-down");
    house.service.faults("");
    assert_delivered_once(&house);
}

#[test]
fn a_session_lost_before_it_was_paid_for_is_made_anew_and_after_it_is_not() {
    for fault in ["upload:lostx1", "message:lostx1"] {
        let house = dropped(&[fault]);
        assert_delivered_once(&house);
        assert_eq!(house.world().requests("session"), 2, "{fault}");
    }
    let house = dropped(&["export:lostx1"]);
    let note = house.waits("talk", "session-lost");
    assert!(note.contains("Credits were spent"), "{note}");
    assert_eq!((house.world().requests("session"), house.world().requests("message")), (1, 1));
}

#[test]
fn every_shape_of_answers_is_understood() {
    for (shape, draft_form, session_ids) in [
        (Shape::Wrapped, DraftForm::Text, SessionIds::Number),
        (Shape::Bare, DraftForm::Object, SessionIds::Text),
    ] {
        let mut house = House::with(Options { shape, draft_form, session_ids, ..quick() }, "");
        house.drop_pair("talk", WORDS);
        house.start();
        assert_delivered_once(&house);
        let ids = house.world().sessions();
        if session_ids == SessionIds::Number {
            // As a float it would be another one, which the service does not know.
            assert!(ids[0].parse::<u64>().unwrap() > 1 << 53, "{ids:?}");
        }
    }
}

/// Numbers that make no sense where they stand put no clip aside, and turn nothing in circles.
#[test]
fn a_number_that_makes_no_sense_at_its_call_is_waited_out() {
    for fault in ["session:code=1002", "state:code=4001", "export:code=4002", "credits:code=1002x9"] {
        let mut house = House::with(faulty(&[fault]), "[jobs]\nmax_attempts = 2\n");
        house.drop_pair("talk", WORDS);
        house.start();
        if !fault.starts_with("credits") {
            house.waits("talk", "odd-answer");
        }
        assert!(house.world().all_requests() < 40, "{fault}: a storm");
        house.service.faults("");
        assert_delivered_once(&house);
    }
}
