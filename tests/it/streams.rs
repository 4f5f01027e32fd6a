//! Messages whose answer breaks: never sent a second time, and told of as they are.

use std::time::Duration;

use dakbox_sandbox::{OnHangup, Options};

use crate::house::{Door, House, WORDS, faulty};

/// How a clip ends whose message met a fault.
#[derive(Clone, Copy, PartialEq, Debug)]
enum End {
    /// It waits for a person, with this reason.
    Waits(&'static str),
    /// Its film is there, and nothing is wrong with it.
    Whole,
    /// Its film is there, and its report begins with a warning.
    Incomplete,
}
use End::{Incomplete, Waits, Whole};

/// One message with a fault; it must be sent once, whatever becomes of it, also after a restart.
fn story(fault: &str, on_hangup: OnHangup, charges: usize, end: End) {
    eprintln!("{fault} {on_hangup:?}");
    let mut options = Options { on_hangup, ..faulty(&fault.split(" + ").collect::<Vec<_>>()) };
    // What is called off when its line breaks must not be done before the service sees that.
    if (charges, &end) == (1, &Waits("unknown-fate")) {
        options.message_time = Duration::from_secs(1);
    }
    // Where the work goes on behind a broken line, its second stage has to fall between two readings: on a busy machine
    // it needs room.
    let recovery = if end == Incomplete { "900ms" } else { "60ms" };
    let waits = "message_timeout = \"1500ms\"\nsilence_timeout = \"300ms\"";
    let mut house = House::with(options, &format!("[api]\n{waits}\nrecovery_interval = \"{recovery}\"\n"));
    house.drop_pair("talk", WORDS);
    house.start();
    match end {
        Waits(code) => {
            let note = house.waits("talk", code);
            assert!(note.contains("may have been spent"), "{note}");
            looked_at_again(&house);
            house.stop();
            house.start();
            looked_at_again(&house);
            house.waits("talk", code);
            assert!(house.inbox("talk.mp4").exists() && !house.outbox("talk.mp4").exists());
        }
        Whole | Incomplete => {
            let report = house.delivered("talk");
            let first = report.lines().next().unwrap_or_default();
            assert_eq!(first.contains("may be missing"), end == Incomplete, "{fault}: {report}");
        }
    }
    let world = house.world();
    assert_eq!((world.requests("message"), world.charges()), (1, charges), "{fault} {on_hangup:?}");
}

/// The wait is looked at, at least twice: that, too, sends nothing.
fn looked_at_again(house: &House) {
    let before = house.world().requests("state");
    house.wait_world("the state is read again", |world| world.requests("state") >= before + 4);
}

#[test]
fn broken_before_it_was_accepted() {
    for fault in [
        "message:reset=headersx1",
        "message:reset=50%x1",
        "message:status=503x1",
        "message:answer=<p>login</p> x1",
    ] {
        story(fault, OnHangup::Cancel, 0, Waits("unknown-fate"));
    }
}

#[test]
fn broken_after_it_was_accepted_and_cancelled() {
    for fault in
        ["message:resetx1", "message:break=headersx1", "message:cut=0x1", "message:late-status=502x1"]
    {
        story(fault, OnHangup::Cancel, 1, Waits("unknown-fate"));
    }
}

#[test]
fn broken_after_it_was_accepted_and_carried_out_all_the_same() {
    for fault in ["message:resetx1", "message:break=200x1", "message:cut=50%x1", "message:late-status=504x1"]
    {
        story(fault, OnHangup::Continue, 1, Incomplete);
    }
}

#[test]
fn ended_without_what_was_asked_for() {
    story("message:errorx1", OnHangup::Cancel, 1, Waits("nothing-changed"));
    story("message:nothingx1", OnHangup::Cancel, 1, Waits("unknown-fate"));
}

#[test]
fn ended_oddly_with_all_that_was_asked_for() {
    story("message:silentx1", OnHangup::Cancel, 1, Whole);
    story("message:troublex1", OnHangup::Cancel, 1, Whole);
    story("message:error-eventx1", OnHangup::Cancel, 1, Incomplete);
    story("message:heartbeatsx1", OnHangup::Cancel, 1, Incomplete);
}

#[test]
fn a_message_that_never_reached_the_service_is_sent_when_it_can_be() {
    let mut house = House::new();
    let mut door = Door::to(house.service.address());
    house.set(&format!("[api]\nurl = {:?}\n", door.url()));
    // The state before the message is held up, and the door is shut before the message comes to it.
    house.service.faults("state:late-delay=700ms");
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("the state is read", |world| world.requests("state") == 1);
    door.shut();
    house.wait_for("the message found no way", || house.log().contains("tried again soon"));
    assert_eq!(house.world().requests("message"), 0);
    house.service.faults("");
    door.open();
    let report = house.delivered("talk");
    assert!(!report.contains("may be missing"), "{report}");
    let world = house.world();
    assert_eq!((world.requests("message"), world.charges()), (1, 1));
}

#[test]
fn ended_with_words_and_no_change() {
    story("message:unchangedx1", OnHangup::Cancel, 1, Waits("nothing-changed"));
}

/// A look beside the stream that gets no answer does not keep the stream from its end.
#[test]
fn the_stream_is_heard_while_the_state_is_looked_at() {
    let settings = "[api]\nmessage_timeout = \"3s\"\nsilence_timeout = \"300ms\"\n";
    let mut house = House::with(faulty(&["message:heartbeatsx1", "state:hang@2x1"]), settings);
    house.drop_pair("talk", WORDS);
    house.start();
    // The look hangs for a minute; the message ends at its time, and what it did is seen.
    let report = house.delivered("talk");
    assert!(report.contains("may be missing"), "{report}");
    assert_eq!((house.world().requests("message"), house.world().charges()), (1, 1));
}
