//! K8 and K14 under a service manager: a loop that stands still is ended by its watchdog, and whoever dies at each start is
//! not started for ever.

use std::fs;
use std::time::Duration;

use dakbox_sandbox::{OnHangup, Options};
use rustix::process::Signal;

use super::seed::Random;
use super::trial::{Account, Rest, Trial};
use super::workload::Workload;
use crate::house::{LONG, quick};
use crate::systemd::{Manager, Unit};

/// K8: the manager hears no sign of life, ends it by SIGABRT, and starts it again.
#[test]
fn a_loop_that_stands_still_is_ended_and_goes_on() {
    let options =
        || Options { message_time: Duration::from_secs(2), on_hangup: OnHangup::Continue, ..quick() };
    let work = || Workload::of(&mut Random::new(8), 3);
    let budget = Trial::measured(options(), Account::Own, work());
    for stuck in ["dispatcher", "intake"] {
        let mut trial = Trial::new(options(), Account::Own, work());
        trial.budget = Some(budget);
        let manager = Manager::new();
        let at = trial.house.path("stand-still");
        let at_text = at.display().to_string();
        trial.house.start_in(
            &[],
            &[
                ("NOTIFY_SOCKET", &manager.address),
                ("WATCHDOG_USEC", "1000000"),
                ("DAKBOX_STANDSTILL", stuck),
                ("DAKBOX_STANDSTILL_AT", &at_text),
            ],
        );
        trial.house.wait_world("a message is out", |world| world.running() >= 1);
        manager.wait("it lives", |m| m.count("WATCHDOG=1") > 0);
        fs::write(&at, "").unwrap();
        manager.hears_nothing_for(Duration::from_secs(3));
        trial.house.running().signal(Signal::ABORT);
        trial.house.running().ends_within(LONG);
        fs::remove_file(&at).unwrap();
        trial.looked_at();
        trial.comes_to_rest();
        trial.judged();
        assert!(trial.count(|rest| *rest == Rest::Delivered) >= 3, "{stuck}");
    }
}

/// K14: it dies soon after each start. The manager gives up after as many starts as the unit says; a person who starts it
/// again and again makes fifty deaths of it.
#[test]
fn whoever_dies_at_each_start_is_not_started_for_ever() {
    let options = || Options { on_hangup: OnHangup::Continue, ..quick() };
    let work = || Workload::one(&mut Random::new(14), 1);
    let budget = Trial::measured(options(), Account::Own, work());
    let mut trial = Trial::new(options(), Account::Own, work());
    trial.budget = Some(budget);
    let unit = Unit::shipped("dakbox.service");
    let burst = unit.get("StartLimitBurst").unwrap().parse().unwrap();
    let (within, pause) = (unit.time("StartLimitIntervalSec"), unit.time("RestartSec"));
    let mut deaths = 0;
    for _ in 0..10 {
        // The manager's own clock: nobody waits for `RestartSec=` here.
        let (mut clock, mut starts) = (Duration::ZERO, Vec::<Duration>::new());
        loop {
            starts.retain(|at| clock.saturating_sub(*at) < within);
            if starts.len() >= burst {
                break;
            }
            starts.push(clock);
            // Before anything is asked: each start dies, however little is left to be done.
            trial.house.start_in(&[], &[("DAKBOX_CRASH_AT", "call:1")]);
            let ended = trial.house.running().ends_within(LONG);
            assert!(!ended.success(), "it ended in order");
            deaths += 1;
            clock += pause;
        }
        assert_eq!(starts.len(), burst, "the start limit is reached");
    }
    assert_eq!(deaths, 50);
    trial.house.kill();
    trial.comes_to_rest();
    trial.judged();
    assert_eq!(trial.count(|rest| *rest == Rest::Delivered), 1);
    assert_eq!(trial.house.world().charges(), 1);
}
