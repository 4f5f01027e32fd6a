//! One language for a page that lays itself out: sentences of the catalogue, and parts of a page made of them.

use std::time::Duration;

use super::catalogue::{Args, Catalogue, of};
use super::{Doing, Note, page, show};
use crate::config::Language;

/// A language to speak.
#[derive(Clone, Copy)]
pub struct Tongue(&'static Catalogue);

/// What a sentence is about: names with their values. What comes from outside is made harmless here.
#[derive(Default)]
pub struct About(Args);

impl About {
    /// A text of ours: a number that was written, a time.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        Self(self.0.with(name, Some(value.into())))
    }

    /// A name from outside.
    #[must_use]
    pub fn name(self, name: &'static str, raw: &str) -> Self {
        Self(self.0.with(name, Some(show::name(raw))))
    }

    /// A number, written in the digits of the language.
    #[must_use]
    pub fn count(self, name: &'static str, n: u64) -> Self {
        Self(self.0.count(name, Some(n)))
    }
}

impl Tongue {
    /// English.
    pub fn english() -> Self {
        Self(of(Language::English)[0])
    }

    /// Bangla.
    pub fn bangla() -> Self {
        Self(of(Language::Bangla)[0])
    }

    /// Its short name, as a page states it.
    pub fn tag(self) -> &'static str {
        self.0.tag()
    }

    /// A sentence that needs nothing to be known.
    pub fn word(self, message: &str) -> String {
        self.say(message, About::default())
    }

    /// A sentence, as well as what is known allows; empty where that allows none.
    #[expect(clippy::needless_pass_by_value, reason = "it is made for the one sentence")]
    pub fn say(self, message: &str, about: About) -> String {
        show::unjoined(&self.0.say(message, &about.0).unwrap_or_default())
    }

    /// A sentence about one number.
    pub fn count(self, message: &str, n: u64) -> String {
        self.say(message, About::default().count("count", n))
    }

    /// A number that was written with the digits of English, as this language writes it.
    pub fn number(self, written: &str) -> String {
        self.0.number(written)
    }

    /// A number of credits.
    pub fn amount(self, n: f64) -> String {
        self.number(&show::amount(n))
    }

    /// A size, with its unit.
    pub fn size(self, bytes: u64) -> String {
        show::unjoined(&self.0.size(bytes))
    }

    /// A length of time as players show it.
    pub fn clock(self, ms: u64) -> String {
        self.number(&show::clock(ms))
    }

    /// How long something takes, or took, to the unit that matters.
    pub fn lasting(self, seconds: u64) -> String {
        let (unit, n) = match seconds {
            0..60 => ("lasts-seconds", seconds),
            60..3600 => ("lasts-minutes", seconds / 60),
            3600..86_400 => ("lasts-hours", seconds / 3600),
            _ => ("lasts-days", seconds / 86_400),
        };
        self.count(unit, n)
    }

    /// How long something still takes, as exactly as it can be known.
    pub fn left(self, left: Duration) -> String {
        let seconds = left.as_secs();
        if seconds < 60 {
            return self.word("left-soon");
        }
        // To the minute, and beyond ten minutes to five of them.
        let step = if seconds < 600 { 60 } else { 300 };
        let time = self.lasting((seconds + step / 2) / step * step);
        self.say("left-about", About::default().with("time", time))
    }

    /// What a job does, as a part of a page.
    pub fn doing(self, doing: &Doing) -> String {
        page::doing(doing, self.0)
    }

    /// What happened, the first thing to do, and the code, as a part of a page.
    pub fn why(self, note: &Note) -> String {
        page::why(note, self.0)
    }

    /// All that is to do about it, each a paragraph that is made safe for a page.
    pub fn steps(self, note: &Note) -> Vec<String> {
        let args = note.args(self.0);
        let steps = self.0.steps(note.why(), &args);
        steps.iter().map(|step| page::sentence(step)).collect()
    }

    /// What happened, safe for a page.
    pub fn happened(self, note: &Note) -> String {
        let said = self.0.say(note.why(), &note.args(self.0)).unwrap_or_default();
        page::sentence(&said)
    }
}

/// A name as it is shown: on one line, a long one cut in the middle, without tricks.
pub fn shown_name(raw: &str) -> String {
    show::unjoined(&show::name(raw))
}

/// The same in full.
pub fn whole_name(raw: &str) -> String {
    show::one_line(raw)
}

/// Somebody else's words, line by line, without tricks: at most so many characters.
pub fn others_words(raw: &str, most: usize) -> String {
    let mut out = String::new();
    for line in raw.lines() {
        out += &show::one_line(line);
        out.push('\n');
    }
    if out.chars().count() > most {
        out = out.chars().take(most).collect::<String>() + "...";
    }
    out.trim().to_owned()
}

/// An address that can be a link; nothing where it could not be one.
pub fn safe_link(raw: &str) -> Option<String> {
    let is_web = raw.starts_with("https://") || raw.starts_with("http://");
    show::link(raw).filter(|_| is_web)
}
