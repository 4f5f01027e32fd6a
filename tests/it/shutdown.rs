//! Stopping: what was paid for may end, everything else is gone on with at the next start.

use std::time::Duration;

use dakbox_sandbox::Options;
use rustix::process::Signal;

use crate::house::{House, LONG, WORDS, clip, quick};

fn slow(message: Duration) -> House {
    House::with(Options { message_time: message, ..quick() }, "")
}

#[test]
fn a_running_message_may_end_and_nothing_else_is_begun() {
    let mut house = slow(Duration::from_millis(1500));
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("the message runs", |world| world.running() == 1);
    house.running().terminate();
    house.wait_for("the daemon knows", || house.log().contains("told to stop"));
    house.drop_pair("late", WORDS);
    let status = house.running().ends_within(LONG);
    assert_eq!(status.code(), Some(0));
    let world = house.world();
    assert_eq!(world.fates(), ["done"], "the message came to its end");
    assert_eq!((world.requests("upload"), world.requests("export")), (1, 0));

    house.start();
    let report = house.delivered("talk");
    assert!(!report.contains("may be missing"), "{report}");
    house.delivered("late");
    let world = house.world();
    assert_eq!((world.charges(), world.requests("message")), (2, 2));
}

#[test]
fn a_second_signal_cuts() {
    let mut house = slow(Duration::from_secs(50));
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("the message runs", |world| world.running() == 1);
    house.running().terminate();
    house.wait_for("the daemon knows", || house.log().contains("told to stop"));
    assert!(house.running().is_running(), "it waits for the message");
    house.running().terminate();
    house.running().ends_within(Duration::from_secs(20));
    house.wait_world("the run is cancelled", |world| world.fates() == ["cancelled"]);

    house.start();
    house.waits("talk", "unknown-fate");
    assert_eq!(house.world().requests("message"), 1);
}

#[test]
fn between_messages_it_ends_at_once_and_goes_on_later() {
    for call in ["session", "upload", "export", "status", "download"] {
        let mut house = House::new();
        house.service.faults(&format!("{call}:delay=30s"));
        house.drop_pair("talk", WORDS);
        house.start();
        house.wait_world("the call is made", |world| world.requests(call) >= 1);
        house.running().terminate();
        let status = house.running().ends_within(Duration::from_secs(20));
        assert_eq!(status.code(), Some(0), "{call}");
        house.service.faults("");
        house.start();
        house.delivered("talk");
        assert_eq!(house.world().charges(), 1, "{call}");
    }
}

#[test]
fn a_second_daemon_is_told_of_the_first_and_asks_nothing() {
    let mut house = House::new();
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let before = house.world().all_requests();
    let second = house.run(&["run"]);
    assert!(second.code > 0, "{second:?}");
    let pid = house.running().pid().to_string();
    assert!(second.err.contains(&pid), "{}", second.err);
    assert_eq!(house.world().all_requests(), before);
    assert!(house.running().is_running());
}

#[test]
fn a_single_run_says_how_it_went() {
    let house = House::new();
    assert_eq!(house.run_once(&[]), 0, "nothing to do");
    house.drop_pair("good", WORDS);
    assert_eq!(house.run_once(&[]), 0);
    house.delivered("good");

    house.drop_pair("waits", WORDS);
    house.service.credits(0);
    assert_eq!(house.run_once(&[]), 3);
    house.waits("waits", "no-credits");
    assert_eq!(house.run_once(&[]), 3, "it waits still");
    house.service.credits(1000);
    assert_eq!(house.run_once(&[]), 0);
    house.delivered("waits");

    house.drop_file("bad.mp4", "this is no film at all, whatever its name says\n".repeat(40));
    house.drop_file("bad.txt", WORDS);
    assert_eq!(house.run_once(&[]), 1);
    house.fails("bad", "not-media");
    assert_eq!(house.world().charges(), 2);
}

#[test]
fn settings_are_read_again_at_a_hang_up_and_bad_ones_are_not_taken() {
    let mut house = House::set_up("[watch]\nsidecar_wait = \"100ms\"\n");
    house.start();
    house.drop_file("a.mp4", clip("a"));
    house.delivered("a");
    house.set("[instructions]\ndefault = \"make it shorter\"\n");
    house.running().signal(Signal::HUP);
    house.wait_for("they are read", || house.log().contains("settings were read again"));
    house.drop_file("b.mp4", clip("b"));
    house.delivered("b");
    house.set("[instructions]\ndefault = 7\n");
    house.running().signal(Signal::HUP);
    house.wait_for("they are refused", || house.log().contains("old ones stay"));
    house.drop_file("c.mp4", clip("c"));
    house.delivered("c");
    let said = house.world().accepted();
    assert_eq!(said[1..], ["make it shorter", "make it shorter"]);
}
