//! Answers of a stranger: endless, packed, deep, slow, of a wrong length, moved elsewhere, behind floods of headers.

use std::fs;
use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::spawn;
use std::time::Duration;

use dakbox_sandbox::Options;

use super::{delivered_once, dropped, with_clip};
use crate::house::{House, WORDS, each, faulty, quick};

/// Calls that may be repeated, but for the film, which is no JSON.
const SHORT: [&str; 6] = ["session", "upload", "state", "export", "status", "credits"];

/// Deadlines that a story can wait for.
const IMPATIENT: &str = "[api]\nstall_timeout = \"1s\"\nmessage_timeout = \"3s\"\n";

/// The same fault once at each call that may be repeated.
fn at_all(fault: &str) -> Vec<String> {
    SHORT.iter().map(|call| format!("{call}:{fault}x1")).collect()
}

/// It comes out whole although each call met that fault once.
#[track_caller]
fn survives(fault: &str) -> House {
    eprintln!("{fault}");
    let faults = at_all(fault);
    let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
    let house = dropped(&faults, IMPATIENT);
    delivered_once(&house);
    let world = house.world();
    assert_eq!(world.requests("message"), 1, "{fault}");
    for call in SHORT {
        assert!(world.requests(call) <= 40, "{fault}: {} times {call}", world.requests(call));
    }
    house
}

/// The most memory that the daemon ever had, in kB.
fn peak(house: &mut House) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", house.running().pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn answers_without_end_or_bottom_take_no_memory() {
    let mut calm = with_clip(quick(), IMPATIENT);
    delivered_once(&calm);
    let idle = peak(&mut calm);
    each(["huge=2GB", "huge=endless", "huge=9MB", "deep=100000", "bomb=10GB", "truncate=50%"], |fault| {
        let mut house = survives(fault);
        let grown = peak(&mut house).saturating_sub(idle);
        assert!(grown <= 16 << 10, "{fault}: {grown} kB more than {idle}");
    });
}

#[test]
fn a_message_answered_without_end_or_bottom_is_sent_once() {
    let mut calm = with_clip(quick(), IMPATIENT);
    delivered_once(&calm);
    let idle = peak(&mut calm);
    each(["huge=2GB", "huge=endless", "deep=100000", "bomb=10GB"], |fault| {
        eprintln!("{fault}");
        let mut house = dropped(&[&format!("message:{fault}x1")], IMPATIENT);
        house.waits("talk", "unknown-fate");
        assert_eq!((house.world().requests("message"), house.world().charges()), (1, 0), "{fault}");
        let grown = peak(&mut house).saturating_sub(idle);
        assert!(grown <= 16 << 10, "{fault}: {grown} kB more than {idle}");
    });
}

#[test]
fn lengths_that_lie_are_no_answers() {
    each(["length=+10", "length=-10"], |fault| {
        let house = survives(fault);
        // The clip had arrived: it was looked for, and found.
        assert_eq!((house.world().requests("upload"), house.world().uploaded().len()), (1, 1), "{fault}");
    });
}

#[test]
fn floods_of_headers_are_cut_off() {
    each(["big-header=1MB", "headers=10000", "hints=endless"], |fault| drop(survives(fault)));
    // A few hints more than anybody sends hurt nobody.
    let house = dropped(&["any:hints=1000"], "");
    delivered_once(&house);
    assert_eq!((house.world().requests("session"), house.world().requests("upload")), (1, 1));
}

#[test]
fn a_message_behind_a_flood_of_headers_is_sent_once() {
    each(["big-header=1MB", "headers=10000"], |fault| {
        eprintln!("{fault}");
        // The flood is cut off, and the work with it: it must not be done before a busy service sees that.
        let message_time = Duration::from_secs(1);
        let options = Options { message_time, ..faulty(&[&format!("message:{fault}x1")]) };
        let house = with_clip(options, IMPATIENT);
        house.waits("talk", "unknown-fate");
        assert_eq!((house.world().requests("message"), house.world().charges()), (1, 1), "{fault}");
    });
    // As long as the connection stands the work goes on behind the flood, and is found in the state.
    let house = dropped(&["message:hints=endlessx1"], IMPATIENT);
    let report = house.delivered("talk");
    assert!(report.lines().next().unwrap_or_default().contains("may be missing"), "{report}");
    assert_eq!((house.world().requests("message"), house.world().charges()), (1, 1));
}

/// At a byte every second no answer would be whole within the time that a test has.
#[test]
fn answers_that_trickle_are_given_up() {
    each(["loris=1s", "drip=1s", "hang"], |fault| drop(survives(fault)));
}

/// A server that must never hear anything.
fn trap() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, heard) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&heard);
    spawn(move || {
        for stream in listener.incoming() {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = stream.map(|mut stream| stream.read(&mut [0; 1024]));
        }
    });
    (address, heard)
}

#[test]
fn nothing_is_taken_elsewhere() {
    let (elsewhere, heard) = trap();
    each([301, 302, 303, 307, 308], |status| {
        let faults: Vec<String> = [&SHORT[..], &["token", "claim"]]
            .concat()
            .iter()
            .map(|call| format!("{call}:redirect={status},http://{elsewhere}/x x1"))
            .collect();
        let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
        let house = dropped(&faults, "");
        delivered_once(&house);
        assert_eq!((house.world().requests("message"), heard.load(Ordering::SeqCst)), (1, 0), "{status}");
    });
}

#[test]
fn no_message_is_taken_elsewhere() {
    let (elsewhere, heard) = trap();
    let statuses = [301, 302, 303, 307, 308];
    let faults: Vec<String> = statuses
        .iter()
        .enumerate()
        .map(|(at, status)| format!("message:redirect={status},http://{elsewhere}/x @{}x1", at + 1))
        .collect();
    let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
    let mut house = House::with(faulty(&faults), "[jobs]\nconcurrency = 8\n");
    for status in statuses {
        house.drop_pair(&status.to_string(), WORDS);
    }
    house.start();
    for status in statuses {
        house.waits(&status.to_string(), "unknown-fate");
    }
    let world = house.world();
    assert_eq!((world.requests("message"), world.charges(), heard.load(Ordering::SeqCst)), (5, 0, 0));
}

/// Cookies set at every call are sent back at none: the service would complain.
#[test]
fn cookies_are_left_behind() {
    let house = dropped(&["any:cookie=sid=1; Path=/"], "");
    delivered_once(&house);
}

/// Kept connections are closed in the moment of their next request. What may be asked again is, a message is not.
#[test]
fn a_kept_connection_that_closes_at_a_request_repeats_nothing_by_itself() {
    let faults = ["token", "session", "upload", "state", "message", "export", "status", "credits", "claim"];
    let faults: Vec<String> = faults.iter().map(|call| format!("{call}:stalex2")).collect();
    let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
    let house = dropped(&faults, "");
    delivered_once(&house);
    let world = house.world();
    assert_eq!((world.requests("message"), world.uploaded().len()), (1, 1));
    for call in ["token", "session", "upload", "export"] {
        assert!(world.requests(call) <= 3, "{} times {call}", world.requests(call));
    }
    let house = dropped(&["message:closex1"], "");
    house.waits("talk", "unknown-fate");
    assert_eq!((house.world().requests("message"), house.world().charges()), (1, 0));
}
