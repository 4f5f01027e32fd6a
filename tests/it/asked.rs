//! What a person asks by a command: go on, pay again, give up. And what putting files back from `failed/` does.

use std::fs;
use std::time::Duration;

use dakbox_sandbox::Options;

use crate::house::{House, WORDS, faulty, quick};

/// A house in which a clip was dropped, and these faults happen.
fn dropped(faults: &[&str]) -> House {
    let mut house = House::with(faulty(faults), "[api]\nmessage_timeout = \"2s\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house
}

/// Runs a command that must succeed, and says so.
#[track_caller]
fn asked(house: &House, args: &[&str]) -> String {
    let ran = house.run(args);
    assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
    ran.out
}

fn state(house: &House) -> String {
    let listed = house.run(&["jobs", "--json"]).out;
    let job: serde_json::Value = serde_json::from_str(listed.lines().next().unwrap()).unwrap();
    job["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_clip_that_is_given_up_is_put_aside_and_goes_on_when_it_is_put_back() {
    let mut house = House::with(Options { credits: 0, ..quick() }, "");
    let clip = house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "no-credits");
    // While it is looked at whether there are credits again, a person is told to try again.
    house.wait_for("it is given up", || house.run(&["cancel", "1"]).out.contains("talk.mp4 is cancelled"));
    let note = house.fails("talk", "cancelled");
    assert!(note.contains("No credits were spent"), "{note}");
    assert_eq!(House::names(&house.failed("")), ["talk.error.txt", "talk.mp4", "talk.txt"]);
    assert_eq!(fs::read(house.failed("talk.mp4")).unwrap(), clip);
    house.wait_for("no note is left", || !house.outbox("talk.waiting.txt").exists());
    assert_eq!(state(&house), "cancelled");
    let again = house.run(&["cancel", "1"]);
    assert!(again.code == 1 && again.err.contains("already"), "{again:?}");
    // A restart does not wake it up; a person does.
    house.stop();
    house.start();
    house.service.credits(1000);
    for name in ["talk.txt", "talk.mp4"] {
        fs::rename(house.failed(name), house.inbox(name)).unwrap();
    }
    house.delivered("talk");
    assert_eq!((house.world().charges(), state(&house)), (1, "delivered".to_owned()));
}

#[test]
fn a_message_in_doubt_is_looked_at_by_retry_and_paid_again_only_by_again() {
    let house = dropped(&["message:resetx1"]);
    house.waits("talk", "unknown-fate");
    assert!(asked(&house, &["retry", "1"]).contains("only looked at"));
    asked(&house, &["retry", "--reason", "unknown-fate"]);
    house.waits("talk", "unknown-fate");
    assert_eq!(house.world().requests("message"), 1);
    assert!(asked(&house, &["retry", "1", "--again"]).contains("may be paid for again"));
    house.delivered("talk");
    let world = house.world();
    assert_eq!((world.requests("message"), world.charges()), (2, 2));
    let late = house.run(&["retry", "1"]);
    assert!(late.code == 1 && late.err.contains("delivered"), "{late:?}");
}

#[test]
fn a_clip_given_up_in_doubt_is_still_in_doubt_when_it_is_put_back() {
    let house = dropped(&["message:resetx1"]);
    house.waits("talk", "unknown-fate");
    asked(&house, &["cancel", "1"]);
    let note = house.fails("talk", "cancelled");
    assert!(note.contains("may have been spent"), "{note}");
    assert!(asked(&house, &["retry", "1"]).contains("back in the inbox"));
    house.waits("talk", "unknown-fate");
    assert!(!house.failed("talk.error.txt").exists() && house.inbox("talk.mp4").exists());
    assert_eq!((house.world().requests("message"), house.world().charges()), (1, 1));
}

#[test]
fn while_its_words_are_with_the_service_a_clip_is_not_given_up() {
    let mut house = House::with(Options { message_time: Duration::from_secs(4), ..quick() }, "");
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("the message is out", |world| world.running() == 1);
    let ran = house.run(&["cancel", "1"]);
    assert!(ran.code == 1 && ran.err.contains("with the service"), "{ran:?}");
    house.delivered("talk");
    assert_eq!(house.world().charges(), 1);
}

#[test]
fn a_film_on_its_way_is_given_up_with_its_clip() {
    let mut house = House::with(faulty(&["download:drip=20ms"]), "");
    house.drop_pair("talk", WORDS);
    house.start();
    let parts = |house: &House| {
        House::names(&house.outbox("")).into_iter().filter(|name| name.contains(".part")).count()
    };
    house.wait_world("the film comes", |world| world.requests("download") == 1);
    house.wait_for("some of it is there", || parts(&house) == 1);
    asked(&house, &["cancel", "1"]);
    let note = house.fails("talk", "cancelled");
    assert!(note.contains("Credits were spent"), "{note}");
    house.wait_for("nothing of it is left", || parts(&house) == 0);
}

#[test]
fn a_render_that_failed_is_tried_anew_by_retry_and_nothing_is_paid() {
    let slow = Options { render_time: Duration::from_secs(3), ..faulty(&["status:failedx2"]) };
    let mut house = House::with(slow, "");
    house.drop_pair("talk", WORDS);
    house.start();
    house.fails("talk", "render-failed");
    // Asked while nobody is there to do it.
    house.wait_for("it is put aside", || house.failed("talk.mp4").exists());
    house.stop();
    assert!(asked(&house, &["retry", "--reason", "render-failed"]).contains("when it is started"));
    house.start();
    house.delivered("talk");
    let world = house.world();
    assert_eq!((world.requests("message"), world.charges(), world.requests("export")), (1, 1, 3));
    assert_eq!(House::names(&house.failed("")), Vec::<String>::new());
}

#[test]
fn new_words_put_back_with_a_paid_clip_are_sent_after_the_old_ones() {
    for (text, sent) in [
        (Some("add Bangla subtitles, please\n---\nadd music\n"), 2),
        (Some("add music\n"), 2),
        // The same words, and none at all.
        (Some(WORDS), 1),
        (None, 1),
    ] {
        let slow = Options { render_time: Duration::from_secs(3), ..faulty(&["status:failedx2"]) };
        let mut house = House::with(slow, "[watch]\nsidecar_wait = \"300ms\"\n");
        house.drop_pair("talk", WORDS);
        house.start();
        house.fails("talk", "render-failed");
        house.wait_for("it is put aside", || house.failed("talk.mp4").exists());
        fs::remove_file(house.failed("talk.txt")).unwrap();
        if let Some(text) = text {
            house.drop_file("talk.txt", text);
        }
        fs::rename(house.failed("talk.mp4"), house.inbox("talk.mp4")).unwrap();
        house.delivered("talk");
        let world = house.world();
        assert_eq!((world.sessions().len(), world.requests("upload")), (1, 1), "{text:?}");
        let words: Vec<String> =
            ["add Bangla subtitles, please", "add music"][..sent].iter().map(|w| (*w).to_owned()).collect();
        assert_eq!((world.accepted(), world.charges(), world.most_charged()), (words, sent, 1), "{text:?}");
        // What was paid for under the old words and the new ones is paid for once.
        if let Some(text) = text.filter(|text| text.contains("---")) {
            house.drop_file("again.txt", text);
            house.drop_file("again.mp4", fs::read(house.archive("talk.mp4")).unwrap());
            // Its film is there, and is delivered once more.
            house.note(house.outbox("again.report.txt"));
            assert_eq!(house.world().charges(), sent);
        }
    }
}

#[test]
fn what_does_not_exist_can_not_be_asked_for() {
    let house = dropped(&[]);
    house.delivered("talk");
    let ran = house.run(&["retry", "77"]);
    assert!(ran.code == 1 && ran.err.contains("there is no job 77"), "{ran:?}");
    assert_eq!(house.run(&["retry", "--reason", "bad-luck"]).code, 2);
    assert!(asked(&house, &["retry", "--reason", "no-credits"]).contains("No job"));
}
