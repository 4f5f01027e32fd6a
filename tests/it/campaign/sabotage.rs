//! The proof of the harness: a dakbox that records its intents too late is found out by it, and the same dakbox with its
//! intents in time is not.

use std::time::Duration;

use dakbox_sandbox::{OnHangup, Options};

use super::records::Records;
use super::seed::Random;
use super::trial::{Account, Trial};
use super::verdict;
use super::workload::Workload;
use crate::house::{LONG, quick};

/// Dies with a message out, goes on, and comes to rest; the sentences that tell of something paid twice.
fn overcharges(on_hangup: OnHangup, sabotaged: bool) -> Vec<String> {
    let options = Options { message_time: Duration::from_millis(100), on_hangup, ..quick() };
    let mut trial = Trial::new(options, Account::Own, Workload::one(&mut Random::new(1), 2));
    if sabotaged {
        trial.house.set_env("DAKBOX_SABOTAGE", "no-intent");
    }
    trial.house.start_in(&[], &[("DAKBOX_CRASH_AT", "run-head:after")]);
    trial.house.running().ends_within(LONG);
    // Else the service complains of two runs in one session, and not of what is tried here.
    trial.house.wait_world("the run that was left is over", |world| world.running() == 0);
    trial.comes_to_rest();
    let world = trial.house.world();
    let told = verdict::at_the_end(&trial, &Records::of(&trial.house));
    assert_eq!(told.is_empty(), !sabotaged, "{told:?}");
    verdict::paid_once(&trial.work.drops, &world)
}

#[test]
fn a_dakbox_without_its_intents_is_found_out() {
    for on_hangup in [OnHangup::Cancel, OnHangup::Continue] {
        let told = overcharges(on_hangup, true);
        eprintln!("with its intents recorded too late: {told:?}");
        assert!(told.iter().any(|broken| broken.contains("charged 2 times")), "{told:?}");
        assert_eq!(overcharges(on_hangup, false), Vec::<String>::new());
    }
}
