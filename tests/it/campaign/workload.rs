//! What is dropped in a trial: clips of several containers and sizes, with words of one or more steps, some of them twice.

use std::collections::BTreeSet;
use std::fs;

use super::seed::Random;
use crate::house::{House, media, sha256};

/// A clip and its text.
pub(super) struct Dropped {
    /// Below the inbox, without its ending.
    pub(super) stem: String,
    pub(super) ending: &'static str,
    pub(super) bytes: Vec<u8>,
    /// SHA-256 of the bytes, as the sandbox knows the clip.
    pub(super) content: String,
    /// The messages, one a step.
    pub(super) steps: Vec<String>,
    headers: &'static str,
}

impl Dropped {
    /// The clip's path below the inbox.
    pub(super) fn path(&self) -> String {
        format!("{}.{}", self.stem, self.ending)
    }

    fn text(&self) -> String {
        format!("{}{}\n", self.headers, self.steps.join("\n---\n"))
    }
}

/// All that is dropped.
pub(super) struct Workload {
    pub(super) drops: Vec<Dropped>,
}

const SAMPLES: [&str; 9] = [
    "moov-first.mp4",
    "moov-last.mp4",
    "fragmented.mp4",
    "quicktime.mov",
    "plain.mkv",
    "plain.webm",
    "plain.avi",
    "plain.wav",
    "plain.jpg",
];
const FOLDERS: [&str; 4] = ["", "", "news/", "খবর/today/"];
const ASKED: [&str; 4] = ["add Bangla subtitles", "make it shorter", "সাবটাইটেল দাও", "add music, softly"];

impl Workload {
    /// So many clips, each another one; one in four is dropped a second time under another name.
    pub(super) fn of(random: &mut Random, count: usize) -> Self {
        let mut drops: Vec<Dropped> = (0..count).map(|nth| dropped(random, nth)).collect();
        for nth in 0..count {
            if random.chance(25) {
                drops.push(again(&drops[nth]));
            }
        }
        Self { drops }
    }

    /// One clip with so many steps.
    #[cfg(feature = "crash-points")]
    pub(super) fn one(random: &mut Random, steps: usize) -> Self {
        let mut one = dropped(random, 0);
        one.steps = (0..steps).map(|step| format!("step {step} of the one clip")).collect();
        Self { drops: vec![one] }
    }

    /// Drops all of it. The folders of the outbox are made before, so that whoever watches them misses nothing.
    pub(super) fn put(&self, house: &House) {
        for dropped in &self.drops {
            fs::create_dir_all(house.outbox(&dropped.stem).parent().unwrap()).unwrap();
            house.drop_file(format!("{}.txt", dropped.stem), dropped.text());
            house.drop_file(dropped.path(), &dropped.bytes);
        }
    }

    /// Bytes of each different content, once.
    pub(super) fn size(&self) -> u64 {
        let mut known = BTreeSet::new();
        self.drops.iter().filter(|d| known.insert(&d.content)).map(|d| d.bytes.len() as u64).sum()
    }
}

fn dropped(random: &mut Random, nth: usize) -> Dropped {
    let sample = random.pick(&SAMPLES);
    let ending = sample.rsplit_once('.').unwrap().1;
    // Mostly small; some take several pieces of an upload.
    let most = if random.chance(20) { 600_000 } else { 20_000 };
    let length = 16 + usize::try_from(random.below(most)).unwrap();
    let bytes = padded(&media(sample), ending, &random.bytes(length));
    let steps = (0..=random.below(3)).map(|step| format!("{} ({nth}.{step})", random.pick(&ASKED))).collect();
    Dropped {
        stem: format!("{}clip {nth}", random.pick(&FOLDERS)),
        ending,
        content: sha256(&bytes),
        bytes,
        steps,
        headers: random.pick(&["", "", "Quality: low\n\n", "Priority: high\n\n"]),
    }
}

fn again(first: &Dropped) -> Dropped {
    Dropped {
        stem: format!("{} once more", first.stem),
        ending: first.ending,
        bytes: first.bytes.clone(),
        content: first.content.clone(),
        steps: first.steps.clone(),
        headers: first.headers,
    }
}

/// The sample with bytes of its own in it, where its container has room for what nobody reads.
fn padded(sample: &[u8], ending: &str, own: &[u8]) -> Vec<u8> {
    let length = u32::try_from(own.len()).unwrap();
    match ending {
        "mp4" | "mov" => [sample, &(length + 8).to_be_bytes(), b"free", own].concat(),
        "avi" | "wav" => {
            let own = &own[..own.len() / 2 * 2];
            let length = u32::try_from(own.len()).unwrap();
            let mut whole = [sample, b"JUNK", &length.to_le_bytes(), own].concat();
            let riff = u32::try_from(whole.len() - 8).unwrap();
            whole[4..8].copy_from_slice(&riff.to_le_bytes());
            whole
        }
        // A Void element behind the segment, with its length in eight bytes.
        "mkv" | "webm" => {
            let length = (u64::from(length) | 1 << 56).to_be_bytes();
            [sample, &[0xEC], &length, own].concat()
        }
        _ => [sample, own].concat(),
    }
}
