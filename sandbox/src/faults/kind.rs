//! The kinds of faults and how each is typed.

use std::time::Duration;

use hyper::StatusCode;

use super::nasty::Nasty;
use super::stream::Spoil;
use super::upload::UploadFault;
use crate::calls::Call;
use crate::error::FaultError;

/// Where in a request or an answer it breaks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Place {
    /// Before anything was read.
    Connect,
    /// In or right after the headers.
    Headers,
    /// After so many bytes of the body.
    Bytes(u64),
    /// After so many percent of the body.
    Percent(f64),
    /// After all of it.
    End,
}

impl Place {
    /// The byte of a body of that length.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of a length that fits; it need not be exact beyond 2^53"
    )]
    pub(crate) fn byte(self, length: u64) -> u64 {
        match self {
            Self::Connect | Self::Headers => 0,
            Self::Bytes(bytes) => bytes,
            Self::Percent(percent) => (length as f64 * percent / 100.0) as u64,
            Self::End => length,
        }
    }
}

/// An answer in place of the call's own.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Canned {
    Status(StatusCode),
    /// The code as it stands in the JSON.
    Code(String),
    RetryAfter(String),
    Text(String),
    Redirect(StatusCode, String),
}

/// What goes wrong.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Kind {
    Canned(Canned),
    Nasty(Nasty),
    /// The connection is closed in order once the headers came; `true`: only one that was used before.
    Close(bool),
    Hang,
    Delay(Duration),
    Reset(Place),
    Break(Place),
    Cut(Place),
    Drip(Duration),
    Lost,
    Error,
    ErrorEvent,
    Frame(String),
    Silent,
    Unchanged,
    Nothing,
    Trouble,
    Heartbeats,
    Stream(Spoil),
    Failed,
    /// Failed, and told of under `success: false`.
    Denied,
    Stuck,
    NoUrl,
    NoStatus,
    /// The address stands there, and not where the options' shape has it.
    Place(Spot),
    /// The answer to an export comes when the film is done.
    Done,
    /// The service knows the render by a number of its own alone.
    OtherId,
    Film(FilmFault),
    Upload(UploadFault),
}

/// Where the address of a film may stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Spot {
    /// `output.url`, at the top.
    Output,
    /// `data.outputUrl`.
    Data,
    /// `outputUrl`, at the top, beside `data`.
    Top,
}

/// What is wrong with a film that is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum FilmFault {
    /// It is announced with this length.
    Length(u64),
    /// It comes in chunks, its length untold.
    Chunked,
    /// It goes on without end, its length untold.
    Endless,
    /// This text in its place, as `video/mp4`.
    Text(String),
    /// Its last box is missing, as if it were cut there, and its length fits.
    Boxes,
    /// Something stands behind its last box, and the length fits.
    Tail,
    /// A range is answered with another part than was asked for, and told so.
    WrongPart,
    /// A range is answered with the whole film.
    NoRanges,
    /// Each answer is of another version of the film, by its tag, and a range is honoured all the same.
    NewTag,
    /// No tag; a date, by which ranges are honoured.
    NoTag,
    /// A tag that says little.
    WeakTag,
    /// A range is always beyond the end (416).
    Beyond,
    /// The server suggests this name for the file.
    Name(String),
}

const OF_MESSAGES: &[Kind] = &[
    Kind::Error,
    Kind::ErrorEvent,
    Kind::Silent,
    Kind::Unchanged,
    Kind::Nothing,
    Kind::Trouble,
    Kind::Heartbeats,
];
const OF_STATUS: &[Kind] = &[Kind::Failed, Kind::Denied, Kind::Stuck, Kind::NoUrl, Kind::NoStatus];

impl Kind {
    /// The kind of that name with that value.
    pub(crate) fn parse(name: &str, value: Option<&str>) -> Result<Self, FaultError> {
        if let Some(kind) = Self::without_value(name) {
            return match value {
                None => Ok(kind),
                Some(value) => Err(wrong(name, value, "it takes none")),
            };
        }
        if name == "reset" && value.is_none() {
            return Ok(Self::Reset(Place::End));
        }
        let text = value.unwrap_or("");
        if let Some(nasty) = Nasty::parse(name, text) {
            return nasty.map(Self::Nasty);
        }
        Ok(match name {
            "status" => Self::Canned(Canned::Status(status(name, text)?)),
            "code" => Self::Canned(Canned::Code(code(name, text)?)),
            "frame" => Self::Frame(code(name, text)?),
            "retry-after" => Self::Canned(Canned::RetryAfter(header(name, text)?)),
            "redirect" => Self::Canned(redirect(name, text)?),
            "answer" => Self::Canned(Canned::Text(text.to_owned())),
            "delay" => Self::Delay(duration(name, text)?),
            "drip" => Self::Drip(duration(name, text)?),
            "place" => Self::Place(spot(name, text)?),
            "claims" => {
                let length = text.parse().map_err(|_| wrong(name, text, "a number of bytes"))?;
                Self::Film(FilmFault::Length(length))
            }
            "film" => Self::Film(FilmFault::Text(text.to_owned())),
            "name" => Self::Film(FilmFault::Name(header(name, text)?)),
            "reset" => Self::Reset(place(name, text, &["connect", "headers", "body"])?),
            "break" => Self::Break(place(name, text, &["headers"])?),
            "cut" => Self::Cut(place(name, text, &["headers"])?),
            _ => match Spoil::parse(name, value)? {
                Some(spoil) => Self::Stream(spoil),
                None => return Err(FaultError::Kind(name.to_owned())),
            },
        })
    }

    fn without_value(name: &str) -> Option<Self> {
        Some(match name {
            "hang" => Self::Hang,
            "close" => Self::Close(false),
            "stale" => Self::Close(true),
            "lost" => Self::Lost,
            "error" => Self::Error,
            "error-event" => Self::ErrorEvent,
            "silent" => Self::Silent,
            "unchanged" => Self::Unchanged,
            "nothing" => Self::Nothing,
            "trouble" => Self::Trouble,
            "heartbeats" => Self::Heartbeats,
            "failed" => Self::Failed,
            "stuck" => Self::Stuck,
            "no-url" => Self::NoUrl,
            "denied" => Self::Denied,
            "no-status" => Self::NoStatus,
            "done" => Self::Done,
            "other-id" => Self::OtherId,
            "chunked" => Self::Film(FilmFault::Chunked),
            "endless" => Self::Film(FilmFault::Endless),
            "boxes" => Self::Film(FilmFault::Boxes),
            "tail" => Self::Film(FilmFault::Tail),
            "wrong-part" => Self::Film(FilmFault::WrongPart),
            "no-ranges" => Self::Film(FilmFault::NoRanges),
            "new-tag" => Self::Film(FilmFault::NewTag),
            "no-tag" => Self::Film(FilmFault::NoTag),
            "weak-tag" => Self::Film(FilmFault::WeakTag),
            "beyond" => Self::Film(FilmFault::Beyond),
            _ => return UploadFault::parse(name).map(Self::Upload),
        })
    }

    /// Whether `late-` makes sense before it.
    pub(crate) fn may_be_late(&self) -> bool {
        matches!(self, Self::Canned(_) | Self::Hang | Self::Delay(_) | Self::Frame(_))
    }

    /// For which calls it is: `None` for all.
    pub(crate) fn only_for(&self) -> Option<Call> {
        if OF_MESSAGES.contains(self) || matches!(self, Self::Frame(_) | Self::Stream(_)) {
            Some(Call::Message)
        } else if OF_STATUS.contains(self) || matches!(self, Self::Place(_)) {
            Some(Call::Status)
        } else if matches!(self, Self::Done | Self::OtherId) {
            Some(Call::Export)
        } else if matches!(self, Self::Film(_)) {
            Some(Call::Download)
        } else if matches!(self, Self::Upload(_)) {
            Some(Call::Upload)
        } else {
            None
        }
    }
}

/// `ADDRESS`, or `307,ADDRESS`.
fn redirect(kind: &str, text: &str) -> Result<Canned, FaultError> {
    let (status, to) = match text.split_once(',') {
        Some((number, to)) if number.len() == 3 => (status(kind, number)?, to),
        _ => (StatusCode::FOUND, text),
    };
    Ok(Canned::Redirect(status, header(kind, to)?))
}

pub(super) fn wrong(kind: &str, value: &str, wanted: &'static str) -> FaultError {
    FaultError::Value { kind: kind.to_owned(), value: value.to_owned(), wanted }
}

fn status(kind: &str, text: &str) -> Result<StatusCode, FaultError> {
    let status = text.parse().ok().and_then(|number: u16| StatusCode::from_u16(number).ok());
    status
        .filter(|status| status.as_u16() >= 200)
        .ok_or_else(|| wrong(kind, text, "a number from 200 to 999"))
}

pub(super) fn code(kind: &str, text: &str) -> Result<String, FaultError> {
    let digits = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let number = !digits.is_empty() && digits.len() < 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let zeros = digits.len() > 1 && digits.starts_with('0');
    if number && !zeros { Ok(text.to_owned()) } else { Err(wrong(kind, text, "a number, or one in quotes")) }
}

pub(super) fn header(kind: &str, text: &str) -> Result<String, FaultError> {
    let good = !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if good { Ok(text.to_owned()) } else { Err(wrong(kind, text, "printable ASCII")) }
}

fn spot(kind: &str, text: &str) -> Result<Spot, FaultError> {
    match text {
        "output.url" => Ok(Spot::Output),
        "data.outputUrl" => Ok(Spot::Data),
        "outputUrl" => Ok(Spot::Top),
        _ => Err(wrong(kind, text, "output.url, data.outputUrl or outputUrl")),
    }
}

pub(super) fn duration(kind: &str, text: &str) -> Result<Duration, FaultError> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: Option<u32> = digits.parse().ok();
    let millis = match (&text[digits.len()..], number) {
        ("ms", Some(number)) => Some(u64::from(number)),
        ("s", Some(number)) => Some(u64::from(number) * 1000),
        ("m", Some(number)) => Some(u64::from(number) * 60_000),
        _ => None,
    };
    millis.map(Duration::from_millis).ok_or_else(|| wrong(kind, text, "a time like 500ms, 3s or 2m"))
}

fn place(kind: &str, text: &str, words: &[&str]) -> Result<Place, FaultError> {
    let place = match text {
        "connect" if words.contains(&text) => Some(Place::Connect),
        "headers" if words.contains(&text) => Some(Place::Headers),
        "body" if words.contains(&text) => Some(Place::End),
        _ => match text.strip_suffix('%') {
            Some(percent) => percent
                .parse()
                .ok()
                .filter(|percent: &f64| (0.0..=100.0).contains(percent))
                .map(Place::Percent),
            None => text.parse().ok().map(Place::Bytes),
        },
    };
    place.ok_or_else(|| wrong(kind, text, "headers, a number of bytes or a share like 50%"))
}
