//! Every number of the service at every call, also where it makes no sense: no clip is lost, none is paid for twice.

use super::{delivered_once, dropped};
use crate::house::{House, WORDS, each, faulty};

/// Every call but the two that take something in.
const OTHERS: [&str; 8] = ["token", "session", "state", "credits", "export", "status", "download", "claim"];

/// The same fault once at each of these calls.
fn once_at(calls: &[&str], fault: &str) -> Vec<String> {
    calls.iter().map(|call| format!("{call}:{fault} x1")).collect()
}

/// A clip that meets that fault once at each of these calls, and comes out all the same.
#[track_caller]
fn comes_through(calls: &[&str], fault: &str) {
    eprintln!("{fault} at {calls:?}");
    let faults = once_at(calls, fault);
    let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
    let house = dropped(&faults, "");
    delivered_once(&house);
    let world = house.world();
    assert_eq!(world.requests("message"), 1, "{fault}");
    for call in ["session", "upload", "export"] {
        assert!(world.requests(call) <= 3, "{fault}: {} times {call}", world.requests(call));
    }
}

/// Clips whose messages meet one of these faults each.
fn with_messages(faults: &[&str]) -> (House, Vec<String>) {
    let numbered: Vec<String> =
        faults.iter().enumerate().map(|(at, fault)| format!("message:{fault} @{}x1", at + 1)).collect();
    let numbered: Vec<&str> = numbered.iter().map(String::as_str).collect();
    let mut house = House::with(faulty(&numbered), "[jobs]\nconcurrency = 16\nuploads = 16\n");
    let stems: Vec<String> = (0..faults.len()).map(|n| format!("clip-{n}")).collect();
    for stem in &stems {
        house.drop_pair(stem, WORDS);
    }
    house.start();
    (house, stems)
}

#[test]
fn numbers_that_make_no_sense_where_they_come() {
    let sessionless = &["token", "session", "credits", "claim"];
    each(
        [
            (&OTHERS[..], "code=4001"),
            (&OTHERS, "code=4002"),
            (&OTHERS, "status=415"),
            (&OTHERS, "status=413"),
            (sessionless, "code=1002"),
            (sessionless, "status=404"),
        ],
        |(calls, fault)| comes_through(calls, fault),
    );
}

#[test]
fn numbers_that_ask_for_money_or_patience_where_they_come() {
    let all = [&OTHERS[..], &["upload"]].concat();
    each(["code=2001", "code=402", "status=429", "code=\"429\""], |fault| comes_through(&all, fault));
}

#[test]
fn numbers_and_answers_that_nobody_knows() {
    let all = [&OTHERS[..], &["upload"]].concat();
    each(
        ["code=7777", "code=\"7777\"", "status=400", "status=403", "status=422", "bare=409", "bare=204"],
        |fault| comes_through(&all, fault),
    );
    each(["[]", r#"{"code":0,"data":null}"#, r#"{"code":NaN}"#, "null", "<p>login</p>"], |answer| {
        comes_through(&["token", "session", "upload", "state", "credits"], &format!("answer={answer}"));
    });
}

#[test]
fn a_session_that_cannot_be_had_is_asked_for_with_patience() {
    let house = dropped(&["session:code=1002"], "[jobs]\nmax_attempts = 2\n");
    let note = house.waits("talk", "odd-answer");
    assert!(note.contains("1002") && note.contains("No credits were spent"), "{note}");
    assert!(house.world().requests("session") <= 4, "{}", house.world().requests("session"));
    house.service.faults("");
    delivered_once(&house);
}

#[test]
fn a_message_with_an_answer_that_nobody_knows_is_never_sent_again() {
    let faults = [
        "code=7777",
        "code=\"7777\"",
        "status=409",
        "bare=204",
        "answer=[]",
        "answer=null",
        r#"answer={"code":0,"data":null}"#,
        r#"answer={"code":"E_ODD","message":"sorry, nmv_usr_s3cret is odd"}"#,
        "truncate=50%",
    ];
    let (house, stems) = with_messages(&faults[..8]);
    let notes: Vec<String> = stems.iter().map(|stem| house.waits(stem, "unknown-fate")).collect();
    for note in &notes {
        assert!(note.contains("may have been spent"), "{note}");
        assert!(!note.contains("s3cret"), "{note}");
    }
    let say = |words: &str| notes.iter().filter(|note| note.replace('\n', " ").contains(words)).count();
    assert_eq!((say("code 7777: the sandbox was told"), say("sorry, [token] is odd")), (2, 1), "{notes:#?}");
    let world = house.world();
    assert_eq!((world.requests("message"), world.charges()), (8, 0));
}

#[test]
fn a_message_that_was_refused_goes_out_when_its_cause_is_gone() {
    let faults = [
        "code=402",
        "status=400",
        "status=403",
        "status=405",
        "status=422",
        "code=\"1001\"",
        "code=1002",
        "code=2001",
    ];
    let (house, stems) = with_messages(&faults);
    for stem in &stems {
        house.delivered(stem);
    }
    let world = house.world();
    assert_eq!((world.charges(), world.most_charged()), (faults.len(), 1));
    // The 1001 made everybody's token bad: a message on its way at that moment was refused as well.
    assert!((16..=24).contains(&world.requests("message")), "{}", world.requests("message"));
}

#[test]
fn a_message_that_refuses_the_clip_itself_puts_it_aside_unpaid() {
    let (house, stems) = with_messages(&["code=4001", "status=415"]);
    for stem in &stems {
        let note = house.fails(stem, "unsupported");
        assert!(note.contains("No credits were spent"), "{note}");
        assert!(house.failed(format!("{stem}.mp4")).exists() && house.failed(format!("{stem}.txt")).exists());
    }
    assert_eq!((house.world().requests("message"), house.world().charges()), (2, 0));
}
