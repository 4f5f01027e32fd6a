//! The service takes a message and says afterwards that it did not: the draft is believed, and only twice.

use std::time::Duration;

use dakbox_sandbox::{OnHangup, Options};

use crate::house::{House, WORDS, each, faulty, quick};

/// The work goes on behind the refusal, and shows only after a first look at the draft.
fn works_on(fault: &str) -> Options {
    Options {
        on_hangup: OnHangup::Continue,
        message_time: Duration::from_millis(700),
        second_stage: None,
        ..faulty(&[fault])
    }
}

#[test]
fn a_refusal_told_after_the_message_was_taken_pays_for_it_once() {
    let settings = "[api]\nstate_interval = \"1500ms\"\n";
    each(["late-status=429x1", "late-code=2001x1", "late-status=403x1", "late-code=\"429\"x1"], |fault| {
        let mut house = House::with(works_on(&format!("message:{fault}")), settings);
        house.drop_pair("talk", WORDS);
        house.start();
        house.delivered("talk");
        let world = house.world();
        assert_eq!((world.charges(), world.requests("message")), (1, 1), "{fault}: {:?}", world.fates());
    });
}

/// Where it is true, two looks are enough.
#[test]
fn a_refusal_that_holds_is_looked_at_twice_and_the_message_sent_again() {
    let mut house = House::with(quick(), "");
    house.service.faults("message:code=2001x1");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let world = house.world();
    assert_eq!((world.charges(), world.requests("message")), (1, 2));
    // One or two before each message, two after the refusal, two or three after the second, two before the export.
    assert!(world.requests("state") <= 10, "{}", world.requests("state"));
}
