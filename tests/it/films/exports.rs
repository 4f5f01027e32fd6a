//! Renders: asked for once, under one id, whatever becomes of the answer.

use std::time::Duration;

use dakbox_sandbox::{DraftForm, Options, SessionIds, Shape};

use super::{delivered_by, delivered_under, slow};
use crate::house::{House, WORDS, each, faulty, quick};

/// Where the request or its answer breaks, and how often the export is asked for then.
const BREAKS: [(&str, u64); 13] = [
    ("reset=headers", 2),
    ("reset=1", 2),
    ("reset=50%", 2),
    ("reset=99.9%", 2),
    ("status=503", 2),
    ("hang", 2),
    ("reset", 1),
    ("break=headers", 1),
    ("break=1", 1),
    ("break=99.9%", 1),
    ("cut=headers", 1),
    ("late-status=502", 1),
    ("late-hang", 1),
];

#[test]
fn an_export_that_broke_is_asked_after_by_its_id_before_it_is_asked_for_again() {
    each(BREAKS, |&(fault, posts)| {
        let fault = format!("export:{fault}x1");
        let stalls = "[api]\nstall_timeout = \"500ms\"\n";
        let house = delivered_by(House::with(faulty(&[&fault]), stalls), &[&fault]);
        let world = house.world();
        assert_eq!(world.requests("export"), posts, "{fault}");
        assert_eq!(world.renders(), [("completed".to_owned(), 1)], "{fault}: one id");
        // Once in doubt, once for the film where it was not done yet.
        assert!(world.requests("status") >= 1, "{fault}");
    });
}

#[test]
fn a_render_that_fails_is_asked_for_once_more_and_not_paid_again() {
    each(["status:failedx1", "status:deniedx1"], |fault| {
        let house = delivered_by(House::with(slow(&[fault]), ""), &[fault]);
        let world = house.world();
        assert_eq!(world.requests("export"), 2, "{fault}");
        assert_eq!(world.renders().len(), 2, "{fault}: each under its own id");
    });
    each(["status:failed", "status:denied"], |fault| {
        let mut house = House::with(slow(&[fault]), "");
        house.drop_pair("talk", WORDS);
        house.start();
        let note = house.fails("talk", "render-failed");
        assert!(note.contains("Credits were spent for this clip"), "{note}");
        assert!(note.contains("/workspace/claim?ct="), "{note}");
        let world = house.world();
        assert_eq!((world.requests("export"), world.charges(), world.requests("message")), (2, 1, 1));
        assert_eq!(House::names(&house.failed("")), ["talk.error.txt", "talk.mp4", "talk.txt"]);
        assert_eq!(House::names(&house.outbox("")), [""; 0]);
    });
}

#[test]
fn a_render_that_never_ends_is_called_off_and_asked_for_once_more() {
    // A render that nobody calls off is in the way of the next one: a session has one at a time.
    let settings = "[export]\ntimeout = \"3s\"\n";
    let house = delivered_by(House::with(slow_stuck("status:stuckx1"), settings), &["status:stuckx1"]);
    let world = house.world();
    let mut ends: Vec<_> = world.renders().into_iter().map(|(status, _)| status).collect();
    ends.sort();
    assert_eq!(ends, ["cancelled", "completed"]);

    let mut house = House::with(slow_stuck("status:stuck"), settings);
    house.drop_pair("talk", WORDS);
    house.start();
    let note = house.fails("talk", "render-failed");
    let flat = note.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("did not end within 3 s"), "{note}");
    let world = house.world();
    assert_eq!((world.requests("export"), world.requests("cancel"), world.charges()), (2, 2, 1));
    // 50 ms apart, for 3 s, under two ids.
    assert!(world.requests("status") <= 2 * 61, "{}", world.requests("status"));
}

/// A render that is still at work when it is looked at first, and done in time if it is not stuck.
fn slow_stuck(fault: &str) -> Options {
    Options { render_time: Duration::from_secs(1), ..faulty(&[fault]) }
}

#[test]
fn a_render_that_is_done_when_it_is_asked_for_is_fetched_at_once() {
    let settings = "[export]\npoll_interval = \"1h\"\ntimeout = \"2h\"\n";
    let house = delivered_by(House::with(faulty(&["export:done"]), settings), &["export:done"]);
    assert_eq!(house.world().requests("status"), 0);
}

#[test]
fn a_service_with_ids_of_its_own_is_asked_by_them() {
    each([Shape::Wrapped, Shape::Bare], |&shape| {
        let options = Options { shape, ..slow(&["export:other-id"]) };
        let house = delivered_by(House::with(options, ""), &["export:other-id"]);
        assert_eq!(house.world().renders(), [("completed".to_owned(), 1)]);
    });
    let faults = ["export:other-id", "status:no-url"];
    let house = delivered_by(House::with(slow(&faults), ""), &faults);
    assert_eq!(house.world().downloads()[0].0, "api", "the last way goes by it as well");
}

#[test]
fn a_render_begun_before_a_stop_is_asked_after_at_once() {
    let options = Options { render_time: Duration::from_millis(300), ..quick() };
    let mut house = House::with(options, "[export]\npoll_interval = \"1h\"\ntimeout = \"2h\"\n");
    house.drop_pair("talk", WORDS);
    house.start();
    house.wait_world("the render is done", |world| {
        world.renders().iter().any(|(status, _)| status == "completed")
    });
    house.stop();
    house.start();
    house.delivered("talk");
    let world = house.world();
    assert_eq!((world.requests("export"), world.requests("status"), world.charges()), (1, 1, 1));
}

#[test]
fn renders_that_keep_their_word_are_looked_at_when_they_are_done() {
    // Plain looks come after 1 and 2 s, and find such a render 600 ms after its end.
    let options = Options { render_time: Duration::from_millis(1400), ..quick() };
    let mut house = House::with(options, "[export]\npoll_interval = \"1s\"\n[jobs]\nconcurrency = 1\n");
    let stems: Vec<String> = (1..=8).map(|n| format!("c{n}")).collect();
    for stem in &stems {
        house.drop_pair(stem, WORDS);
    }
    house.start();
    for stem in &stems {
        house.delivered(stem);
    }
    let looks = house.world().looks();
    // On a busy machine any one of them may come late. A machine that is never quiet tells nothing.
    let sooner = looks[3..].iter().filter(|(_, after)| *after < 500).count();
    assert!(sooner > 0 || looks.iter().any(|(_, after)| *after > 900), "{looks:?}");
}

#[test]
fn a_plan_that_blocks_the_export_costs_nothing_but_time() {
    let mut house = House::with(faulty(&["export:status=402"]), "");
    house.drop_pair("talk", WORDS);
    house.start();
    let note = house.waits("talk", "plan-blocks-export");
    assert!(note.contains("Register or upgrade your plan to unlock export."), "{note}");
    let read = house.world().requests("state");
    house.wait_world("it is tried again", |world| world.requests("export") >= 3);
    house.service.faults("");
    house.delivered("talk");
    let world = house.world();
    assert_eq!((world.requests("message"), world.charges()), (1, 1));
    assert_eq!(world.requests("state"), read, "the draft is kept");
    assert_eq!(world.renders(), [("completed".to_owned(), 1)], "one id");
}

#[test]
fn the_draft_goes_back_as_it_came() {
    // The house hears of it where the service finds its draft spelled otherwise.
    for draft_form in [DraftForm::Object, DraftForm::Text] {
        for session_ids in [SessionIds::Number, SessionIds::Text] {
            delivered_by(House::with(Options { draft_form, session_ids, ..quick() }, ""), &[]);
        }
    }
}

#[test]
fn looks_that_fail_are_borne() {
    for fault in
        ["status:status=502x2", "status:answer=<html>login</html> x2", "status:resetx1", "status:code=9999x2"]
    {
        let house = delivered_under(&[fault]);
        assert_eq!(house.world().requests("export"), 1, "{fault}");
    }
}
