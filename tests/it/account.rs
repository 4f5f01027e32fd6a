//! What holds for the whole account: its token, its credits, and the patience that the service asks for.

use std::collections::BTreeSet;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use dakbox_sandbox::Options;

use crate::house::{House, WORDS, each, faulty, quick};

/// A token that the sandbox knows from the start.
const GOOD: &str = "nmv_usr_good";

fn registered() -> Options {
    Options { tokens: vec![GOOD.to_owned()], ..quick() }
}

/// A house whose token stands in a file, and is one that nobody knows.
fn with_a_bad_token(more: &str) -> House {
    let mut house = House::with(registered(), more);
    let file = house.path("token");
    fs::write(&file, "nmv_usr_nobody_knows\n").unwrap();
    house.set(&format!("[api]\ntoken_file = {:?}\n", file.display().to_string()));
    house.drop_pair("talk", WORDS);
    house.start();
    house
}

#[test]
fn a_person_who_puts_another_token_into_the_file_need_not_start_dakbox_anew() {
    let house = with_a_bad_token("");
    let note = house.waits("talk", "token-refused");
    assert!(note.contains("No credits were spent"), "{note}");
    fs::write(house.path("token"), GOOD).unwrap();
    house.delivered("talk");
    let world = house.world();
    assert_eq!((world.requests("token"), world.charges()), (0, 1));
}

#[test]
fn an_anonymous_account_takes_over_only_where_the_settings_say_so() {
    let house = with_a_bad_token("[api]\non_token_expired = \"anonymous\"\n");
    house.delivered("talk");
    let world = house.world();
    assert_eq!((world.requests("token"), world.charges()), (1, 1));
}

#[test]
fn with_wait_a_token_that_ran_out_is_not_renewed() {
    let mut house = House::with(faulty(&["state:code=1001x1"]), "[api]\non_token_expired = \"wait\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "token-refused");
    let before = house.world().all_requests();
    house.wait_world("it is looked at again", |world| world.all_requests() > before + 2);
    assert_eq!((house.world().requests("token"), house.world().charges()), (1, 0));
}

#[test]
fn patience_that_one_call_is_asked_for_is_given_by_every_clip_and_after_a_kill() {
    each(["upload:retry-after=12x1", "state:retry-after=12x1"], |fault| {
        let mut house = House::with(faulty(&[fault]), "[jobs]\nstill_working = \"500ms\"\n");
        let stems = ["a", "b", "c", "d", "e", "f"];
        for stem in stems {
            house.drop_pair(stem, WORDS);
        }
        let begun = Instant::now();
        house.start();
        // It is kept before it is told.
        house.wait_for("it was asked for", || house.log().contains("asks to be left alone"));
        house.kill();
        // What was under way in that moment may arrive.
        sleep(Duration::from_millis(300));
        let asked = house.world().all_requests();
        house.start();
        // Each is told why, before the kill or after it: by its note, and by the log, which a kill may cut short.
        let mut told = BTreeSet::new();
        house.wait_for("each is told", || {
            let log = house.log();
            let in_log = |stem: &str| {
                let waits = format!(" {stem}.mp4 waits: ");
                log.lines().any(|line| line.contains(&waits) && line.contains("code=rate-limited"))
            };
            let by_note = |stem: &str| {
                let note = fs::read_to_string(house.outbox(format!("{stem}.waiting.txt")));
                note.is_ok_and(|note| note.contains("Reason: rate-limited"))
            };
            told.extend(stems.into_iter().filter(|stem| in_log(stem) || by_note(stem)));
            told.len() == stems.len()
        });
        // Nothing is sent meanwhile; where that took too long, nothing can be said of it.
        let sent = house.world().all_requests();
        assert!(
            sent == asked || begun.elapsed() > Duration::from_secs(12),
            "{fault}: {asked} and then {sent}"
        );
        for stem in stems {
            house.delivered(stem);
        }
        let world = house.world();
        assert_eq!((world.charges(), world.most_charged(), world.requests("message")), (6, 1, 6), "{fault}");
    });
}

#[test]
fn an_account_known_to_be_empty_is_not_tried_by_a_message_after_a_kill() {
    let mut house = House::with(Options { credits: 0, ..quick() }, "");
    house.drop_pair("talk", WORDS);
    house.start();
    house.waits("talk", "no-credits");
    house.wait_world("the balance is read", |world| world.requests("credits") > 2);
    let before = house.world();
    house.kill();
    house.drop_pair("more", "make it shorter");
    house.start();
    house.waits("more", "no-credits");
    house.wait_world("the balance is read again", |world| {
        world.requests("credits") > before.requests("credits") + 2
    });
    assert_eq!(house.world().requests("message"), before.requests("message"));
    house.service.credits(1000);
    for stem in ["talk", "more"] {
        house.delivered(stem);
    }
    assert_eq!((house.world().charges(), house.world().most_charged()), (2, 1));
}

#[test]
fn credits_for_one_message_let_one_message_out() {
    let mut house = House::with(Options { credits: 0, ..quick() }, "");
    let stems = ["one", "two", "three"];
    for stem in stems {
        house.drop_pair(stem, WORDS);
    }
    house.start();
    for stem in stems {
        house.waits(stem, "no-credits");
    }
    let before = house.world();
    house.service.credits(50);
    house.wait_world("one message is charged", |world| world.charges() == 1);
    let charged = house.world();
    house.wait_world("the balance is read again and again", |world| {
        world.requests("credits") > charged.requests("credits") + 4
    });
    assert_eq!(house.world().requests("message"), before.requests("message") + 1);
    house.service.credits(1000);
    for stem in stems {
        house.delivered(stem);
    }
    assert_eq!((house.world().charges(), house.world().most_charged()), (3, 1));
}

#[test]
fn thirty_clips_make_no_storm_at_a_service_that_is_down() {
    let settings = "[jobs]\nconcurrency = 30\n[api]\nretry_wait = \"2s\"\n[folders]\nfirst_run_limit = 100\n";
    let mut house = House::with(faulty(&["session:status=503"]), settings);
    let stems: Vec<String> = (0..30).map(|n| format!("clip{n}")).collect();
    for stem in &stems {
        house.drop_pair(stem, WORDS);
    }
    let begun = Instant::now();
    house.start();
    for stem in &stems {
        house.waits(stem, "service-down");
    }
    // Ten at once, and after that one in two tenths of a second; thirty clips with five tries each would make 150.
    let asked = house.world().requests("session");
    let most = 12 + begun.elapsed().as_millis() / 200;
    assert!(u128::from(asked) <= most, "{asked} of at most {most}");
    house.service.faults("");
    for stem in &stems {
        house.delivered(stem);
    }
    assert_eq!((house.world().charges(), house.world().most_charged()), (30, 1));
}

#[test]
fn a_balance_that_cannot_be_read_does_not_keep_the_gate_closed() {
    let mut house = House::with(faulty(&["message:code=2001x1", "credits:status=404"]), "");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    assert_eq!((house.world().requests("message"), house.world().charges()), (2, 1));
}

#[test]
fn an_export_that_is_held_gives_its_place_up_and_says_why() {
    let settings = "[jobs]\nconcurrency = 1\nstill_working = \"500ms\"\n";
    let mut house = House::with(faulty(&["status:retry-after=8x1"]), settings);
    house.drop_pair("talk", WORDS);
    house.start();
    let note = house.waits("talk", "rate-limited");
    assert!(note.contains("Credits were spent"), "{note}");
    house.delivered("talk");
    assert_eq!(house.world().charges(), 1);
}

#[test]
fn the_wait_that_a_message_was_asked_for_is_waited_once() {
    let mut house = House::with(faulty(&["message:retry-after=4x1"]), "");
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    let story = house.run(&["show", "1", "--json"]).out;
    let mut events = story.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let tried = events.rfind(|event| event["event"] == "tried").unwrap();
    // The account was left alone for four seconds already when this was recorded.
    let at: jiff::Timestamp = tried["at"].as_str().unwrap().parse().unwrap();
    let again = tried["text"].as_str().unwrap().split("Again from ").nth(1).unwrap();
    let again: jiff::civil::DateTime = again[..19].parse().unwrap();
    let again = again.to_zoned(jiff::tz::TimeZone::system()).unwrap().timestamp();
    assert!(again.as_second() - at.as_second() < 3, "{tried}");
}
