//! Faults of a message's stream: how it is spoken, spelled, repeated, shuffled and swollen.

use std::path::PathBuf;

use super::kind::{self, wrong};
use super::said::Said;
use crate::error::FaultError;
use crate::options::Dialect;

/// What is done to a message's stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Spoil {
    /// The answer in that file is played in its place.
    Play(PathBuf),
    /// It speaks that dialect.
    Speak(Dialect),
    /// It says something else than usual.
    Says(Said),
    /// So many heartbeats come before it.
    Beats(u16),
    /// Heartbeats have that form alone.
    Beat(Beat),
    /// Each frame comes twice.
    Twice,
    /// All frames come once more at the end.
    Replay,
    /// Neighbours change places.
    Shuffle,
    /// Its lines end so.
    Lines(Lines),
    /// One odd frame comes in its middle.
    Odd(Odd),
    /// A code comes in its middle.
    Later(String),
    /// One frame of so many bytes comes near its end.
    Flood(u64),
    /// So many tiny frames come near its end.
    Tiny(u64),
    /// Its head holds that line.
    Head(String, String),
}

/// The form of a heartbeat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Beat {
    Type,
    Event,
    Empty,
    Comment,
}

/// How lines end, or begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lines {
    Crlf,
    Cr,
    Bom,
    /// Each frame's JSON on several `data:` lines, between comments and other fields.
    Many,
}

/// An odd frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Odd {
    Json,
    Utf8,
    Type,
    Done,
    /// An error, pasted in without escapes.
    Error,
}

impl Spoil {
    /// The kind of that name, if it is one of these.
    pub(super) fn parse(name: &str, value: Option<&str>) -> Result<Option<Self>, FaultError> {
        let bare = match name {
            "twice" => Some(Self::Twice),
            "replay" => Some(Self::Replay),
            "shuffle" => Some(Self::Shuffle),
            _ => None,
        };
        if bare.is_some() {
            return value.map_or(Ok(bare), |value| Err(wrong(name, value, "it takes none")));
        }
        if let Some(said) = Said::parse(name, value)? {
            return Ok(Some(Self::Says(said)));
        }
        let text = value.unwrap_or("");
        let bad = |wanted| wrong(name, text, wanted);
        Ok(Some(match name {
            "play" if !text.is_empty() => Self::Play(text.into()),
            "play" => return Err(bad("a file")),
            "dialect" => Self::Speak(dialect(text).ok_or_else(|| bad("nemo, adk, adk-whole or adk-1"))?),
            "beats" => {
                Self::Beats(text.parse().ok().filter(|n| *n <= 500).ok_or_else(|| bad("500 at most"))?)
            }
            "beat" => Self::Beat(beat(text).ok_or_else(|| bad("type, event, empty or comment"))?),
            "lines" => Self::Lines(lines(text).ok_or_else(|| bad("crlf, cr, bom or many"))?),
            "odd" => Self::Odd(odd(text).ok_or_else(|| bad("json, utf8, type, done or error"))?),
            "later" => Self::Later(kind::code(name, text)?),
            "flood" => Self::Flood(text.parse().map_err(|_| bad("a number of bytes"))?),
            "tiny" => Self::Tiny(text.parse().map_err(|_| bad("a number of frames"))?),
            "head" => {
                let (key, value) = text.split_once(':').ok_or_else(|| bad("a line like name: value"))?;
                // A header may be there and say nothing.
                let value = value.trim_start();
                let value = if value.is_empty() { String::new() } else { kind::header(name, value)? };
                Self::Head(kind::header(name, key)?, value)
            }
            _ => return Ok(None),
        }))
    }
}

fn dialect(text: &str) -> Option<Dialect> {
    Some(match text {
        "nemo" => Dialect::Nemo,
        "adk" => Dialect::Adk,
        "adk-whole" => Dialect::AdkWhole,
        "adk-1" => Dialect::AdkOld,
        _ => return None,
    })
}

fn beat(text: &str) -> Option<Beat> {
    Some(match text {
        "type" => Beat::Type,
        "event" => Beat::Event,
        "empty" => Beat::Empty,
        "comment" => Beat::Comment,
        _ => return None,
    })
}

fn lines(text: &str) -> Option<Lines> {
    Some(match text {
        "crlf" => Lines::Crlf,
        "cr" => Lines::Cr,
        "bom" => Lines::Bom,
        "many" => Lines::Many,
        _ => return None,
    })
}

fn odd(text: &str) -> Option<Odd> {
    Some(match text {
        "json" => Odd::Json,
        "utf8" => Odd::Utf8,
        "type" => Odd::Type,
        "done" => Odd::Done,
        "error" => Odd::Error,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_what_happens() {
        let cases = [
            ("play", "a b.http", Spoil::Play("a b.http".into())),
            ("dialect", "nemo", Spoil::Speak(Dialect::Nemo)),
            ("beats", "20", Spoil::Beats(20)),
            ("beat", "comment", Spoil::Beat(Beat::Comment)),
            ("lines", "cr", Spoil::Lines(Lines::Cr)),
            ("odd", "utf8", Spoil::Odd(Odd::Utf8)),
            ("later", "2001", Spoil::Later("2001".into())),
            ("tiny", "1000000", Spoil::Tiny(1_000_000)),
            ("head", "content-type:", Spoil::Head("content-type".into(), String::new())),
            ("head", "content-type: text/html", Spoil::Head("content-type".into(), "text/html".into())),
        ];
        for (name, value, spoil) in cases {
            assert_eq!(Spoil::parse(name, Some(value)).unwrap(), Some(spoil));
            assert!(Spoil::parse(name, None).is_err(), "{name}");
        }
        assert_eq!(Spoil::parse("twice", None).unwrap(), Some(Spoil::Twice));
        assert_eq!(Spoil::parse("hang", None).unwrap(), None);
        for (name, value) in
            [("twice", "2"), ("beats", "501"), ("dialect", "old"), ("later", "x"), ("head", "x")]
        {
            assert!(Spoil::parse(name, Some(value)).is_err(), "{name}={value}");
        }
    }
}
