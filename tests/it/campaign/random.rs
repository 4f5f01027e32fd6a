//! K2: kills at random, with eight clips of several steps in flight.

use std::time::Duration;

use dakbox_sandbox::{OnHangup, Options};

use super::seed::{Random, Repeat, only, trials};
use super::trial::{Account, Hits, Rest, Trial};
use super::workload::Workload;
use crate::house::quick;

/// Kills in one house, before it is left in peace.
const KILLS: u64 = 5;
const CLIPS: usize = 8;

/// The seventeen steps.
const STEPS: [&str; 17] = [
    "claim",
    "session-id",
    "upload-sent",
    "upload-confirmed",
    "run-intent",
    "run-first-byte",
    "run-head",
    "run-end",
    "draft-saved",
    "render-intent",
    "render-accepted",
    "output-url",
    "part-fsync",
    "rename",
    "folder-fsync",
    "done",
    "archived",
];

/// The sandbox of a seed.
fn options(random: &mut Random) -> Options {
    let on_hangup = if random.chance(50) { OnHangup::Cancel } else { OnHangup::Continue };
    let delay = random.pick(&["any:delay=5ms", "any:delay=15ms", "upload:delay=60ms"]);
    let passing = random.pick(&[
        "session:status=503x1",
        "upload:reset=50%x1",
        "state:reset=headersx1",
        "export:status=502x1",
        "download:cut=50%x1",
        "status:answer={} x1",
    ]);
    let faults = if random.chance(25) { vec![delay, passing] } else { vec![delay] };
    Options {
        message_time: Duration::from_millis(80 + random.below(150)),
        render_time: Duration::from_millis(40 + random.below(100)),
        silent: if random.chance(30) { 0.5 } else { 0.0 },
        // A run that nobody listens to any more may edit once more after two readings were the same: then what is
        // exported is what was there, and its report says that something may be missing.
        second_stage: (on_hangup == OnHangup::Cancel).then_some(Duration::from_millis(20)),
        on_hangup,
        faults: faults.iter().map(|fault| fault.parse().unwrap()).collect(),
        ..quick()
    }
}

/// What came of a seed: kills, where they hit, how many clips were delivered and how many parked.
#[derive(Default)]
struct Tally {
    kills: u64,
    delivered: usize,
    parked: usize,
    hits: Hits,
}

impl Tally {
    fn add(&mut self, trial: &Trial) {
        self.delivered += trial.count(|rest| *rest == Rest::Delivered);
        self.parked += trial.count(|rest| matches!(rest, Rest::Waits(code) if !code.starts_with("same-")));
        for (place, count) in &trial.hits {
            *self.hits.entry(place.clone()).or_default() += count;
        }
    }

    fn print(&self) {
        let Self { kills, delivered, parked, hits } = self;
        eprintln!("{kills} kills; {delivered} clips delivered, {parked} parked; where the clips were:");
        for (place, count) in hits {
            eprintln!("{count:>7} {place}");
        }
    }
}

/// A kill at a moment, or at one of the seventeen steps, on either side, of any of the clips.
fn killed(trial: &mut Trial, random: &mut Random) {
    if cfg!(not(feature = "crash-points")) || random.chance(60) {
        let moment = Duration::from_millis(random.below(900));
        return trial.killed_after(moment, random.chance(85));
    }
    let (name, side) = (random.pick(&STEPS), random.pick(&["before", "after"]));
    let most = Duration::from_millis(900);
    if trial.crashed_at(&format!("{name}:{side}:{}", 1 + random.below(4)), most) {
        *trial.hits.entry(format!("at {name}")).or_default() += 1;
    }
}

fn tried(test: &'static str, seed: u64, tally: &mut Tally) {
    let _repeat = Repeat::new(test, seed);
    let mut random = Random::new(seed);
    let account = if random.chance(50) { Account::Own } else { Account::Anonymous };
    let options = options(&mut random);
    let same = random.next();
    let work = || Workload::of(&mut Random::new(same), CLIPS);
    let budget = Trial::measured(options.clone(), account, work());
    let mut trial = Trial::new(options, account, work());
    trial.budget = Some(budget);
    for _ in 0..KILLS {
        killed(&mut trial, &mut random);
        tally.kills += 1;
    }
    trial.comes_to_rest();
    trial.judged();
    tally.add(&trial);
}

/// `part` of `PARTS`: the parts run side by side.
fn part(test: &'static str, part: u64) {
    const PARTS: u64 = 2;
    let mut tally = Tally::default();
    if let Some(seed) = only() {
        if seed % PARTS == part {
            tried(test, seed, &mut tally);
        }
    } else {
        let seeds = trials(100).div_ceil(KILLS);
        (1..=seeds).filter(|seed| seed % PARTS == part).for_each(|seed| tried(test, seed, &mut tally));
    }
    tally.print();
    let wanted = STEPS.iter().map(|step| format!("at {step}")).filter(|_| cfg!(feature = "crash-points"));
    for step in wanted.chain(["session", "upload", "message out", "observe", "render"].map(str::to_owned)) {
        // By chance a few kills may well miss one.
        assert!(tally.kills < 400 || tally.hits.contains_key(&step), "no kill ever hit `{step}`");
    }
}

#[test]
fn killed_at_random_one() {
    part("campaign::random::killed_at_random_one", 1);
}

#[test]
fn killed_at_random_two() {
    part("campaign::random::killed_at_random_two", 0);
}
