//! The film's last way: rendered, fetched and checked, from wherever the service says it lies.

mod addresses;
mod downloads;
mod elsewhere;
mod exports;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use dakbox_sandbox::Options;

use crate::house::{House, WORDS, faulty, sha256};

/// A clip's story under these faults; it is delivered, with the film that was rendered.
fn delivered_under(faults: &[&str]) -> House {
    delivered_by(House::with(faulty(faults), ""), faults)
}

fn delivered_by(mut house: House, faults: &[&str]) -> House {
    let seen = seen_until_delivered(&mut house, faults);
    assert_delivered(&house, &seen, faults);
    house
}

/// What was seen under a film's name until the clip was delivered.
fn seen_until_delivered(house: &mut House, faults: &[&str]) -> Vec<String> {
    eprintln!("{faults:?}");
    let seen = Eye::on(house);
    house.drop_pair("talk", WORDS);
    house.start();
    house.delivered("talk");
    seen.shut()
}

/// What holds of every film that was delivered, whatever happened on its way.
fn assert_delivered(house: &House, seen: &[String], faults: &[&str]) {
    assert_one_of(&house.world().films(), house, seen, faults);
}

/// The same, where the film is one of these.
fn assert_one_of(films: &[String], house: &House, seen: &[String], faults: &[&str]) {
    let world = house.world();
    let film = fs::read(house.outbox("talk.mp4")).unwrap();
    assert!(films.contains(&sha256(&film)), "{faults:?}");
    assert!(seen.iter().all(|hash| films.contains(hash)), "{faults:?}: a part under a film's name");
    assert_eq!((world.charges(), world.requests("message")), (1, 1), "{faults:?}");
    assert_eq!(House::names(&house.outbox("")), ["talk.mp4", "talk.report.txt"], "{faults:?}");
}

/// A render that takes long enough for one to look at it before it is done, however busy the machine: one that is done
/// can't fail any more.
fn slow(faults: &[&str]) -> Options {
    Options { render_time: Duration::from_secs(3), ..faulty(faults) }
}

/// An eye on the outbox: whatever is seen there under a film's name.
struct Eye {
    shut: Arc<AtomicBool>,
    watching: JoinHandle<Vec<String>>,
}

impl Eye {
    fn on(house: &House) -> Self {
        let (shut, outbox) = (Arc::new(AtomicBool::new(false)), house.outbox(""));
        let until = Arc::clone(&shut);
        let watching = spawn(move || {
            let mut seen = Vec::new();
            while !until.load(Ordering::SeqCst) {
                for name in House::names(&outbox) {
                    let is_film = name.strip_suffix(".mp4").is_some_and(|stem| !stem.starts_with('.'));
                    let hash =
                        fs::read(outbox.join(&name)).ok().filter(|_| is_film).map(|film| sha256(&film));
                    seen.extend(hash.filter(|hash| !seen.contains(hash)));
                }
                sleep(Duration::from_millis(1));
            }
            seen
        });
        Self { shut, watching }
    }

    /// The hashes of all that was seen.
    fn shut(self) -> Vec<String> {
        self.shut.store(true, Ordering::SeqCst);
        self.watching.join().unwrap()
    }
}
