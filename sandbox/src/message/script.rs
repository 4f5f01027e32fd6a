//! What a run's stream will say, written before it begins: words, calls, results, and where the draft moves.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::phrases::{self, Told};
use super::request::Wanted;
use super::spoil;
use super::voice::{Tool, Voice};
use crate::faults::{Beat as Form, Kind, Spoil};
use crate::handle::Ask;
use crate::options::Dialect;
use crate::sandbox::Sandbox;

/// One thing that happens in a run.
#[derive(Debug)]
pub(super) enum Beat {
    /// A frame is sent.
    Say(Bytes),
    /// The draft moves.
    Edit,
    /// The run ends with an error.
    Fail,
    /// Heartbeats, without end, of that form or of all in turn.
    Heartbeats(Option<Form>),
    /// One frame of so many bytes, without its end.
    Flood(u64),
    /// So many tiny frames.
    Tiny(u64),
}

/// A whole run.
pub(super) struct Script {
    pub(super) beats: Vec<Beat>,
    /// The words the draft is edited by.
    pub(super) words: String,
    /// What it speaks.
    pub(super) dialect: Dialect,
}

/// What the writer goes by.
struct Ways {
    words: String,
    /// What is said at the end, unless the edit is silent.
    closing: Option<String>,
    moves: bool,
    /// It puts something to the person, and does nothing.
    asks: bool,
    generates: bool,
}

impl Script {
    /// Writes the run of a message, as faults want it.
    pub(super) fn write(sandbox: &Sandbox, ask: &Ask, account: usize, wanted: &Wanted) -> Self {
        let ways = ways(sandbox, ask, account, wanted);
        let dialect =
            ask.hits.spoils().find_map(|s| if let Spoil::Speak(other) = s { Some(*other) } else { None });
        let dialect = dialect.unwrap_or(sandbox.options.dialect);
        let beats = spoil::spoil(beats(ask, &ways, Voice::new(dialect)), &ask.hits);
        Self { beats, words: ways.words, dialect }
    }

    /// A captured answer in its place: the draft moves before its first byte, if at all.
    pub(super) fn play(ask: &Ask, wanted: &Wanted, pieces: Vec<Bytes>) -> Self {
        let edit = (!ask.hits.has(&Kind::Unchanged)).then_some(Beat::Edit);
        let beats = edit.into_iter().chain(pieces.into_iter().map(Beat::Say)).collect();
        Self { beats: spoil::spoil(beats, &ask.hits), words: wanted.words.clone(), dialect: Dialect::Adk }
    }

    /// The length of all frames together.
    pub(super) fn length(&self) -> usize {
        self.beats.iter().map(|beat| if let Beat::Say(frame) = beat { frame.len() } else { 0 }).sum()
    }
}

/// The run of a message, beat by beat.
fn beats(ask: &Ask, ways: &Ways, mut voice: Voice) -> Vec<Beat> {
    let has = |kind: &Kind| ask.hits.has(kind);
    let mut beats = Vec::new();
    let say = |beats: &mut Vec<Beat>, frames: Vec<String>| {
        beats.extend(frames.into_iter().map(|frame| Beat::Say(frame.into())));
    };
    if has(&Kind::Nothing) {
        return beats;
    }
    if let Some(question) = ways.closing.as_ref().filter(|_| ways.asks) {
        say(&mut beats, voice.speaks(question));
        return beats;
    }
    let tool = Tool::new(ways.generates);
    say(&mut beats, voice.begins(&tool, ways.closing.is_some()));
    if has(&Kind::Error) {
        say(&mut beats, vec![voice.fails("RuntimeError", "ffmpeg died: কোড ১ 🎬")]);
        beats.push(Beat::Fail);
        return beats;
    }
    if has(&Kind::ErrorEvent) {
        let quota = "রেন্ডার কোটা শেষ: quota exceeded, retry in 30s";
        say(&mut beats, vec![voice.complains("RESOURCE_EXHAUSTED", quota)]);
    }
    say(&mut beats, voice.result(&tool));
    if ways.moves {
        beats.push(Beat::Edit);
    }
    if has(&Kind::Heartbeats) {
        beats.push(Beat::Heartbeats(spoil::form(&ask.hits)));
        return beats;
    }
    match &ways.closing {
        Some(closing) => say(&mut beats, voice.speaks(closing)),
        None => say(&mut beats, voice.says_nothing()),
    }
    if has(&Kind::Trouble) {
        say(&mut beats, voice.speaks("I encountered a temporary issue. Please try again later."));
    }
    beats
}

fn ways(sandbox: &Sandbox, ask: &Ask, account: usize, wanted: &Wanted) -> Ways {
    let mut world = sandbox.world();
    let session = world.session_mut(account, &wanted.session);
    let content = session.as_ref().map(|session| session.content()).unwrap_or_default();
    let after = session.as_ref().map(|session| session.edited(&wanted.words));
    let mut told = Told::new(&wanted.words, &after.unwrap_or_default());
    told.generates = session.as_ref().is_none_or(|session| session.generates());
    told.unread = session.as_ref().is_some_and(|session| session.media.iter().any(|media| !media.probed));
    let says = ask.hits.says().filter(|said| session.is_some_and(|session| session.is_said(*said)));
    drop(world);
    let generates = told.generates;
    let lot = lot(sandbox.options.seed, &content, &wanted.words);
    // Where the film will be another one, that is said, whatever the lot.
    let silent = !generates && lot < sandbox.options.silent && !sandbox.lacks_tools();
    let silent = silent || ask.hits.has(&Kind::Silent);
    let asks = says.is_some_and(|said| said.holds().is_some());
    let closing = match says {
        Some(said) => phrases::said(said, &told),
        None => phrases::closing(sandbox, &told),
    };
    Ways {
        words: wanted.words.clone(),
        closing: (says.is_some() || !silent).then_some(closing),
        moves: !asks && !ask.hits.has(&Kind::Unchanged),
        asks,
        generates,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_are_fixed_by_their_seed_and_spread_evenly() {
        assert!((lot(1, "c", "w") - lot(1, "c", "w")).abs() < f64::EPSILON);
        let low = (0..1000).filter(|seed| lot(*seed, "c", "w") < 0.3).count();
        assert!((250..350).contains(&low), "{low}");
    }
}
