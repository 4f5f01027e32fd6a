//! What can go wrong with a call, and what that means for a job.

use std::fmt;
use std::time::Duration;

use super::delivery::{Delivery, Seen, judge};
use crate::job::{Code, Failure, Kind};

/// Which call it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Call {
    /// The anonymous token.
    Token,
    /// A new session.
    Session,
    /// The claim link.
    Claim,
    /// A clip's upload.
    Upload,
    /// A message, the only paid call.
    Message,
    /// The state of a session.
    State,
    /// The balance.
    Credits,
    /// An export, its status or its end.
    Export,
    /// The film.
    Download,
}

impl Call {
    /// Every call there is, in the order of their numbers.
    pub const ALL: &[Self] = &[
        Self::Token,
        Self::Session,
        Self::Claim,
        Self::Upload,
        Self::Message,
        Self::State,
        Self::Credits,
        Self::Export,
        Self::Download,
    ];
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "asking for a token",
            Self::Session => "opening a session",
            Self::Claim => "asking for the project's link",
            Self::Upload => "the upload",
            Self::Message => "the message",
            Self::State => "reading the state",
            Self::Credits => "reading the credits",
            Self::Export => "the export",
            Self::Download => "fetching the film",
        })
    }
}

/// What went wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// No connection could be made.
    NoConnection,
    /// The server's certificate can't be trusted.
    Certificate,
    /// Too long without an answer, or without a byte moving.
    TimedOut,
    /// The connection ended before the answer did.
    CutShort,
    /// A whole answer that says no; `code` and `status` say why.
    Answered,
    /// An answer that no rule covers: not JSON, without what it must hold, too long, redirected.
    Odd,
    /// The clip being uploaded became shorter or longer than it was announced.
    ClipChanged,
    /// The clip being uploaded could not be read.
    ClipUnreadable,
    /// What this program keeps for itself could not be read.
    Local,
    /// An address that must not be followed.
    Address,
    /// What was handed in can't be sent, e.g. a draft that is no JSON.
    Unusable,
    /// Nothing was sent: the service asked to be left alone, or the call has failed too often.
    Held,
}

/// A call that did not succeed. No text in it holds a token or the query of an address.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{call}: {message}")]
pub struct ApiError {
    /// What the service may have seen of the call.
    pub delivery: Delivery,
    /// What went wrong.
    pub kind: ErrorKind,
    /// Which call it was.
    pub call: Call,
    /// The service's number for it, from the body or the status.
    pub code: Option<i64>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// What happened, as a lowercase fragment.
    pub message: String,
    /// How long the service asked to wait, at most `max_retry_after`.
    pub retry_after: Option<Duration>,
    /// Where a person can mend it.
    pub link: Option<String>,
    /// The token was refused, and another one is in its place by now.
    pub renewed: bool,
}

impl ApiError {
    /// An error without an answer, of which the service may have seen something.
    pub(super) fn new(call: Call, kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            delivery: Delivery::Unknown,
            kind,
            call,
            code: None,
            status: None,
            message,
            retry_after: None,
            link: None,
            renewed: false,
        }
    }

    /// An error before anything left.
    pub(super) fn unsent(call: Call, kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { delivery: judge(Seen::NoConnection), ..Self::new(call, kind, message) }
    }

    /// A whole answer that says no, or that can't be understood.
    pub(super) fn answered(call: Call, status: u16, code: Option<i64>, explanation: Option<&str>) -> Self {
        let meaning = meaning(status, code, explanation);
        let says_no = !(200..400).contains(&status) || code.is_some_and(|c| c != 0);
        let kind = if says_no { ErrorKind::Answered } else { ErrorKind::Odd };
        let said = explanation.unwrap_or("no explanation given");
        let number = meaning.or(code).map(|c| format!(", code {c}")).unwrap_or_default();
        Self {
            delivery: judge(Seen::Answer { status, code }),
            code: meaning.or(code),
            status: Some(status),
            ..Self::new(call, kind, format!("the service answers {status}{number}: {said}"))
        }
    }

    /// Whether the service does not know the session any more. A call that names none can't tell of it: a new session
    /// would be asked for, and refused like this, without end.
    pub fn session_lost(&self) -> bool {
        self.code == Some(1002) && !matches!(self.call, Call::Token | Call::Session | Call::Credits)
    }

    /// Whether the service does not know what was asked for.
    pub fn is_not_found(&self) -> bool {
        self.status == Some(404) || self.code == Some(404)
    }

    /// Whether a new token may mend it.
    pub fn token_refused(&self) -> bool {
        self.code == Some(1001)
    }

    /// Whether it is the service, or the way to it, that fails, and not this one call that is refused.
    pub fn is_fault(&self) -> bool {
        match self.kind {
            ErrorKind::NoConnection
            | ErrorKind::Certificate
            | ErrorKind::TimedOut
            | ErrorKind::CutShort
            | ErrorKind::Odd => true,
            ErrorKind::Answered => match self.code {
                Some(code) => (500..=599).contains(&code),
                None => self.status.is_some_and(|status| status >= 500),
            },
            _ => false,
        }
    }

    /// What this means for the job, in plain words.
    pub fn failure(&self) -> Failure {
        let (code, hint) = match self.kind {
            ErrorKind::NoConnection | ErrorKind::TimedOut | ErrorKind::CutShort => {
                (Code::ServiceDown, "It is tried again; if it stays so, check the network and the proxy.")
            }
            ErrorKind::Certificate => (
                Code::BadCertificate,
                "Is this machine's clock right, and does a proxy open encrypted connections?",
            ),
            ErrorKind::ClipChanged => {
                (Code::LocalIo, "The clip changed while it was sent; it is looked at again.")
            }
            ErrorKind::ClipUnreadable => {
                (Code::LocalIo, "Check the disk or the share that the clip lies on.")
            }
            ErrorKind::Local => {
                (Code::LocalIo, "Can dakbox open files in its state folder? It is tried again by itself.")
            }
            ErrorKind::Address => {
                (Code::BadAddress, "If films really come from there, name the host in `api.download_hosts`.")
            }
            ErrorKind::Odd | ErrorKind::Unusable => {
                (Code::OddAnswer, "It is tried again; a login page of the network can be the reason.")
            }
            ErrorKind::Held if self.code == Some(429) => {
                (Code::RateLimited, "It goes on by itself when that time is over.")
            }
            ErrorKind::Held => (Code::ServiceDown, "It goes on by itself when the service answers again."),
            ErrorKind::Answered => self.answer(),
        };
        let hint = match (&self.link, code) {
            (Some(link), Code::NoCredits) => format!("Register this account to get more: {link}"),
            _ => hint.to_owned(),
        };
        let failure = Failure::new(code, self.to_string(), hint).with_link(self.link.clone());
        // With the new token the call is made again soon.
        if self.renewed { Failure { kind: Kind::Passing, ..failure } } else { failure }
    }

    /// Whether the clip itself can be what is refused. At any other call these numbers make no sense, and nobody's clip
    /// is put aside for them, least of all one that was paid for.
    const fn is_about_the_clip(&self) -> bool {
        matches!(self.call, Call::Upload | Call::Message)
    }

    fn answer(&self) -> (Code, &'static str) {
        match (self.code, self.status.unwrap_or_default()) {
            (Some(1001), _) => {
                (Code::TokenRefused, "Set a token that is valid, or remove it to use a free one.")
            }
            (Some(1002), _) if self.session_lost() => {
                (Code::SessionLost, "The session is gone; what it held must be uploaded again.")
            }
            (Some(2001), _) => (Code::NoCredits, "Top up credits in your account"),
            (Some(402), _) => (Code::PlanBlocksExport, "Register or upgrade your plan to unlock export."),
            (Some(4001), _) if self.is_about_the_clip() => (
                Code::Unsupported,
                "Formats taken: mp4, mov, avi, webm, mkv, jpg, jpeg, png, gif, webp, mp3, wav, m4a, aac.",
            ),
            (Some(4002), _) if self.is_about_the_clip() => {
                (Code::TooLarge, "Compress or trim the clip to 500 MB at most, and drop it again.")
            }
            (Some(429), _) if self.call == Call::Token => (
                Code::TokenLimit,
                "One free token is given per machine in 7 days: wait, or set a token of your own.",
            ),
            (Some(429), _) => (Code::RateLimited, "It goes on by itself after a while."),
            (Some(500..=599), _) | (_, 500..) => (Code::ServiceDown, "It is tried again."),
            _ => (
                Code::OddAnswer,
                "It is tried again; if it stays so, this version may not know the service's answer.",
            ),
        }
    }
}

/// The service's number for what an answer says, from its body or else from its status.
pub(super) fn meaning(status: u16, code: Option<i64>, explanation: Option<&str>) -> Option<i64> {
    let number = code.filter(|c| !matches!(c, 0 | 200)).unwrap_or_else(|| status.into());
    let lost = || explanation.is_some_and(|e| e.to_ascii_lowercase().contains("session not found"));
    match number {
        401 => Some(1001),
        413 => Some(4002),
        415 => Some(4001),
        404 if lost() => Some(1002),
        402 | 429 => Some(number),
        _ if number == i64::from(status) => None,
        // A number that says nothing to us, under a status that does.
        1001 | 1002 | 2001 | 4001 | 4002 => Some(number),
        _ => meaning(status, None, explanation).or(Some(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_its_failure() {
        use Delivery::{Refused, Unknown};
        let table = [
            (Call::State, 200, Some(1001), None, Code::TokenRefused, Refused),
            (Call::State, 401, None, None, Code::TokenRefused, Refused),
            (Call::State, 401, Some(401), None, Code::TokenRefused, Refused),
            (Call::State, 200, Some(1002), None, Code::SessionLost, Refused),
            (Call::Message, 404, None, Some("Session not found: ghost"), Code::SessionLost, Refused),
            (Call::Message, 404, None, Some("Agent not found"), Code::OddAnswer, Refused),
            (Call::Message, 200, Some(2001), Some("no"), Code::NoCredits, Refused),
            (Call::Export, 402, None, None, Code::PlanBlocksExport, Refused),
            (Call::Export, 200, Some(402), None, Code::PlanBlocksExport, Refused),
            (Call::Upload, 415, None, None, Code::Unsupported, Refused),
            (Call::Upload, 400, Some(4001), None, Code::Unsupported, Refused),
            (Call::Upload, 413, None, None, Code::TooLarge, Refused),
            (Call::Upload, 200, Some(4002), None, Code::TooLarge, Refused),
            (Call::Token, 429, None, None, Code::TokenLimit, Refused),
            (Call::Session, 429, Some(77), None, Code::RateLimited, Refused),
            (Call::Session, 503, None, None, Code::ServiceDown, Unknown),
            (Call::Session, 200, Some(500), None, Code::ServiceDown, Unknown),
            (Call::Session, 200, Some(9999), None, Code::OddAnswer, Unknown),
            (Call::Session, 200, None, None, Code::OddAnswer, Unknown),
            (Call::Session, 302, None, None, Code::OddAnswer, Unknown),
            (Call::Session, 422, None, None, Code::OddAnswer, Refused),
            (Call::Session, 200, Some(1002), None, Code::OddAnswer, Refused),
            (Call::Credits, 404, None, Some("Session not found"), Code::OddAnswer, Refused),
            (Call::State, 200, Some(4001), None, Code::OddAnswer, Refused),
            (Call::Export, 415, None, None, Code::OddAnswer, Refused),
            (Call::Download, 413, None, None, Code::OddAnswer, Refused),
            (Call::Session, 200, Some(4002), None, Code::OddAnswer, Refused),
            (Call::Message, 200, Some(4001), None, Code::Unsupported, Refused),
        ];
        for (call, status, code, explanation, expected, delivery) in table {
            let error = ApiError::answered(call, status, code, explanation);
            assert_eq!(error.failure().code, expected, "{error}");
            assert_eq!(error.delivery, delivery, "{error}");
            assert_eq!(error.status, Some(status));
        }
    }

    #[test]
    fn the_words_that_are_promised() {
        let hint = |code| ApiError::answered(Call::Upload, 200, Some(code), None).failure().hint;
        assert_eq!(hint(2001), "Top up credits in your account");
        assert_eq!(hint(402), "Register or upgrade your plan to unlock export.");
        assert!(hint(4001).contains("jpeg") && hint(4001).contains("aac"));
        assert!(hint(4002).contains("ompress or trim"));
        let anonymous = ApiError {
            link: Some("https://w.example/register?bind=anon_1".to_owned()),
            ..ApiError::answered(Call::Message, 200, Some(2001), Some("empty"))
        };
        assert!(anonymous.failure().hint.ends_with("https://w.example/register?bind=anon_1"));
        assert_eq!(anonymous.failure().message, "the message: the service answers 200, code 2001: empty");
    }

    #[test]
    fn faults_on_the_way_pass_and_certificates_ask_for_the_clock() {
        let failure = |kind| ApiError::new(Call::State, kind, "x").failure();
        for kind in [ErrorKind::NoConnection, ErrorKind::TimedOut, ErrorKind::CutShort, ErrorKind::Odd] {
            assert_eq!(failure(kind).kind, Kind::Passing);
        }
        assert!(failure(ErrorKind::Certificate).hint.contains("clock"));
        assert_eq!(failure(ErrorKind::Address).code, Code::BadAddress);
        assert_eq!(failure(ErrorKind::ClipChanged).code, Code::LocalIo);
    }
}
