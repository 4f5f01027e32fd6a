//! What a service may answer that nobody hopes for: the campaign's rows H, N8, N10 and N11, each a story of a clip.

mod codes;
mod encrypted;
mod hostile;
mod patience;

use dakbox_sandbox::Options;

use crate::house::{House, WORDS, faulty};

/// A house in which a clip was dropped, and these faults happen.
fn dropped(faults: &[&str], settings: &str) -> House {
    with_clip(faulty(faults), settings)
}

/// A house with such a sandbox and these settings, in which a clip was dropped.
fn with_clip(options: Options, settings: &str) -> House {
    let mut house = House::with(options, settings);
    house.drop_pair("talk", WORDS);
    house.start();
    house
}

/// It comes out whole, was paid for once, and leaves no note behind.
#[track_caller]
fn delivered_once(house: &House) {
    let report = house.delivered("talk");
    assert!(!report.contains("may be missing"), "{report}");
    let world = house.world();
    assert_eq!((world.charges(), world.most_charged()), (1, 1));
    house.wait_for("no note is left", || !house.outbox("talk.waiting.txt").exists());
}
