//! K3 and K6: death while a death is being made good, two messages in doubt at once, and a stop that turns into a kill.

use std::time::Duration;

use dakbox_sandbox::{OnHangup, Options};

use super::seed::Random;
use super::trial::{Account, Rest, Trial};
use super::workload::Workload;
use crate::house::quick;

/// Two clips, of one message each.
fn two() -> Workload {
    let mut work = Workload::of(&mut Random::new(3), 2);
    work.drops.truncate(2);
    for dropped in &mut work.drops {
        dropped.steps.truncate(1);
    }
    work
}

#[test]
fn two_messages_in_doubt_at_once() {
    for on_hangup in [OnHangup::Continue, OnHangup::Cancel] {
        let mut trial = Trial::new(Options { on_hangup, ..quick() }, Account::Own, two());
        // Carried out, and the answer held back; or not even carried out.
        let fault =
            if on_hangup == OnHangup::Continue { "message:late-delay=20s" } else { "message:delay=20s" };
        trial.house.service.faults(fault);
        trial.house.start();
        trial.house.wait_world("both messages are out", |world| match on_hangup {
            OnHangup::Continue => world.fates() == ["done", "done"],
            OnHangup::Cancel => world.requests("message") == 2,
        });
        trial.house.kill();
        trial.looked_at();
        trial.house.service.faults("");
        trial.comes_to_rest();
        trial.judged();
        let delivered = trial.count(|rest| *rest == Rest::Delivered);
        let wanted = if on_hangup == OnHangup::Continue { 2 } else { 0 };
        assert_eq!((delivered, trial.house.world().requests("message")), (wanted, 2));
    }
}

/// K6: told to stop, and killed before it has.
#[test]
fn told_to_stop_and_killed_all_the_same() {
    for call in ["session", "upload", "message", "state", "export", "download"] {
        let options = Options { message_time: Duration::from_millis(300), ..quick() };
        let mut trial = Trial::new(options, Account::Own, two());
        trial.house.service.faults(&format!("{call}:delay=200ms"));
        trial.house.start();
        trial.house.wait_world("the call is made", |world| world.requests(call) >= 1);
        trial.house.running().terminate();
        trial.house.wait_for("the daemon knows", || trial.house.log().contains("told to stop"));
        trial.house.kill();
        trial.looked_at();
        trial.house.service.faults("");
        trial.comes_to_rest();
        trial.judged();
    }
}

/// Only deaths count as tries that failed: whoever is stopped in order, however often, goes on at once.
#[test]
fn stopped_in_order_again_and_again() {
    let mut trial = Trial::new(quick(), Account::Own, two());
    trial.house.set("[jobs]\nwaiting_recheck = \"1h\"\n");
    trial.house.service.faults("upload:delay=30s");
    for time in 1..=8 {
        trial.house.start();
        trial.house.wait_world("both clips go up", |world| world.requests("upload") == 2 * time);
        assert_eq!(trial.house.stop(), Some(0));
    }
    trial.house.service.faults("");
    trial.comes_to_rest();
    trial.judged();
    assert_eq!(trial.count(|rest| *rest == Rest::Delivered), 2);
}
