//! Clocks that jump, machines that sleep, tokens that run out meanwhile.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use dakbox_sandbox::Options;
use rustix::process::Signal;

use crate::house::{House, WORDS, quick};

/// Only the wall's clock is faked, and each look at it is a new one.
const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// Has every program of the house read the wall's clock from a file.
fn under_faketime(house: &mut House, time: &str) {
    assert!(Path::new(LIBRARY).exists(), "NOT TRIED: libfaketime is not installed");
    let file = house.path("time");
    fs::write(&file, time).unwrap();
    house.set_env("LD_PRELOAD", LIBRARY);
    house.set_env("FAKETIME_TIMESTAMP_FILE", file.to_str().unwrap());
    for name in ["FAKETIME_NO_CACHE", "FAKETIME_DONT_FAKE_MONOTONIC", "DONT_FAKE_MONOTONIC"] {
        house.set_env(name, "1");
    }
}

/// The wall's clock jumps.
fn jump(house: &House, time: &str) {
    fs::write(house.path("new time"), time).unwrap();
    fs::rename(house.path("new time"), house.path("time")).unwrap();
}

fn assert_delivered_once(house: &House, stem: &str) {
    house.delivered(stem);
    let world = house.world();
    assert_eq!((world.charges(), world.requests("message"), world.requests("upload")), (1, 1, 1));
    assert!(world.all_requests() <= 42, "{} requests", world.all_requests());
}

#[test]
#[ignore = "slow: libfaketime"]
fn a_clock_that_jumps_a_day_neither_hurries_nor_holds_anything() {
    for (call, fault) in [
        ("session", "session:retry-after=1x1"),
        ("upload", "upload:delay=500msx1"),
        ("message", "message:late-delay=500msx1"),
        ("status", "status:delay=500msx1"),
        ("download", "download:delay=500msx1"),
    ] {
        for by in ["+1d", "-1d"] {
            eprintln!("{by} at {call}");
            let mut house = House::new();
            under_faketime(&mut house, "+0");
            house.service.faults(fault);
            house.drop_pair("talk", WORDS);
            house.start();
            house.wait_world("it is asked for", |world| world.requests(call) == 1);
            jump(&house, by);
            house.delivered("talk");
            let world = house.world();
            assert_eq!((world.charges(), world.requests("message")), (1, 1));
            assert!(world.all_requests() <= 42, "{} requests", world.all_requests());
        }
    }
}

#[test]
#[ignore = "slow: libfaketime"]
fn at_the_beginning_and_the_end_of_time_clips_are_taken_all_the_same() {
    for time in ["@1970-01-02 00:00:00", "@2099-12-31 23:00:00"] {
        eprintln!("{time}");
        let mut house = House::new();
        under_faketime(&mut house, time);
        house.drop_pair("talk", WORDS);
        house.start();
        assert_delivered_once(&house, "talk");
    }
}

#[test]
fn a_clip_from_the_future_is_taken_once_it_is_still() {
    let mut house = House::new();
    house.drop_pair("talk", WORDS);
    for name in ["talk.mp4", "talk.txt"] {
        let touched = Command::new("touch").args(["-d", "2099-01-01"]).arg(house.inbox(name)).status();
        assert!(touched.unwrap().success());
    }
    house.start();
    assert_delivered_once(&house, "talk");
}

/// Waits are recorded in the wall's time; a clock that was wrong then must not make them last for years.
#[test]
#[ignore = "slow: libfaketime"]
fn a_wait_begun_under_a_wrong_clock_ends_when_the_clock_is_right() {
    let mut house = House::new();
    assert_eq!(house.run(&["credits"]).code, 0);
    under_faketime(&mut house, "@2099-12-31 23:00:00");
    house.service.faults("message:frame=2001");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "no-credits");
    assert_eq!(house.stop(), Some(0));
    jump(&house, "+0");
    house.service.faults("");
    house.start();
    house.delivered("talk");
    assert_eq!(house.world().charges(), 1);
}

#[test]
fn a_machine_that_sleeps_while_a_message_runs_does_not_send_it_again() {
    for fault in ["message:late-delay=500msx1", "message:late-hangx1"] {
        eprintln!("{fault}");
        let mut house = House::set_up("[api]\nmessage_timeout = \"1s\"\nsilence_timeout = \"300ms\"\n");
        house.service.faults(fault);
        house.drop_pair("talk", WORDS);
        house.start();
        house.wait_world("the message is sent", |world| world.requests("message") == 1);
        house.running().signal(Signal::STOP);
        // It sleeps for longer than any of its patience.
        sleep(Duration::from_secs(2));
        house.running().signal(Signal::CONT);
        house.wait_for("it is delivered or parked", || {
            let note = fs::read_to_string(house.outbox("talk.waiting.txt")).unwrap_or_default();
            house.is_delivered("talk") || note.contains("unknown-fate") || note.contains("nothing-changed")
        });
        let world = house.world();
        assert!(world.charges() <= 1 && world.requests("message") == 1, "{:?}", world.fates());
        assert!(world.all_requests() <= 42, "{} requests", world.all_requests());
    }
}

#[test]
fn a_token_that_ran_out_while_nobody_worked_is_renewed_once_and_the_session_kept() {
    let life = Duration::from_secs(2);
    let mut house = House::with(Options { token_life: life, ..quick() }, "");
    fs::write(house.root("pause.txt"), "").unwrap();
    for stem in ["one", "two", "three"] {
        house.drop_pair(stem, WORDS);
    }
    house.start();
    house.wait_world("all are uploaded", |world| world.uploaded().len() == 3);
    assert_eq!(house.stop(), Some(0));
    sleep(life);
    fs::remove_file(house.root("pause.txt")).unwrap();
    house.start();
    for stem in ["one", "two", "three"] {
        house.delivered(stem);
    }
    let world = house.world();
    assert_eq!((world.charges(), world.requests("session"), world.requests("upload")), (3, 3, 3));
    assert_eq!(world.requests("token"), 2, "one for each life");
}
