//! Answers that no good service gives: endless, packed, too deep, of a wrong length, behind a flood of headers.

use std::time::Duration;

use hyper::StatusCode;

use super::kind::{duration, wrong};
use crate::error::FaultError;

/// What is nasty about an answer.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Nasty {
    /// That status without any body.
    Bare(StatusCode),
    /// JSON with one text in it, so many bytes long; `None`: without end.
    Huge(Option<u64>),
    /// JSON nested so deep.
    Deep(usize),
    /// A gzip stream that unpacks to so many bytes of zeros.
    Bomb(u64),
    /// The call's own answer, announced so much shorter or longer than it is.
    Length(i64),
    /// So much of the call's own answer, announced as whole.
    Truncate(u64),
    /// The call's own answer with one header of so many bytes.
    BigHeader(usize),
    /// The call's own answer with so many headers.
    Headers(usize),
    /// The call's own answer with a cookie.
    Cookie(String),
    /// The call's own answer after so many early hints; `None`: hints without end.
    Hints(Option<u64>),
    /// The call's own answer, headers and all, byte by byte.
    Loris(Duration),
}

impl Nasty {
    /// The nasty thing of that name; `None` where there is none of it.
    pub(super) fn parse(name: &str, text: &str) -> Option<Result<Self, FaultError>> {
        let amount = |wanted| bytes(text).ok_or_else(|| wrong(name, text, wanted));
        let count = || text.parse().ok().filter(|n| *n <= 30_000).ok_or_else(|| wrong(name, text, COUNT));
        let or_endless = || match text {
            "endless" => Ok(None),
            _ => amount("a size like 2GB, or endless").map(Some),
        };
        Some(match name {
            "bare" => status(name, text).map(Self::Bare),
            "huge" => or_endless().map(Self::Huge),
            "deep" => text.parse().map(Self::Deep).map_err(|_| wrong(name, text, COUNT)),
            "bomb" => amount(SIZE).map(Self::Bomb),
            "length" => text.parse().map(Self::Length).map_err(|_| wrong(name, text, "-10 or +10 bytes")),
            "truncate" => {
                percent(text).ok_or_else(|| wrong(name, text, "a share like 50%")).map(Self::Truncate)
            }
            "big-header" => amount(SIZE).map(|size| Self::BigHeader(usize::try_from(size).unwrap_or(0))),
            "headers" => count().map(Self::Headers),
            "cookie" => Ok(Self::Cookie(text.to_owned())),
            "hints" => or_endless().map(Self::Hints),
            "loris" => duration(name, text).map(Self::Loris),
            _ => return None,
        })
    }

    /// Whether it stands in place of the call; else the call is carried out, and its answer made nasty.
    pub(crate) const fn replaces(&self) -> bool {
        matches!(self, Self::Bare(_) | Self::Huge(_) | Self::Deep(_) | Self::Bomb(_))
    }
}

const COUNT: &str = "a number, at most 30000 of headers";
const SIZE: &str = "a size like 500, 8MB or 2GB";

fn status(kind: &str, text: &str) -> Result<StatusCode, FaultError> {
    let status = text.parse().ok().and_then(|number: u16| StatusCode::from_u16(number).ok());
    status.filter(|s| s.as_u16() >= 200).ok_or_else(|| wrong(kind, text, "a number from 200 to 999"))
}

/// A number of bytes, with `KB`, `MB` or `GB` behind it or nothing.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let unit = match &text[digits.len()..] {
        "" => 1,
        "KB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

fn percent(text: &str) -> Option<u64> {
    text.strip_suffix('%')?.parse().ok().filter(|share| *share <= 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_shares() {
        for (text, size) in
            [("7", Some(7)), ("8MB", Some(8 << 20)), ("2GB", Some(2 << 30)), ("2mb", None), ("", None)]
        {
            assert_eq!(bytes(text), size, "{text}");
        }
        assert_eq!((percent("50%"), percent("101%"), percent("5")), (Some(50), None, None));
    }
}
