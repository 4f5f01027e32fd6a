//! The line breaks inside TLS: at each class of byte, for each call, and nothing is paid twice.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock};

use dakbox_sandbox::Options;

use super::{CALLS, is_parked};
use crate::house::{Cut, Cutter, Front, House, How, Line, WORDS, each, quick, side_by_side};

/// Where it breaks, by the encrypted bytes of an exchange.
const CUTS: [Cut; 15] = [
    Cut::Connect,
    Cut::Hello(0.5),
    Cut::Hello(1.0),
    Cut::Welcome(0.5),
    Cut::Shaken,
    // In the request's headers, and in the headers of its first part.
    Cut::Bytes(100),
    Cut::Bytes(600),
    Cut::Share(0.01),
    Cut::Share(0.5),
    Cut::Share(0.999),
    Cut::Sent,
    // In the answer's headers, and in its body.
    Cut::Answer(0.0),
    Cut::Answer(0.2),
    Cut::Answer(0.5),
    Cut::Answer(0.999),
];

const HOWS: [How; 2] = [How::Reset, How::ResetHere];

/// A house whose service is reached over a line within a front within a line that can be cut.
struct Sealed {
    house: House,
    cutter: Cutter,
    _front: Front,
    line: Arc<Line>,
    clip: Vec<u8>,
}

fn sealed() -> Sealed {
    // Without a second stage the same calls are made in each trial, in the same order.
    let mut house = House::with(Options { second_stage: None, ..quick() }, "");
    // There is one token in seven days: an answer to it that gets lost is another story.
    assert_eq!(house.run(&["credits"]).code, 0);
    let line = Arc::new(Line::to(house.service.address()));
    let front = Front::in_small_records(line.address());
    let cutter = Cutter::before(front.address());
    house.set(&format!("[api]\nurl = {:?}\n", cutter.url()));
    fs::write(house.path("ca.pem"), &front.authority).unwrap();
    let ca = house.path("ca.pem").display().to_string();
    house.set_env("SSL_CERT_FILE", &ca);
    let clip = house.drop_pair("talk", WORDS);
    Sealed { house, cutter, _front: front, line, clip }
}

/// A clip's way without a fault: its calls in their order, and how long their sealed requests are.
fn whole_way() -> &'static [(&'static str, usize)] {
    static WAY: OnceLock<Vec<(&'static str, usize)>> = OnceLock::new();
    WAY.get_or_init(|| {
        let Sealed { mut house, cutter, line, _front, .. } = sealed();
        house.start();
        house.delivered("talk");
        house.wait_for("all is counted", || {
            let sent = cutter.sent();
            sent.len() == line.order().len() && !sent.contains(&0)
        });
        line.order().into_iter().zip(cutter.sent()).collect()
    })
}

/// The calls before the first of that name, of which a render may be asked about more or less often.
fn without_polls(calls: impl IntoIterator<Item = &'static str>) -> Vec<&'static str> {
    let mut calls: Vec<_> = calls.into_iter().collect();
    calls.dedup_by(|a, b| a == b && *a == "status");
    calls
}

/// One trial; whether its clip was delivered, else it is parked. `None` where the call meant never came.
fn tried(call: &'static str, cut: Cut, how: How) -> Option<bool> {
    eprintln!("{call} {cut:?} {how:?}");
    let way = whole_way();
    let at = way.iter().position(|(name, _)| *name == call).unwrap();
    let before = without_polls(way[..at].iter().map(|(name, _)| *name));
    let Sealed { mut house, cutter, line, _front, clip } = sealed();
    let known = Arc::clone(&line);
    cutter.plan(cut, how, way[at].1, move || without_polls(known.order()) == before);
    house.start();
    house.wait_for("it is delivered or parked", || house.is_delivered("talk") || is_parked(&house, "talk"));
    if cutter.hits() == 0 {
        return None;
    }
    let (world, delivered) = (house.world(), house.is_delivered("talk"));
    // Its own clip and its own line: a daemon of another test may still know this port from the service there before.
    assert!(world.charges_of(&clip) <= 1, "{:?}", world.fates());
    assert!(line.seen("message") <= 1, "no message is begun twice");
    assert!(
        delivered || call == "message" && !cut.is_before_the_request(),
        "only a message of which bytes left may be in doubt"
    );
    if delivered {
        house.delivered("talk");
        assert_eq!(world.charges_of(&clip), 1);
    } else {
        let note = house.note(house.outbox("talk.waiting.txt"));
        assert!(note.contains("may have been spent"), "{note}");
    }
    assert!(line.all_seen() <= 42, "a storm of {} requests", line.all_seen());
    Some(delivered)
}

/// The same, tried anew where a busy machine made the calls in another order.
fn trial(&(call, cut, how): &(&'static str, Cut, How)) -> bool {
    (0..3).find_map(|_| tried(call, cut, how)).expect("the line broke where it was meant to")
}

fn trials() -> Vec<(&'static str, Cut, How)> {
    let all = HOWS.iter().flat_map(|how| CUTS.iter().map(move |cut| (*cut, *how)));
    all.flat_map(|(cut, how)| CALLS.iter().map(move |(call, _)| (*call, cut, how))).collect()
}

#[test]
fn a_message_over_tls_is_never_begun_twice_wherever_its_line_breaks() {
    let trials: Vec<_> = CUTS.iter().map(|cut| ("message", *cut, How::Reset)).collect();
    each(trials, |one| {
        trial(one);
    });
}

/// A part of all, spread over it; the numbers are coprime with each other.
#[test]
fn a_line_that_breaks_inside_tls_loses_nothing() {
    let all = trials();
    let some: Vec<_> = (0..20).map(|n| all[(5 + n * 73) % all.len()]).collect();
    each(some, |one| {
        trial(one);
    });
}

#[test]
#[ignore = "slow: all 210 breaks inside TLS"]
fn a_line_that_breaks_anywhere_inside_tls_loses_nothing() {
    let (ended, failed) = (Mutex::new((0, 0)), Mutex::new(Vec::new()));
    side_by_side(12, trials(), |one| match catch_unwind(AssertUnwindSafe(|| trial(one))) {
        Ok(true) => ended.lock().unwrap().0 += 1,
        Ok(false) => ended.lock().unwrap().1 += 1,
        Err(_) => failed.lock().unwrap().push(*one),
    });
    let ((delivered, parked), failed) = (ended.into_inner().unwrap(), failed.into_inner().unwrap());
    eprintln!("{} breaks: {delivered} delivered, {parked} parked, {} failed", trials().len(), failed.len());
    assert!(failed.is_empty(), "{failed:?}");
}
