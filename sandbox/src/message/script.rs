//! What a run's stream will say, written before it begins: words, calls, results, and where the draft moves.

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::adk::{self, Events, Whole};
use super::request::Wanted;
use crate::draft::short;
use crate::faults::Kind;
use crate::handle::Ask;
use crate::sandbox::Sandbox;

/// One thing that happens in a run.
pub(super) enum Beat {
    /// A frame is sent.
    Say(Bytes),
    /// The draft moves.
    Edit,
    /// The run ends with an error.
    Fail,
    /// Heartbeats, without end.
    Heartbeats,
}

/// A whole run.
pub(super) struct Script {
    pub(super) beats: Vec<Beat>,
    /// The words the draft is edited by.
    pub(super) words: String,
}

/// What the writer goes by.
struct Ways {
    words: String,
    /// What is said at the end, unless the edit is silent.
    closing: Option<String>,
    moves: bool,
    generates: bool,
}

impl Script {
    /// Writes the run of a message, as faults want it.
    pub(super) fn write(sandbox: &Sandbox, ask: &Ask, account: usize, wanted: &Wanted) -> Self {
        let has = |kind: &Kind| ask.hits.has(kind);
        let ways = ways(sandbox, ask, account, wanted);
        let mut events = Events::new();
        let mut beats = Vec::new();
        let mut say = |frame: String| beats.push(Beat::Say(frame.into()));
        if has(&Kind::Nothing) {
            return Self { beats, words: ways.words };
        }
        let call = begins(&mut events, &mut say, &ways);
        if has(&Kind::Error) {
            say(adk::error_frame("RuntimeError", "ffmpeg died: কোড ১ 🎬"));
            beats.push(Beat::Fail);
            return Self { beats, words: ways.words };
        }
        if has(&Kind::ErrorEvent) {
            say(events.error_event("RESOURCE_EXHAUSTED", "রেন্ডার কোটা শেষ: quota exceeded, retry in 30s"));
        }
        say(result(&mut events, &call, ways.generates));
        if ways.moves {
            beats.push(Beat::Edit);
        }
        if has(&Kind::Heartbeats) {
            beats.push(Beat::Heartbeats);
            return Self { beats, words: ways.words };
        }
        let mut say = |frame: String| beats.push(Beat::Say(frame.into()));
        match &ways.closing {
            Some(closing) => speaks(&mut events, &mut say, closing),
            None => say(events.error_event(
                "MODEL_RETURNED_NO_CONTENT",
                "The model returned no content (finish_reason=STOP with empty parts).",
            )),
        }
        if has(&Kind::Trouble) {
            let trouble = [json!({"text": "I encountered a temporary issue. Please try again later."})];
            say(events.event(&trouble, Whole::Turn, Uuid::new_v4()));
        }
        Self { beats, words: ways.words }
    }

    /// The length of all frames together.
    pub(super) fn length(&self) -> usize {
        self.beats.iter().map(|beat| if let Beat::Say(frame) = beat { frame.len() } else { 0 }).sum()
    }
}

fn ways(sandbox: &Sandbox, ask: &Ask, account: usize, wanted: &Wanted) -> Ways {
    let world = sandbox.world();
    let session = world.session(account, &wanted.session);
    let content = session.map(super::super::world::Session::content).unwrap_or_default();
    let generates = content.is_empty();
    let unread = session.is_some_and(|session| session.media.iter().any(|media| !media.probed));
    drop(world);
    let lot = lot(sandbox.options.seed, &content, &wanted.words);
    // Where the film will be another one, that is said, whatever the lot.
    let silent = !generates && lot < sandbox.options.silent && !sandbox.lacks_tools();
    let silent = silent || ask.hits.has(&Kind::Silent);
    let closing = closing(sandbox, &wanted.words, generates, unread);
    Ways {
        words: wanted.words.clone(),
        closing: (!silent).then_some(closing),
        moves: !ask.hits.has(&Kind::Unchanged),
        generates,
    }
}

/// What the backend says at the end. It assumes a screen, as the real one does.
fn closing(sandbox: &Sandbox, words: &str, generates: bool, unread: bool) -> String {
    let done = if generates {
        "একটি নতুন ক্লিপ তৈরি করা হয়েছে"
    } else {
        "বাংলা ক্যাপশন যোগ করা হয়েছে"
    };
    let film = if sandbox.tools.is_none() {
        " This sandbox has no ffmpeg, so the film will be its sample and not yours."
    } else if unread && !generates {
        " This sandbox could not read the file, so the film will be its sample and not yours."
    } else {
        ""
    };
    let asked = short(words, 80);
    format!(
        "{done}। I did what you asked: “{asked}”.{film} You can preview in timeline, then click [Export button] to save it."
    )
}

/// A number from 0 to 1 that the seed, the clip and the words decide.
#[expect(clippy::cast_precision_loss, reason = "a lot need not be exact")]
fn lot(seed: u64, content: &str, words: &str) -> f64 {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    hash.update(content.as_bytes());
    hash.update([0]);
    hash.update(words.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    u64::from_be_bytes(first) as f64 / u64::MAX as f64
}

/// The first turn: a word or two where the edit isn't silent, a thought, and the call of a tool. Gives the call's id.
fn begins(events: &mut Events, say: &mut impl FnMut(String), ways: &Ways) -> String {
    let id = Uuid::new_v4();
    let call = format!("adk-{}", Uuid::new_v4());
    let name = if ways.generates { "generate_video" } else { "add_captions" };
    let calls =
        json!({"functionCall": {"id": call, "args": {"language": "bn", "clip_id": "c1"}, "name": name}});
    let mut turn: Vec<Value> = Vec::new();
    if ways.closing.is_some() {
        let thought = json!({"text": "The user wants captions.", "thought": true});
        let text = json!({"text": "কাজ শুরু করছি… "});
        say(events.event(std::slice::from_ref(&thought), Whole::Partial, id));
        say(events.event(std::slice::from_ref(&text), Whole::Partial, id));
        turn.extend([thought, text]);
    }
    turn.push(calls);
    say(events.event(&turn, Whole::Turn, id));
    call
}

fn result(events: &mut Events, call: &str, generates: bool) -> String {
    let name = if generates { "generate_video" } else { "add_captions" };
    let response = json!({"status": "ok", "clip_id": "c1", "note": null});
    let part = json!({"functionResponse": {"id": call, "name": name, "response": response}});
    events.event(&[part], Whole::Result, Uuid::new_v4())
}

/// The last turn: pieces, then the whole of them.
fn speaks(events: &mut Events, say: &mut impl FnMut(String), closing: &str) {
    let id = Uuid::new_v4();
    let mut pieces: Vec<String> = Vec::new();
    for word in closing.split_inclusive(' ') {
        match pieces.last_mut() {
            Some(piece) if piece.chars().count() < 40 => piece.push_str(word),
            _ => pieces.push(word.to_owned()),
        }
    }
    for piece in &pieces {
        say(events.event(&[json!({"text": piece})], Whole::Partial, id));
    }
    say(events.event(&[json!({"text": closing})], Whole::Turn, id));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_are_fixed_by_their_seed_and_spread_evenly() {
        assert!((lot(1, "c", "w") - lot(1, "c", "w")).abs() < f64::EPSILON);
        let low = (0..1000).filter(|seed| lot(*seed, "c", "w") < 0.3).count();
        assert!((250..350).contains(&low), "{low}");
    }

    #[test]
    fn the_whole_repeats_its_pieces() {
        let mut frames: Vec<Value> = Vec::new();
        let mut say = |frame: String| frames.push(serde_json::from_str(frame[6..].trim()).unwrap());
        speaks(
            &mut Events::new(),
            &mut say,
            "এক দুই three four, five six seven eight nine ten eleven twelve thirteen.",
        );
        let (whole, pieces) = frames.split_last().unwrap();
        assert!(pieces.len() > 1);
        let text = |frame: &Value| frame["content"]["parts"][0]["text"].as_str().unwrap().to_owned();
        assert_eq!(pieces.iter().map(text).collect::<String>(), text(whole));
    }
}
