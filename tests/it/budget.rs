//! What may be spent: a day's limit, and consent for what is likely to be dear.

use std::fs;

use rustix::process::Signal;

use crate::house::{House, WORDS};

/// Has the running daemon read other settings.
fn change(house: &mut House, settings: &str) {
    house.set(settings);
    house.running().signal(Signal::HUP);
}

#[test]
fn what_a_day_may_cost_is_not_exceeded_and_goes_on_with_a_higher_limit() {
    let mut house = House::set_up("[budget]\nper_day = 60\n");
    house.start();
    house.drop_pair("one", WORDS);
    house.delivered("one");
    house.drop_pair("two", WORDS);
    let note = house.waits("two", "budget-reached");
    assert!(note.contains("No credits were spent.") && note.contains("which is 60."), "{note}");
    assert_eq!(house.world().charges(), 1);
    change(&mut house, "[budget]\nper_day = 100\n");
    house.delivered("two");
    assert!(!house.outbox("two.waiting.txt").exists());
    assert_eq!(house.world().charges(), 2);
}

#[test]
fn two_that_start_at_once_do_not_both_slip_past_the_limit() {
    let mut house = House::set_up("[budget]\nper_day = 70\n");
    for stem in ["one", "two", "three"] {
        house.drop_pair(stem, WORDS);
    }
    house.start();
    let delivered = |house: &House| ["one", "two", "three"].map(|stem| house.is_delivered(stem));
    let waits = |house: &House| {
        ["one", "two", "three"].map(|stem| house.outbox(format!("{stem}.waiting.txt")).exists())
    };
    let count = |all: [bool; 3]| all.into_iter().filter(|so| *so).count();
    house.wait_for("one is delivered, and the others wait", || {
        count(delivered(&house)) == 1 && count(waits(&house)) == 2
    });
    assert_eq!(house.world().charges(), 1);
}

#[test]
fn what_was_spent_outlives_a_kill() {
    let mut house = House::set_up("[budget]\nper_day = 50\n");
    house.start();
    house.drop_pair("one", WORDS);
    house.wait_world("it is charged", |world| world.charges() == 1);
    house.kill();
    house.drop_pair("two", WORDS);
    house.start();
    house.waits("two", "budget-reached");
    house.kill();
    house.start();
    house.drop_pair("three", WORDS);
    house.waits("three", "budget-reached");
    house.waits("two", "budget-reached");
    assert_eq!(house.world().charges(), 1);
}

#[test]
fn a_clip_that_is_likely_to_be_dear_waits_for_consent() {
    let mut house = House::set_up("[budget]\nask_above = 40\n");
    house.start();
    house.drop_pair("talk", WORDS);
    let note = house.waits("talk", "cost-asks");
    assert!(note.contains("about 100.") && note.contains("    Cost: ok\n"), "{note}");
    assert_eq!(house.world().charges(), 0);
    house.drop_file("talk.txt", format!("Cost: ok\n{WORDS}"));
    house.delivered("talk");
    assert!(!house.outbox("talk.waiting.txt").exists());
    assert_eq!(house.world().accepted(), [WORDS.trim()]);
    // It was there from the start: nobody is asked.
    house.drop_pair("more", &format!("Cost: ok\n\n{WORDS}"));
    house.delivered("more");
    assert!(!house.log().contains("more.mp4 waits"), "{}", house.log());
    // What clips have cost is known by now.
    house.drop_pair("third", WORDS);
    let note = house.waits("third", "cost-asks");
    assert!(note.contains("about 50."), "{note}");
    // The two things are not one: a day's limit is no question.
    change(&mut house, "[budget]\nper_day = 120\n");
    house.drop_file("third.txt", format!("Cost: ok\n{WORDS}"));
    house.waits("third", "budget-reached");
    assert_eq!(house.world().charges(), 2);
}

#[test]
fn what_clips_have_cost_decides_whether_a_person_is_asked() {
    let mut house = House::set_up("[budget]\nask_above = 60\n");
    house.start();
    for stem in ["one", "two"] {
        house.drop_pair(stem, &format!("Cost: ok\n\n{WORDS}"));
        house.delivered(stem);
    }
    house.drop_pair("three", WORDS);
    house.delivered("three");
    assert!(!house.log().contains("cost-asks"), "{}", house.log());
    assert_eq!(fs::read_dir(house.inbox("")).unwrap().count(), 0);
}

#[test]
fn a_message_of_another_clip_sent_since_the_balance_was_read_is_named_and_not_counted_as_its_own() {
    let mut house = House::new();
    // The state is read between the balance and the message.
    house.service.faults("state:delay=4sx1");
    house.drop_pair("one", "words of one");
    house.start();
    house.wait_world("the state is asked for", |world| world.requests("state") == 1);
    house.drop_pair("two", "words of two");
    house.delivered("two");
    let report = house.delivered("one");
    assert_eq!(house.world().accepted(), ["words of two", "words of one"]);
    assert!(!report.contains("Spent: "), "{report}");
    assert!(report.contains("Other jobs used the same account at the same time: 1."), "{report}");
}
