//! One fault as typed.

use std::str::FromStr;

use super::kind::{Kind, Place};
use crate::calls::Call;
use crate::error::FaultError;

/// One thing that goes wrong, at which calls and how often. Read from text; [`Fault::help`] has the grammar.
#[derive(Clone, PartialEq, Debug)]
pub struct Fault {
    /// At which call; `None`: at any.
    pub(super) call: Option<Call>,
    pub(super) kind: Kind,
    /// After the call was carried out.
    pub(super) late: bool,
    /// From which call on, counted from 1.
    pub(super) from: u64,
    /// How often; `None`: always.
    pub(super) times: Option<u64>,
}

impl Fault {
    /// The grammar and every kind, for `--help`.
    pub fn help() -> &'static str {
        super::help::HELP
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let text = text.trim();
        let (call, rest) = text.split_once(':').ok_or_else(|| FaultError::Form(text.to_owned()))?;
        let call = match call {
            "any" => None,
            name => Some(Call::parse(name).ok_or_else(|| FaultError::Call(name.to_owned()))?),
        };
        let (what, from, times) = split_when(rest);
        let (name, value) = match what.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (what, None),
        };
        let (late, name) = match name.strip_prefix("late-") {
            Some(name) => (true, name),
            None => (false, name),
        };
        let kind = Kind::parse(name, value)?;
        if late && !kind.may_be_late() {
            return Err(FaultError::Kind(format!("late-{name}")));
        }
        let only_for = kind.only_for();
        if let Some(only) = only_for.filter(|only| Some(*only) != call) {
            return Err(FaultError::NotHere { kind: name.to_owned(), calls: only.name() });
        }
        if kind == Kind::Reset(Place::Connect) && call.is_some() {
            return Err(FaultError::NotHere { kind: "reset=connect".to_owned(), calls: "any" });
        }
        Ok(Self { call, kind, late, from, times })
    }
}

/// Splits `@K` and `xN`, in any order, off the end. After free text they count only behind a space.
fn split_when(text: &str) -> (&str, u64, Option<u64>) {
    let free = [
        "answer=",
        "late-answer=",
        "redirect=",
        "late-redirect=",
        "cookie=",
        "film=",
        "name=",
        "play=",
        "head=",
    ]
    .iter()
    .any(|kind| text.starts_with(kind));
    let (mut what, mut from, mut times) = (text, 1, None);
    if free {
        if let Some((before, when)) = text.rsplit_once(' ') {
            let (rest, from, times) = split_when(when);
            if rest.is_empty() {
                return (before, from, times);
            }
        }
        return (text, from, times);
    }
    loop {
        let before = what.trim_end_matches(|c: char| c.is_ascii_digit());
        let number: Option<u64> = what[before.len()..].parse().ok().filter(|number| *number > 0);
        match (before.as_bytes().last(), number) {
            (Some(b'x'), Some(number)) => times = Some(number),
            (Some(b'@'), Some(number)) => from = number,
            _ => return (what.trim_end(), from, times),
        }
        what = &before[..before.len() - 1];
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hyper::StatusCode;

    use super::super::kind::{Canned, FilmFault};
    use super::super::nasty::Nasty;
    use super::super::stream::Spoil;
    use super::*;

    fn fault(text: &str) -> Result<Fault, String> {
        text.parse().map_err(|error: FaultError| error.to_string())
    }

    #[test]
    fn what_is_typed_is_what_happens() {
        let status = |status: u16| Kind::Canned(Canned::Status(status.try_into().unwrap()));
        let redirect = Kind::Canned(Canned::Redirect(StatusCode::FOUND, "http://h/box2".to_owned()));
        let moved = Canned::Redirect(StatusCode::PERMANENT_REDIRECT, "/x".to_owned());
        let text = FilmFault::Text("{\"x1\"}".to_owned());
        let upload = Some(Call::Upload);
        let message = Some(Call::Message);
        let cases = [
            ("any:hang", (None, Kind::Hang, false, 1, None)),
            ("message:status=503x1", (message, status(503), false, 1, Some(1))),
            ("message:late-status=503@2x3", (message, status(503), true, 2, Some(3))),
            (
                "message:code=\"2001\"",
                (message, Kind::Canned(Canned::Code("\"2001\"".into())), false, 1, None),
            ),
            ("upload:reset", (upload, Kind::Reset(Place::End), false, 1, None)),
            ("upload:reset=99.9%x1@4", (upload, Kind::Reset(Place::Percent(99.9)), false, 4, Some(1))),
            ("upload:cut=1000", (upload, Kind::Cut(Place::Bytes(1000)), false, 1, None)),
            ("any:reset=connectx2", (None, Kind::Reset(Place::Connect), false, 1, Some(2))),
            ("state:delay=2s", (Some(Call::State), Kind::Delay(Duration::from_secs(2)), false, 1, None)),
            ("download:redirect=http://h/box2", (Some(Call::Download), redirect.clone(), false, 1, None)),
            ("download:redirect=http://h/box2 x1", (Some(Call::Download), redirect, false, 1, Some(1))),
            ("session:redirect=308,/x", (Some(Call::Session), Kind::Canned(moved), false, 1, None)),
            (
                "state:huge=2GBx1",
                (Some(Call::State), Kind::Nasty(Nasty::Huge(Some(2 << 30))), false, 1, Some(1)),
            ),
            ("state:length=-3", (Some(Call::State), Kind::Nasty(Nasty::Length(-3)), false, 1, None)),
            ("any:stalex1", (None, Kind::Close(true), false, 1, Some(1))),
            ("message:frame=2001x1", (message, Kind::Frame("2001".into()), false, 1, Some(1))),
            (
                "message:play=a.httpx1 x1",
                (message, Kind::Stream(Spoil::Play("a.httpx1".into())), false, 1, Some(1)),
            ),
            ("status:stuck", (Some(Call::Status), Kind::Stuck, false, 1, None)),
            (
                "download:claims=4x1",
                (Some(Call::Download), Kind::Film(FilmFault::Length(4)), false, 1, Some(1)),
            ),
            ("download:film={\"x1\"}", (Some(Call::Download), Kind::Film(text), false, 1, None)),
        ];
        for (text, (call, kind, late, from, times)) in cases {
            assert_eq!(fault(text), Ok(Fault { call, kind, late, from, times }), "{text}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_a_reason() {
        let cases = [
            ("hang", "CALL:KIND"),
            ("nowhere:hang", "not a call; one of token"),
            ("any:fire", "not a kind"),
            ("any:late-reset", "not a kind"),
            ("any:status=20", "200 to 999"),
            ("any:status=", "200 to 999"),
            ("any:code=x", "a number"),
            ("any:code=007", "a number"),
            ("any:delay=5", "500ms"),
            ("any:cut=101%", "50%"),
            ("any:cut=body", "50%"),
            ("any:hang=5", "takes none"),
            ("any:huge=many", "2GB"),
            ("any:headers=40000", "at most 30000"),
            ("any:bare=103", "200 to 999"),
            ("any:redirect=099,/y", "200 to 999"),
            ("any:retry-after=a\nb", "printable"),
            ("state:silent", "message only"),
            ("state:twice", "message only"),
            ("message:late-twice", "not a kind"),
            ("message:beats=501", "500 at most"),
            ("any:failed", "status only"),
            ("status:done", "export only"),
            ("any:boxes", "download only"),
            ("message:draft-forgets", "upload only"),
            ("upload:too-large=1", "takes none"),
            ("upload:question", "message only"),
            ("message:question=fr", "en, zh or bn"),
            ("status:place=here", "outputUrl"),
            ("download:claims=long", "number of bytes"),
            ("message:reset=connect", "any only"),
            ("any:hangx0", "not a kind"),
            ("", "CALL:KIND"),
        ];
        for (text, wanted) in cases {
            let error = fault(text).unwrap_err();
            assert!(error.contains(wanted), "{text:?} gave {error:?}");
        }
    }

    /// Every first word of an indented help line is a kind that can be typed, so that the help tells no lies.
    #[test]
    fn the_help_names_what_the_parser_takes() {
        let mut seen = 0;
        for line in Fault::help().lines().filter(|line| line.starts_with("  ") && !line.contains("--fault")) {
            let typed = line.split_whitespace().next().unwrap().trim_end_matches(',');
            let fits = ["any", "message", "status", "export", "download", "upload"]
                .iter()
                .any(|call| format!("{call}:{typed}").parse::<Fault>().is_ok());
            assert!(fits, "{typed}");
            seen += 1;
        }
        assert!(seen >= 24, "{seen}");
        assert!(Call::ALL.iter().all(|call| Fault::help().contains(call.name())));
    }
}
