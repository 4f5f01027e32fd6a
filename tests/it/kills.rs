//! Death at each call and at each change of the folders: whatever was dropped is delivered or parked with its note, and
//! nothing is paid twice. Death at random, and at each step, is in `campaign`.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use dakbox_sandbox::{OnHangup, Options};

use crate::house::{House, LONG, WORDS, clip, files_below, quick, sha256};

/// Every call of a clip's way.
const CALLS: [&str; 8] = ["token", "session", "upload", "message", "state", "export", "status", "download"];

/// A house in which a clip takes a while, with these clips in its inbox.
fn crowded(stems: &[String], on_hangup: OnHangup) -> House {
    let options = Options {
        message_time: Duration::from_millis(150),
        render_time: Duration::from_millis(100),
        on_hangup,
        ..quick()
    };
    let house = House::with(options, "");
    for stem in stems {
        house.drop_pair(stem, WORDS);
    }
    house
}

fn is_parked(house: &House, stem: &str) -> bool {
    let note = fs::read_to_string(house.outbox(format!("{stem}.waiting.txt"))).unwrap_or_default();
    note.contains("Reason: unknown-fate") || note.contains("Reason: nothing-changed")
}

/// What a kill may leave at any moment: final names only of whole films, and every clip somewhere, as it was.
fn assert_nothing_lost(house: &House, stems: &[String]) {
    let films = house.world().films();
    for file in files_below(&house.outbox("")).iter().filter(|f| f.extension().is_some_and(|e| e == "mp4")) {
        assert!(films.contains(&sha256(&fs::read(file).unwrap())), "{} is not a film", file.display());
    }
    for stem in stems {
        let name = format!("{stem}.mp4");
        let places = [house.inbox(&name), house.archive(&name)];
        let whole = places.iter().filter(|place| fs::read(place).is_ok_and(|bytes| bytes == clip(stem)));
        assert!(whole.count() >= 1, "{name} is lost");
    }
    assert!(house.world().most_charged() <= 1, "something was paid twice");
}

/// What holds when all has come to rest.
fn assert_settled(house: &House, stems: &[String]) {
    house.wait_for("every clip is delivered or parked", || {
        stems.iter().all(|stem| house.is_delivered(stem) || is_parked(house, stem))
    });
    assert_nothing_lost(house, stems);
    let world = house.world();
    for stem in stems {
        let (name, charges) = (format!("{stem}.mp4"), world.charges_of(&clip(stem)));
        let delivered = house.is_delivered(stem);
        assert!(charges == 1 || (!delivered && charges == 0), "{stem} was charged {charges} times");
        assert_ne!(house.inbox(&name).exists(), house.archive(&name).exists(), "{name} is in two places");
        if delivered {
            house.delivered(stem);
            assert!(!house.outbox(format!("{stem}.waiting.txt")).exists(), "{stem} does not wait any more");
        }
    }
    let left: Vec<_> = files_below(&house.root(""))
        .into_iter()
        .filter(|file| file.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".part")))
        .collect();
    assert!(left.is_empty(), "temporary files are left: {left:?}");
}

/// Kills the daemon once that call was carried out so often and is being held up, before or after its answer.
fn killed_at(call: &str, late: bool, on_hangup: OnHangup) {
    let stems = ["a".to_owned()];
    let mut house = crowded(&stems, on_hangup);
    let fault = if late { format!("{call}:late-delay=20s") } else { format!("{call}:delay=20s") };
    house.service.faults(&fault);
    house.start();
    house.wait_world(&format!("{call} is asked"), |world| world.requests(call) >= 1);
    if late {
        house.wait_world("the call is carried out", |world| match call {
            "session" => !world.sessions().is_empty(),
            "upload" => !world.uploaded().is_empty(),
            "message" => world.fates().iter().any(|fate| fate == "done"),
            _ => true,
        });
    }
    house.kill();
    assert_nothing_lost(&house, &stems);
    house.service.faults("");
    house.start();
    if (call, late) == ("token", true) {
        // The only token of seven days got lost on its way: nothing can be done but to wait, unpaid.
        house.waits("a", "token-limit");
        return;
    }
    assert_settled(&house, &stems);
    // Whatever came after a message can be gone on with; only a message itself may be in doubt.
    if call != "message" {
        house.delivered("a");
    }
}

#[test]
fn killed_before_a_call_is_carried_out() {
    for call in CALLS {
        killed_at(call, false, OnHangup::Cancel);
    }
}

#[test]
fn killed_before_a_call_is_answered() {
    for call in CALLS {
        killed_at(call, true, OnHangup::Continue);
    }
}

/// Kills the daemon at the very moment at which something is seen in the folders.
fn killed_when_seen(what: &str, is_seen: impl Fn(&House) -> bool) {
    let stems = ["a".to_owned()];
    let mut house = crowded(&stems, OnHangup::Cancel);
    house.start();
    let until = Instant::now() + LONG;
    while !is_seen(&house) {
        assert!(Instant::now() < until, "never seen: {what}");
        sleep(Duration::from_micros(100));
    }
    house.kill();
    assert_nothing_lost(&house, &stems);
    house.start();
    house.delivered("a");
    // The text is put away after its clip.
    house.wait_for("all is put away", || House::names(&house.inbox("")).is_empty());
    assert_settled(&house, &stems);
    let made = House::names(&house.outbox(""));
    assert_eq!(made, ["a.mp4", "a.report.txt"], "killed when {what} was seen");
    assert_eq!(House::names(&house.archive("")), ["a.mp4", "a.txt"]);
    assert_eq!(house.world().charges(), 1);
}

#[test]
fn killed_while_the_film_is_put_in_its_place() {
    for _ in 0..3 {
        killed_when_seen("a part", |house| {
            House::names(&house.outbox("")).iter().any(|name| name.starts_with(".dakbox-"))
        });
        for name in ["outbox/a.mp4", "outbox/a.report.txt", "archive/a.mp4", "archive/a.txt"] {
            killed_when_seen(name, |house| house.root(name).exists());
        }
    }
}

#[test]
fn killed_three_times_while_it_finds_out_what_became_of_a_message() {
    let stems = ["a".to_owned()];
    let mut house = crowded(&stems, OnHangup::Continue);
    house.service.faults("message:late-delay=20s");
    house.start();
    house.wait_world("the message has run", |world| world.fates() == ["done"]);
    house.kill();
    for _ in 0..3 {
        house.service.faults("state:delay=150ms");
        let before = house.world().requests("state");
        house.start();
        house.wait_world("the state is read", |world| world.requests("state") > before);
        house.kill();
        assert_eq!(house.world().requests("message"), 1);
    }
    house.service.faults("");
    house.start();
    let report = house.delivered("a");
    assert!(report.contains("may be missing"), "{report}");
    assert_settled(&house, &stems);
}
