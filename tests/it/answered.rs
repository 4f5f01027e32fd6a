//! Texts that ask for nothing but the credits, or for what is going on.

use crate::house::{House, WORDS, faulty};

/// Waits until a text is answered and put away; the answer.
#[track_caller]
fn answered(house: &House, report: &str, text: &str) -> String {
    let report = house.note(house.outbox(report));
    house.wait_for(&format!("{text} is put away"), || {
        house.archive(text).exists() && !house.inbox(text).exists()
    });
    report
}

#[test]
fn what_was_asked_is_answered_for_nothing() {
    let mut house = House::set_up("[messages]\nlanguage = 'both'\n");
    house.drop_file("money.txt", "credits\n");
    house.drop_file("sub/how.txt", "status");
    house.start();
    let credits = answered(&house, "money.report.txt", "money.txt");
    assert!(credits.contains("Credits: 10000 to be spent, and 0 reserved"), "{credits}");
    assert!(
        credits.contains("ক্রেডিট: খরচ করার মতো ১০০০০") && !credits.contains("Nothing is in work"),
        "{credits}"
    );
    let quiet = answered(&house, "sub/how.report.txt", "sub/how.txt");
    assert!(quiet.contains("Nothing is in work") && !quiet.contains("Credits:"), "{quiet}");
    let world = house.world();
    assert_eq!((world.sessions().len(), world.charges(), world.fates().len()), (0, 0, 0));
    // In any language, and a taken name gets a number.
    house.drop_file("money.txt", "Priority: high\n\nব্যালেন্স\n---\n状态\n");
    let both = answered(&house, "money (2).report.txt", "money (2).txt");
    assert!(both.contains("Credits: 10000") && both.contains("Nothing is in work"), "{both}");
    house.wait_for("each is a job of its own", || {
        house.run(&["jobs", "--state", "answered", "--json"]).out.lines().count() == 3
    });
    let shown = house.run(&["show", "1"]).out;
    assert!(shown.contains("money.report.txt") && shown.contains("answered"), "{shown}");
    // It is no film that words could be for.
    house.drop_file("money.v2.txt", "louder");
    house.drop_pair("another", WORDS);
    house.delivered("another");
    assert_eq!(house.world().charges(), 1);
}

#[test]
fn what_goes_on_is_told_by_its_names() {
    let mut house = House::new();
    house.start();
    house.drop_pair("made", WORDS);
    house.delivered("made");
    house.service.faults("message:questionx1");
    house.drop_pair("asks", WORDS);
    house.waits("asks", "question");
    house.service.faults("message:late-delay=5sx1");
    house.drop_pair("works", "words of works");
    house.wait_world("its message is out", |world| world.running() == 1);
    house.drop_file("how.txt", "status");
    let answer = answered(&house, "how.report.txt", "how.txt");
    for line in [
        "Waiting: 1",
        "asks.mp4",
        "has a question",
        "In work: 1",
        "works.mp4",
        "Delivered today: 1",
        "made.mp4",
    ] {
        assert!(answer.contains(line), "{line}: {answer}");
    }
    assert!(!answer.contains("how.txt"), "{answer}");
}

#[test]
fn credits_that_can_not_be_read_are_told_later() {
    let mut house = House::with(faulty(&["credits:code=1500"]), "[jobs]\nmax_attempts = 2\n");
    house.drop_file("money.txt", "credits");
    house.start();
    house.wait_for("it waits with a note", || house.outbox("money.waiting.txt").exists());
    let waiting = house.run(&["jobs", "--state", "waiting", "--json"]).out;
    assert!(waiting.contains("money.txt"), "{waiting}");
    assert!(!house.outbox("money.report.txt").exists() && house.inbox("money.txt").exists());
    house.stop();
    house.start();
    house.service.faults("");
    answered(&house, "money.report.txt", "money.txt");
    house.wait_for("the note is gone", || !house.outbox("money.waiting.txt").exists());
    assert_eq!(House::names(&house.root("outbox")), ["money.report.txt"]);
}

#[test]
fn a_text_that_is_left_is_answered_once_a_change() {
    let mut house = House::set_up("[folders]\nafter_success = 'leave'\n");
    house.drop_file("how.txt", "status");
    house.start();
    house.note(house.outbox("how.report.txt"));
    house.stop();
    house.start();
    house.drop_file("money.txt", "credits");
    house.note(house.outbox("money.report.txt"));
    assert!(house.inbox("how.txt").exists() && !house.outbox("how (2).report.txt").exists());
    house.drop_file("how.txt", "status ");
    house.note(house.outbox("how (2).report.txt"));
    house.stop();
    house.set("[folders]\nafter_success = 'delete'\n");
    house.start();
    house.drop_file("sub/money.txt", "credits");
    house.note(house.outbox("sub/money.report.txt"));
    house.wait_for("it is deleted", || !house.inbox("sub/money.txt").exists());
    assert_eq!(House::names(&house.root("outbox")).len(), 4);
}

#[test]
fn a_kill_makes_no_second_answer() {
    for _ in 0..3 {
        let mut house = House::new();
        house.drop_file("money.txt", "credits");
        house.start();
        house.wait_for("it is written", || house.outbox("money.report.txt").exists());
        house.kill();
        house.start();
        answered(&house, "money.report.txt", "money.txt");
        assert!(!house.outbox("money (2).report.txt").exists());
        assert_eq!(house.world().fates().len(), 0);
    }
}
