//! The network between: resets at every byte, silence, drips, names that lead nowhere, a line that is gone for long.

mod names;
mod sealed;
mod told_late;

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Duration;

use dakbox_sandbox::{OnHangup, Options};

use crate::house::{At, Door, House, How, Line, Plan, WORDS, each, faulty, quick, side_by_side};

/// The calls of a clip's way, and which one is answered last before each.
const CALLS: [(&str, &str); 7] = [
    ("session", ""),
    ("upload", "session"),
    ("state", "credits"),
    ("message", "state"),
    ("export", "state"),
    ("status", "export"),
    ("download", "status"),
];

/// Where a line breaks, by the bytes of an exchange.
const OFFSETS: [At; 14] = [
    At::After(""),
    At::Head(0.01),
    At::Head(0.5),
    At::Head(1.0),
    At::Body(60),
    At::Share(0.01),
    At::Share(0.5),
    At::Share(0.999),
    At::Sent,
    At::AnswerHead(0.01),
    At::AnswerHead(0.5),
    At::AnswerHead(1.0),
    At::Answer(0.5),
    At::Answer(0.999),
];

/// How many trials the whole matrix has.
const TRIALS: u64 = (OFFSETS.len() * CALLS.len() * 5) as u64;

/// A house with a token, whose service is reached over a line.
fn over_a_line(options: Options, settings: &str) -> (House, Line) {
    let mut house = House::with(options, settings);
    // There is one token in seven days: an answer to it that gets lost is another story.
    assert_eq!(house.run(&["credits"]).code, 0);
    let line = Line::to(house.service.address());
    house.set(&format!("[api]\nurl = {:?}\n", line.url()));
    (house, line)
}

/// Whether a clip waits because nobody knows what became of its message.
fn is_parked(house: &House, stem: &str) -> bool {
    let note = fs::read_to_string(house.outbox(format!("{stem}.waiting.txt"))).unwrap_or_default();
    note.contains("Reason: unknown-fate") || note.contains("Reason: nothing-changed")
}

/// One trial of the matrix: the line breaks once (of five in a row one, twice), and everything comes to rest.
/// Whether its clip was delivered; else it is parked.
fn reset_trial(trial: u64) -> bool {
    let trial_index = usize::try_from(trial).unwrap();
    let (call, before) = CALLS[trial_index % CALLS.len()];
    let at = match OFFSETS[trial_index / CALLS.len() % OFFSETS.len()] {
        At::After(_) => At::After(before),
        at => at,
    };
    let round = trial / (CALLS.len() * OFFSETS.len()) as u64;
    let how = if round.is_multiple_of(2) { How::Reset } else { How::ResetHere };
    let on_hangup = if round < 3 { OnHangup::Cancel } else { OnHangup::Continue };
    let times = if round == 2 { 2 } else { 1 };
    eprintln!("trial {trial}: {call} {at:?} {how:?} {times} times, {on_hangup:?}");

    // Where the work goes on behind a broken line, its second stage has to fall between two readings: on a busy machine
    // it needs room.
    let goes_on = call == "message" && (how == How::ResetHere || on_hangup == OnHangup::Continue);
    let recovery = if goes_on { "900ms" } else { "60ms" };
    let (mut house, line) = over_a_line(
        Options { on_hangup, ..quick() },
        &format!("[api]\nrecovery_interval = \"{recovery}\"\n"),
    );
    line.plan(Plan { call, at, how, times });
    let clip = house.drop_pair("talk", WORDS);
    house.start();
    house.wait_for("it is delivered or parked", || house.is_delivered("talk") || is_parked(&house, "talk"));
    let world = house.world();
    assert!(line.hits() >= 1, "the line did break");
    assert!(world.charges_of(&clip) <= 1 && world.requests("message") <= 1, "{:?}", world.fates());
    assert!(line.seen("message") <= 1, "no message is begun twice");
    let delivered = house.is_delivered("talk");
    assert!(delivered || call == "message", "only a message may be in doubt");
    if delivered {
        house.delivered("talk");
        assert_eq!(world.charges_of(&clip), 1);
    } else {
        let note = house.note(house.outbox("talk.waiting.txt"));
        assert!(note.contains("may have been spent"), "{note}");
    }
    // A clip's way without a fault is some 14 requests long.
    assert!(line.all_seen() <= 42, "a storm of {} requests", line.all_seen());
    delivered
}

/// A part of the matrix, spread over all of it; the numbers are coprime with each other.
fn some_resets(from: u64) {
    let trials: Vec<u64> = (0..7).map(|n| (from + n * 71) % TRIALS).collect();
    each(trials, |&trial| {
        reset_trial(trial);
    });
}

#[test]
fn a_line_that_breaks_at_some_byte_one() {
    some_resets(3);
}

#[test]
fn a_line_that_breaks_at_some_byte_two() {
    some_resets(142);
}

#[test]
fn a_line_that_breaks_at_some_byte_three() {
    some_resets(300);
}

#[test]
#[ignore = "slow: all 490 breaks of a line"]
fn a_line_that_breaks_at_every_byte() {
    let trials: Vec<u64> = (0..TRIALS).collect();
    let (ended, failed) = (Mutex::new((0, 0)), Mutex::new(Vec::new()));
    // Each counts: one that fails doesn't keep the others from being tried.
    side_by_side(12, trials, |&trial| match catch_unwind(AssertUnwindSafe(|| reset_trial(trial))) {
        Ok(true) => ended.lock().unwrap().0 += 1,
        Ok(false) => ended.lock().unwrap().1 += 1,
        Err(_) => failed.lock().unwrap().push(trial),
    });
    let ((delivered, parked), failed) = (ended.into_inner().unwrap(), failed.into_inner().unwrap());
    eprintln!("{TRIALS} breaks: {delivered} delivered, {parked} parked, {} failed", failed.len());
    assert!(failed.is_empty(), "trials {failed:?}");
}

/// A message whose line breaks before its first byte, and one at every byte after it.
#[test]
fn a_message_is_never_begun_twice_wherever_its_line_breaks() {
    let message = CALLS.iter().position(|(call, _)| *call == "message").unwrap();
    let trials: Vec<u64> = (0..OFFSETS.len()).map(|offset| (offset * CALLS.len() + message) as u64).collect();
    each(trials, |&trial| {
        reset_trial(trial);
    });
}

/// Times out quickly, so that silence is told from patience within a test's time.
const SHORT: &str = r#"
[api]
connect_timeout = "300ms"
stall_timeout = "500ms"
message_timeout = "1500ms"
silence_timeout = "300ms"
"#;

/// A clip whose exchanges of one call meet that; it comes to rest without a person, and nothing is left behind.
fn comes_to_rest(call: &'static str, at: At, how: How) {
    eprintln!("{call} {at:?} {how:?}");
    let (mut house, line) = over_a_line(quick(), SHORT);
    line.plan(Plan { call, at, how, times: 1 });
    let clip = house.drop_pair("talk", WORDS);
    house.start();
    house.wait_for("it is delivered or parked", || house.is_delivered("talk") || is_parked(&house, "talk"));
    let world = house.world();
    assert_eq!(line.hits(), 1, "it did happen");
    assert!(house.is_delivered("talk") || call == "message", "only a message may be in doubt");
    assert!(world.charges_of(&clip) <= 1 && line.seen("message") <= 1, "{:?}", world.fates());
    assert!(line.all_seen() <= 42, "a storm of {} requests", line.all_seen());
    assert_eq!(house.stop(), Some(0), "nothing holds it up");
}

#[test]
fn a_service_that_falls_silent_is_not_waited_for_for_ever() {
    for (call, before) in CALLS {
        comes_to_rest(call, At::After(before), How::Silence);
        comes_to_rest(call, At::Sent, How::Silence);
    }
}

#[test]
fn a_line_that_falls_silent_in_the_middle_is_not_waited_for_for_ever() {
    for at in [At::Share(0.5), At::AnswerHead(0.5), At::Answer(0.5)] {
        for call in ["session", "upload", "message", "export", "download"] {
            comes_to_rest(call, at, How::Silence);
        }
    }
}

#[test]
fn an_answer_that_comes_a_byte_a_second_is_not_waited_for() {
    for (call, _) in CALLS {
        comes_to_rest(call, At::AnswerHead(0.01), How::Drip(Duration::from_secs(1)));
    }
    for call in ["session", "state", "export", "status"] {
        comes_to_rest(call, At::Answer(0.0), How::Drip(Duration::from_secs(1)));
    }
}

/// An address at which nobody ever answers, not even with a refusal: the queue of those who knock is full.
fn black_hole() -> (TcpListener, Vec<TcpStream>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut knocking = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        knocking.push(stream);
    }
    (listener, knocking, format!("http://{address}"))
}

#[test]
fn a_service_nobody_reaches_is_waited_for_and_no_clip_is_failed() {
    let (_listener, _knocking, nowhere) = black_hole();
    for url in [nowhere.as_str(), "http://nowhere.invalid:80", "http://127.0.0.1:1"] {
        eprintln!("{url}");
        let mut house = House::set_up(&format!("{SHORT}[jobs]\nmax_attempts = 2\n"));
        assert_eq!(house.run(&["credits"]).code, 0);
        let service = house.service.url();
        house.set(&format!("[api]\nurl = {url:?}\n"));
        house.drop_pair("talk", WORDS);
        house.start();
        let note = house.waits("talk", "service-down");
        assert!(note.contains("No credits were spent"), "{note}");
        assert!(House::names(&house.failed("")).is_empty(), "it is nobody's fault");
        assert_eq!(house.stop(), Some(0));
        house.set(&format!("[api]\nurl = {service:?}\n"));
        house.start();
        house.delivered("talk");
        let world = house.world();
        assert_eq!((world.charges(), world.requests("message"), world.requests("session")), (1, 1, 1));
    }
}

#[test]
fn a_login_page_in_place_of_a_message_is_not_taken_for_its_answer() {
    for fault in ["message:answer=<p>login</p> x1", "message:redirect=http://127.0.0.1:1/login x1"] {
        let mut house = House::new();
        house.service.faults(fault);
        house.drop_pair("talk", WORDS);
        house.start();
        let note = house.waits("talk", "unknown-fate");
        assert!(note.contains("may have been spent"), "{fault}: {note}");
        let world = house.world();
        assert_eq!((world.charges(), world.requests("message")), (0, 1), "{fault}: it is not sent again");
    }
}

#[test]
fn a_network_that_comes_back_is_not_stormed() {
    let stems: Vec<String> = (0..200).map(|n| format!("clip {n:03}")).collect();
    let (mut house, line) = over_a_line(
        quick(),
        "[folders]\nfirst_run_limit = 500\n[jobs]\nconcurrency = 4\nuploads = 2\nmax_attempts = 2\n",
    );
    let mut door = Door::to(line.address());
    door.shut();
    house.set(&format!("[api]\nurl = {:?}\n", door.url()));
    for stem in &stems {
        house.drop_pair(stem, WORDS);
    }
    house.start();
    house.waits("clip 000", "service-down");
    house.wait_for("each of them was tried", || {
        let waiting = |name: &String| name.ends_with(".waiting.txt");
        House::names(&house.outbox("")).iter().filter(|name| waiting(name)).count() > 100
    });
    door.open();
    for stem in &stems {
        house.delivered(stem);
    }
    let world = house.world();
    assert_eq!((world.charges(), world.most_charged(), world.requests("message")), (200, 1, 200));
    assert!(world.most_running() <= 4, "{} messages at once", world.most_running());
    for (call, most) in [("upload", 2), ("session", 4), ("export", 4), ("download", 4)] {
        assert!(line.most_at_once(call) <= most, "{} of {call} at once", line.most_at_once(call));
    }
    assert!(line.all_seen() <= 3 * 14 * 200, "{} requests", line.all_seen());
    assert!(House::names(&house.failed("")).is_empty());
}

#[test]
fn an_upload_that_never_comes_through_is_waited_for() {
    for fault in ["upload:reset=50%", "upload:reset=headers", "upload:status=503"] {
        let mut house = House::set_up("[jobs]\nmax_attempts = 3\n");
        house.service.faults(fault);
        house.drop_pair("talk", WORDS);
        house.start();
        let note = house.waits("talk", "service-down");
        assert!(note.contains("No credits were spent"), "{note}");
        let world = house.world();
        assert!(world.requests("upload") <= 3 && world.requests("session") <= 3, "{fault}: {world:?}");
        house.service.faults("");
        house.delivered("talk");
        assert_eq!((house.world().charges(), house.world().requests("message")), (1, 1));
    }
}

/// Nothing is kept for a second message that the service could close at that very moment.
#[test]
fn a_second_message_has_a_connection_of_its_own() {
    let mut house = House::with(faulty(&["message:stale"]), "");
    house.drop_pair("talk", "add Bangla subtitles\n---\nmake it shorter\n");
    house.start();
    let report = house.delivered("talk");
    assert!(!report.contains("may be missing"), "{report}");
    let world = house.world();
    assert_eq!((world.requests("message"), world.charges(), world.most_charged()), (2, 2, 1));
}
