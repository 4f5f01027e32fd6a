//! K9: the power goes at a random moment. What was written and not made to last is gone, here and not at the service.
//!
//! The program is stopped, the drive is copied as it is at that instant, the program is killed, and goes on with the copy.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use dakbox_sandbox::{OnHangup, Options};
use rustix::process::{Pid, Signal, kill_process};

use super::records::Records;
use super::seed::{Random, Repeat, only, trials};
use super::trial::{Account, Hits, Rest, Trial};
use super::verdict;
use super::workload::Workload;
use crate::house::{Drive, LONG, quick};

/// Cuts in one house, before it is left in peace.
const CUTS: u64 = 5;
const CLIPS: usize = 6;

/// Runs the program so that each of its fsyncs is answered, and none is done.
const NO_FSYNC: [&str; 9] = [
    "strace",
    "-f",
    "-qq",
    "--seccomp-bpf",
    "-o",
    "/dev/null",
    "-e",
    "inject=fsync,fdatasync:retval=0",
    "--",
];

fn options(random: &mut Random) -> Options {
    let on_hangup = if random.chance(50) { OnHangup::Cancel } else { OnHangup::Continue };
    Options {
        message_time: Duration::from_millis(80 + random.below(150)),
        render_time: Duration::from_millis(40 + random.below(100)),
        second_stage: (on_hangup == OnHangup::Cancel).then_some(Duration::from_millis(20)),
        on_hangup,
        faults: vec![random.pick(&["any:delay=5ms", "any:delay=15ms"]).parse().unwrap()],
        ..quick()
    }
}

/// A house on a drive; all that was dropped is on it.
fn house_on_a_drive(random: &mut Random) -> (Trial, Drive) {
    let options = options(random);
    let work = Workload::of(random, CLIPS);
    let account = if random.chance(50) { Account::Own } else { Account::Anonymous };
    let is_split = random.chance(50);
    let mut drive = None;
    let trial = Trial::prepared(options, account, work, |house| drive = Some(Drive::under(house, is_split)));
    let drive = drive.unwrap();
    drive.sync();
    (trial, drive)
}

/// Every thread of a process is stopped, and none does anything more.
fn is_stopped(pid: Pid) -> bool {
    let tasks = fs::read_dir(format!("/proc/{}/task", pid.as_raw_nonzero())).unwrap().flatten();
    let states = tasks.map(|task| fs::read_to_string(task.path().join("stat")).unwrap_or_default());
    states
        .into_iter()
        .all(|stat| stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with(['T', 't', 'Z', 'X'])))
}

/// The program itself, also where another one runs it.
fn pid_of(trial: &mut Trial, is_run_by_another: bool) -> Pid {
    let mut pid = trial.house.running().pid().to_string();
    if is_run_by_another {
        pid = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    }
    Pid::from_raw(pid.trim().parse().unwrap()).unwrap()
}

/// Starts the program, and cuts its power so long after it has begun to take clips. The drive is back afterwards.
fn cut_after(trial: &mut Trial, drive: &mut Drive, moment: Duration, has_fsync: bool) {
    let before = trial.house.log().len();
    if has_fsync {
        trial.house.start();
    } else {
        let command = trial.house.command_under(&NO_FSYNC);
        trial.house.daemon = Some(trial.house.spawn_as(command));
    }
    trial.house.wait_for("it takes clips", || trial.house.log()[before..].contains("takes clips from"));
    // The moment itself is what is tried here; nothing is waited for.
    sleep(moment);
    let pid = pid_of(trial, !has_fsync);
    // Stopped first: what it sent after that instant would count against what the drive holds of before.
    kill_process(pid, Signal::STOP).unwrap();
    trial.house.wait_for("it is stopped", || is_stopped(pid));
    drive.keep();
    kill_process(pid, Signal::KILL).unwrap();
    trial.house.kill();
    drive.come_back();
    trial.has_another_disk();
}

/// What came of all cuts.
#[derive(Default)]
struct Tally {
    cuts: u64,
    delivered: usize,
    parked: usize,
    hits: Hits,
}

fn tried(seed: u64, tally: &mut Tally) {
    let _repeat = Repeat::new("campaign::powercut::the_power_goes_at_random", seed);
    let mut random = Random::new(seed);
    let (mut trial, mut drive) = house_on_a_drive(&mut random);
    for _ in 0..CUTS {
        let moment = Duration::from_millis(random.below(900));
        eprintln!("seed {seed}: cut after {moment:?}");
        cut_after(&mut trial, &mut drive, moment, true);
        tally.cuts += 1;
        trial.looked_at();
    }
    trial.comes_to_rest();
    trial.judged();
    tally.delivered += trial.count(|rest| *rest == Rest::Delivered);
    tally.parked += trial.count(|rest| matches!(rest, Rest::Waits(code) if code != "same-again"));
    for (place, count) in &trial.hits {
        *tally.hits.entry(place.clone()).or_default() += count;
    }
}

/// 50 cuts; 200, where many trials are asked for.
#[test]
#[ignore = "slow: mounts, so it takes root"]
fn the_power_goes_at_random() {
    let mut tally = Tally::default();
    let seeds = only().map_or(1..=trials(50).min(200).div_ceil(CUTS), |seed| seed..=seed);
    for seed in seeds {
        tried(seed, &mut tally);
    }
    let Tally { cuts, delivered, parked, hits } = tally;
    eprintln!("{cuts} cuts; {delivered} clips delivered, {parked} parked; where the clips were: {hits:#?}");
}

/// A cut with fsyncs that do nothing; what is found broken right after it, and what was paid twice in the end.
fn found_without_fsync(seed: u64) -> (Vec<String>, Vec<String>) {
    let _repeat = Repeat::new("campaign::powercut::a_dakbox_whose_fsyncs_do_nothing_is_found_out", seed);
    let mut random = Random::new(seed);
    let (mut trial, mut drive) = house_on_a_drive(&mut random);
    let moment = Duration::from_millis(300 + random.below(1200));
    cut_after(&mut trial, &mut drive, moment, false);
    let broken = verdict::at_any_moment(&trial, &Records::of(&trial.house));
    let twice = |trial: &Trial| verdict::paid_once(&trial.work.drops, &trial.house.world());
    trial.house.start();
    let until = Instant::now() + LONG / 6;
    while twice(&trial).is_empty() && Instant::now() < until {
        sleep(Duration::from_millis(50));
    }
    trial.house.kill();
    (broken, twice(&trial))
}

/// The proof of the harness.
#[test]
#[ignore = "slow: mounts, so it takes root, and strace"]
fn a_dakbox_whose_fsyncs_do_nothing_is_found_out() {
    let (mut broken, mut twice) = (0, 0);
    for seed in only().map_or(1..=8, |seed| seed..=seed) {
        let (at_once, in_the_end) = found_without_fsync(seed);
        eprintln!("seed {seed}: after the cut {at_once:#?}, in the end {in_the_end:#?}");
        broken += usize::from(!at_once.is_empty());
        twice += usize::from(!in_the_end.is_empty());
    }
    eprintln!("without fsync: broken after {broken} cuts, paid twice after {twice}");
    assert!(broken > 0 && twice > 0, "nothing was found");
}
