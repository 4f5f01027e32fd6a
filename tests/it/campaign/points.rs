//! K1: death at each of the seventeen steps, on both sides, and the way on from there.

use std::time::Duration;

use dakbox_sandbox::{OnHangup, Options};

use super::seed::{Random, Repeat, only, trials};
use super::trial::{Account, Rest, Trial};
use super::workload::Workload;
use crate::house::{LONG, World, quick};

/// What the service has seen at the moment of death: sessions, uploads, requests to run, charges, exports.
type Seen = [usize; 5];

/// Every point, what the service has seen before it and after it, and whether a clip may be parked.
const POINTS: [(&str, Seen, Seen); 17] = [
    ("claim", [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]),
    ("session-id", [1, 0, 0, 0, 0], [1, 0, 0, 0, 0]),
    ("upload-sent", [1, 0, 0, 0, 0], [1, 1, 0, 0, 0]),
    ("upload-confirmed", [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]),
    ("run-intent", [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]),
    ("run-first-byte", [1, 1, 0, 0, 0], [1, 1, 1, 0, 0]),
    ("run-head", [1, 1, 1, 1, 0], [1, 1, 1, 1, 0]),
    ("run-end", [1, 1, 1, 1, 0], [1, 1, 1, 1, 0]),
    ("draft-saved", [1, 1, 1, 1, 0], [1, 1, 1, 1, 0]),
    ("render-intent", [1, 1, 2, 2, 0], [1, 1, 2, 2, 0]),
    ("render-accepted", [1, 1, 2, 2, 0], [1, 1, 2, 2, 1]),
    ("output-url", [1, 1, 2, 2, 1], [1, 1, 2, 2, 1]),
    ("part-fsync", [1, 1, 2, 2, 1], [1, 1, 2, 2, 1]),
    ("rename", [1, 1, 2, 2, 1], [1, 1, 2, 2, 1]),
    ("folder-fsync", [1, 1, 2, 2, 1], [1, 1, 2, 2, 1]),
    ("done", [1, 1, 2, 2, 1], [1, 1, 2, 2, 1]),
    ("archived", [1, 1, 2, 2, 1], [1, 1, 2, 2, 1]),
];

/// Where a message is out, and so the only places after which a clip may be parked.
fn is_in_a_message(point: &str) -> bool {
    ["run-intent:after", "run-first-byte:", "run-head:", "run-end:before"]
        .iter()
        .any(|p| point.starts_with(p))
}

fn seen(world: &World) -> Seen {
    let exports = world.json()["renders"].as_array().unwrap().len();
    let requests = usize::try_from(world.requests("message")).unwrap();
    [world.sessions().len(), world.uploaded().len(), requests, world.charges(), exports]
}

fn options(on_hangup: OnHangup) -> Options {
    let second_stage = (on_hangup == OnHangup::Cancel).then_some(Duration::from_millis(20));
    Options { message_time: Duration::from_millis(100), second_stage, on_hangup, ..quick() }
}

fn work() -> Workload {
    Workload::one(&mut Random::new(1), 2)
}

/// A house in which the program has died at that point.
fn died_at(point: &str, wanted: Seen, seed: u64) -> Trial {
    let on_hangup = if seed.is_multiple_of(2) { OnHangup::Cancel } else { OnHangup::Continue };
    let mut trial = Trial::new(options(on_hangup), Account::Own, work());
    if point == "run-head:before" {
        // The message is carried out, and its answer held back.
        trial.house.service.faults("message:late-delay=2s");
    }
    assert!(trial.crashed_at(point, LONG), "{point} was never come by");
    trial.house.wait_for(&format!("the service has seen {wanted:?} at {point}"), || {
        seen(&trial.house.world()) == wanted
    });
    trial.house.service.faults("");
    trial
}

/// From there all goes on by itself.
fn goes_on(trial: &mut Trial, point: &str) {
    trial.comes_to_rest();
    trial.judged();
    let parked = trial.count(|rest| matches!(rest, Rest::Waits(_)));
    assert!(parked == 0 || is_in_a_message(point), "{point}: parked, though no message was out");
    // What has arrived does not go up again, and what was asked to be rendered is not asked for under another name.
    let [_, uploads, _, _, exports] = seen(&trial.house.world());
    assert_eq!((uploads, exports), (1, 1 - parked), "{point}: uploads and exports");
}

#[test]
fn killed_at_each_of_the_thirty_four_points() {
    let budget = Trial::measured(options(OnHangup::Cancel), Account::Own, work());
    let (mut died, mut parked) = (0, 0);
    // Each once; 20 times, where many trials are asked for.
    let each = if trials(0) >= 1000 { 20 } else { 1 };
    let seeds = only().map_or(1..=each, |seed| seed..=seed);
    for seed in seeds {
        let _repeat = Repeat::new("campaign::points::killed_at_each_of_the_thirty_four_points", seed);
        let sides = POINTS.iter().flat_map(|(p, before, after)| [(p, "before", before), (p, "after", after)]);
        for (nth, (name, side, wanted)) in (0..).zip(sides) {
            let point = format!("{name}:{side}");
            if std::env::var("DAKBOX_POINT").is_ok_and(|only| !point.starts_with(&only)) {
                continue;
            }
            let mut trial = died_at(&point, *wanted, seed + nth / 2);
            trial.budget = Some(budget);
            goes_on(&mut trial, &point);
            died += 1;
            parked += trial.count(|rest| matches!(rest, Rest::Waits(_)));
        }
    }
    eprintln!("died {died} times; {} clips delivered, {parked} parked", died - parked);
}

/// The clip has left the inbox, and its text has not; both have.
#[test]
fn killed_between_the_clip_and_its_text() {
    for point in ["archived:before:2", "archived:after:2"] {
        let mut trial = died_at(point, [1, 1, 2, 2, 1], 1);
        goes_on(&mut trial, point);
    }
}

/// The second message of a clip: what the first one brought is kept.
#[test]
fn killed_at_the_second_message() {
    for (point, wanted) in [
        ("run-intent:before:2", [1, 1, 1, 1, 0]),
        ("run-intent:after:2", [1, 1, 1, 1, 0]),
        ("run-head:after:2", [1, 1, 2, 2, 0]),
        ("run-end:after:2", [1, 1, 2, 2, 0]),
        ("draft-saved:before:2", [1, 1, 2, 2, 0]),
        ("draft-saved:after:2", [1, 1, 2, 2, 0]),
    ] {
        let mut trial = died_at(point, wanted, 1);
        goes_on(&mut trial, point);
    }
}

/// K3: killed three times running while it finds out where it was: before its first call, its second, its third.
#[test]
fn killed_three_times_running_while_it_recovers() {
    let budget = Trial::measured(options(OnHangup::Cancel), Account::Own, work());
    let step = if trials(0) >= 1000 { 1 } else { 4 };
    for (name, before, after) in POINTS.into_iter().skip(1).step_by(step) {
        for (side, wanted) in [("before", before), ("after", after)] {
            let point = format!("{name}:{side}");
            let mut trial = died_at(&point, wanted, 1);
            trial.budget = Some(budget);
            for call in 1..=3 {
                // Where less than that is left to be asked, it comes to its end instead.
                trial.crashed_at(&format!("call:{call}"), LONG);
            }
            goes_on(&mut trial, &point);
        }
    }
}

/// K14: the same death fifty times running asks no more of the service than three clips do.
#[test]
fn fifty_deaths_at_the_same_point_ask_for_little() {
    let budget = Trial::measured(options(OnHangup::Continue), Account::Own, work());
    looped("upload-sent:before", budget);
    let more = ["run-intent:before", "draft-saved:before", "render-accepted:before", "output-url:before"];
    if trials(0) >= 1000 {
        more.iter().chain(&["part-fsync:before", "call:2"]).for_each(|point| looped(point, budget));
    }
}

fn looped(point: &str, budget: super::trial::Budget) {
    let mut trial = Trial::new(options(OnHangup::Continue), Account::Own, work());
    trial.budget = Some(budget);
    let died = (0..50).filter(|_| trial.crashed_or_waits(point)).count();
    eprintln!(
        "{point}: died {died} times of 50, {} requests, {budget:?}",
        trial.house.world().all_requests()
    );
    assert!(died >= 5, "{point}: died {died} times only");
    trial.comes_to_rest();
    trial.judged();
}
