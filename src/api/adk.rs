//! What all frames of a message stream come to, in the three dialects a service may speak. Pure.
//!
//! Pieces of text (`partial`) are a preview that the whole event replaces; thoughts are not words; tools are
//! noted and never shown; one failure told twice is one failure. A frame of an unknown kind is skipped and counted.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::frame::{self, Frame, Kind};
use super::hiccup;

/// What a frame was, for whoever watches a stream for silence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Heard {
    /// Words of the backend: the piece that came with this frame.
    Words(String),
    /// A tool was called or has answered.
    Tool,
    /// The connection lives; nothing more.
    Beat,
}

/// A failure told inside the stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamError {
    /// Its name or number, where it has one.
    pub code: Option<String>,
    /// What the service says of it.
    pub message: String,
}

/// How many frames are remembered to know a replayed one.
const REMEMBERED: usize = 1 << 16;
/// Words kept of one stream, in bytes. Of more than that the oldest go.
const WORDS_CAP: usize = 1 << 20;
/// What a text costs beside its bytes, so that a million empty ones are not for nothing.
const EACH: usize = 64;
/// Pieces of one preview told apart by their times.
const PIECES: usize = 1024;
/// Speakers told apart; further ones count as one.
const AUTHORS: usize = 64;

/// All that one stream said, frame by frame.
#[derive(Default)]
pub(super) struct Talk {
    said: VecDeque<Said>,
    size: usize,
    authors: Vec<Author>,
    /// Text kept from a preview whose whole event had none: it may still come by itself.
    kept: Option<String>,
    heard: HashSet<u64>,
    /// The number of the very first frame, where that frame was `{"code": N}`.
    first_code: Option<i64>,
    error: Option<StreamError>,
    /// "No content": a failure only where no tool had anything to do.
    wordless: Option<StreamError>,
    pub(super) tools: bool,
    pub(super) frames: u64,
    /// Frames that could not be read, or are of an unknown kind.
    pub(super) skipped: u64,
}

/// A text that counts, and when it was said.
struct Said {
    at: Option<f64>,
    text: String,
}

/// Somebody who speaks.
#[derive(Default)]
struct Author {
    name: String,
    /// The preview: pieces that no whole event has replaced yet.
    pieces: Vec<Said>,
    size: usize,
    /// When the last whole was said: pieces from before belong to it, however late they come.
    whole_at: Option<f64>,
}

impl Talk {
    /// Takes one frame. `whole` is false for a last block that lacks its blank line: it counts only if it parses.
    pub(super) fn hear(&mut self, event: &str, data: &str, whole: bool) -> Heard {
        let read = frame::read(event, data);
        if !whole && read.is_none() {
            return Heard::Beat;
        }
        self.frames += 1;
        if data.trim().is_empty() || event == "heartbeat" || data.trim() == "[DONE]" {
            return Heard::Beat;
        }
        match read {
            Some(frame) => self.frame(&frame, data),
            None => self.broken(event, data),
        }
    }

    /// Takes a frame whose bytes are no text. What it says of a failure is believed, the rest is skipped.
    pub(super) fn hear_spoiled(&mut self, event: &str, data: &str) -> Heard {
        self.frames += 1;
        let Some(frame) = frame::read(event, data) else { return self.broken(event, data) };
        self.skipped += 1;
        if let Some(error) = frame.failure {
            self.failed(error);
        }
        Heard::Beat
    }

    /// The code that refused the message: the very first frame named it, and nothing else was said or done.
    pub(super) fn refusal(&self) -> Option<i64> {
        let silent = self.said.is_empty() && self.authors.iter().all(|a| a.pieces.is_empty()) && !self.tools;
        self.first_code.filter(|_| silent)
    }

    /// The failure it told of. A silent edit is none.
    pub(super) fn error(&self) -> Option<&StreamError> {
        self.error.as_ref().or_else(|| self.wordless.as_ref().filter(|_| !self.tools))
    }

    /// All words in the order they were said, with the previews that nothing replaced.
    pub(super) fn words(&self) -> String {
        let said = in_order(self.said.iter());
        // A piece that stands in a whole says nothing new: it came late.
        let said_in = |piece: &str| said.iter().any(|whole| whole.contains(piece.trim()));
        let previews: Vec<String> = self.authors.iter().map(|a| in_order(a.pieces.iter()).concat()).collect();
        let previews = previews.iter().map(String::as_str).filter(|preview| !said_in(preview));
        let mut all: Vec<&str> = said.iter().copied().chain(previews).map(str::trim).collect();
        all.retain(|t| !t.is_empty());
        hiccup::without(&all)
    }

    fn frame(&mut self, frame: &Frame, data: &str) -> Heard {
        if self.frames == 1 {
            self.first_code = frame.code.filter(|_| frame.failure.is_some());
        }
        // Ids name no frame, so only an event that is equal in every byte, its id and time included, is a replay.
        if frame.has_id && !self.is_new(data) {
            return Heard::Beat;
        }
        if let Some(error) = frame.failure.clone() {
            self.failed(error);
        }
        self.tools |= frame.tool;
        match frame.kind {
            Kind::Piece => self.piece(frame),
            Kind::Whole => self.whole(frame),
            Kind::Unknown => self.skipped += 1,
        }
        match &frame.words {
            Some(words) if !words.is_empty() => Heard::Words(words.clone()),
            _ if frame.tool => Heard::Tool,
            _ => Heard::Beat,
        }
    }

    /// Whether this wasn't here before, as far as is remembered.
    fn is_new(&mut self, what: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        let hash = hasher.finish();
        if self.heard.len() < REMEMBERED { self.heard.insert(hash) } else { !self.heard.contains(&hash) }
    }

    fn author(&mut self, name: &str) -> &mut Author {
        let known = self.authors.iter().position(|a| a.name == name);
        let at = known.unwrap_or_else(|| {
            if self.authors.len() < AUTHORS {
                self.authors.push(Author { name: name.to_owned(), ..Author::default() });
            }
            self.authors.len() - 1
        });
        &mut self.authors[at]
    }

    fn piece(&mut self, frame: &Frame) {
        let Some(text) = frame.words.as_deref().filter(|t| !t.is_empty()) else { return };
        let author = self.author(&frame.author);
        let late = author.whole_at.zip(frame.at).is_some_and(|(whole, at)| at < whole);
        if late || author.size + text.len() > WORDS_CAP {
            return;
        }
        author.size += text.len();
        let full = author.pieces.len() >= PIECES;
        match author.pieces.last_mut() {
            // Pieces of one time, or of none, are one; so are the last of very many.
            Some(last) if full || last.at == frame.at => last.text.push_str(text),
            _ => author.pieces.push(Said { at: frame.at, text: text.to_owned() }),
        }
    }

    /// A whole event: its text replaces the author's preview. One that only calls a tool repeats no text, so the
    /// preview is kept as said; one with neither (a thought, an error, a change of state) ends no turn.
    fn whole(&mut self, frame: &Frame) {
        let words = frame.words.as_deref().filter(|w| !w.is_empty());
        if words.is_none() && !frame.tool {
            return;
        }
        let author = self.author(&frame.author);
        let preview = author.preview(frame.at);
        if words.is_some() || preview.is_some() {
            author.whole_at = frame.at.or(author.whole_at);
        }
        match words {
            Some(words) if self.kept.take().as_deref() == Some(words) => {}
            // Without an id a text that was said is only said again.
            Some(words) if frame.has_id || self.is_new(words) => self.say(frame.at, words),
            Some(_) => {}
            None => {
                if let Some(preview) = &preview {
                    self.say(frame.at, preview);
                }
                self.kept = preview.or(self.kept.take());
            }
        }
    }

    fn say(&mut self, at: Option<f64>, text: &str) {
        let text = &text[..text.floor_char_boundary(WORDS_CAP)];
        self.said.push_back(Said { at, text: text.to_owned() });
        self.size += text.len() + EACH;
        while self.size > WORDS_CAP && self.said.len() > 1 {
            self.size -= self.said.pop_front().map_or(0, |gone| gone.text.len() + EACH);
        }
    }

    /// The first failure stays: a second one tells of the same.
    fn failed(&mut self, error: StreamError) {
        let wordless = match error.code.as_deref() {
            Some("MODEL_RETURNED_NO_CONTENT") => true,
            // What older releases said of it.
            Some("STOP") => error.message.is_empty(),
            _ => false,
        };
        if wordless { &mut self.wordless } else { &mut self.error }.get_or_insert(error);
    }

    /// A frame that is no JSON. Old servers paste an error's text in unescaped; anything else is skipped.
    fn broken(&mut self, event: &str, data: &str) -> Heard {
        let squeezed = data.trim_start().strip_prefix('{').map(str::trim_start);
        let message = match squeezed.and_then(|d| d.strip_prefix("\"error\"")) {
            Some(rest) => {
                let rest = rest.trim_start_matches([':', ' ', '"']);
                rest.trim_end().trim_end_matches('}').trim_end().trim_end_matches('"')
            }
            None if event == "error" => data.trim(),
            None => {
                self.skipped += 1;
                return Heard::Beat;
            }
        };
        self.failed(StreamError { code: None, message: message.to_owned() });
        Heard::Beat
    }
}

impl Author {
    /// Takes the preview that a whole of that time ends; pieces of a later time belong to a later turn.
    fn preview(&mut self, whole_at: Option<f64>) -> Option<String> {
        let ended = |piece: &mut Said| piece.at.zip(whole_at).is_none_or(|(at, whole)| at <= whole);
        let taken: Vec<Said> = self.pieces.extract_if(.., ended).collect();
        self.size = self.pieces.iter().map(|piece| piece.text.len()).sum();
        Some(in_order(taken.iter()).concat()).filter(|preview| !preview.is_empty())
    }
}

/// Texts in the order of their times, where all have one, and else as they came.
fn in_order<'a>(texts: impl Iterator<Item = &'a Said>) -> Vec<&'a str> {
    let mut texts: Vec<&Said> = texts.collect();
    if texts.iter().all(|text| text.at.is_some()) {
        texts.sort_by(|a, b| a.at.unwrap_or_default().total_cmp(&b.at.unwrap_or_default()));
    }
    texts.into_iter().map(|said| said.text.as_str()).collect()
}

#[cfg(test)]
#[path = "adk_tests.rs"]
mod tests;
