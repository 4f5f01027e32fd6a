//! Why a job does not go on: the only kind of failure that is stored and shown.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What becomes of a job that failed in a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It passes by itself: tried again after a while.
    Passing,
    /// It stays so: the files go to `failed/` with a note.
    Permanent,
    /// The job waits, with a note that says what to do, and is looked at again.
    NeedsPerson,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $kind:ident;)+) => {
        /// A stable name for a reason. Each has a heading in `docs/errors.md`.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// Every code there is, in the order of `docs/errors.md`.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The name people see and search for.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What becomes of a job that fails for this reason.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind,)+ }
            }

            /// The code of that name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

codes! {
    // What was dropped.
    /// Bytes that are no media in one of the formats taken.
    NotMedia = "not-media", Permanent;
    /// Over 500 MiB, or the service's 4002 or HTTP 413.
    TooLarge = "too-large", Permanent;
    /// The service's 4001 or HTTP 415.
    Unsupported = "unsupported", Permanent;
    /// The sidecar can't be read as text, or a header in it has a value that can't be.
    BadSidecar = "bad-sidecar", Permanent;
    /// Ends in zeros or a hole, or is shorter than its own sizes say.
    NotWhole = "not-whole", NeedsPerson;
    /// Nothing in it.
    Empty = "empty", NeedsPerson;
    /// It can't be opened or read.
    Unreadable = "unreadable", NeedsPerson;
    /// A file that is not safe to take: linked from elsewhere and owned by someone else.
    NotSafe = "not-safe", NeedsPerson;
    /// One sidecar and several clips it could mean.
    Ambiguous = "ambiguous", NeedsPerson;
    /// A text beside the clip in a format that is no plain text.
    NotPlainText = "not-plain-text", NeedsPerson;
    /// A clip alone where `require_sidecar` asks for words.
    NeedsSidecar = "needs-sidecar", NeedsPerson;
    /// A film that dakbox made, dropped back without words of its own.
    OwnFilm = "own-film", NeedsPerson;
    /// A project's folder without its `project.txt`.
    ProjectNeedsText = "project-needs-text", NeedsPerson;
    /// A project's folder without any media.
    ProjectNeedsMedia = "project-needs-media", NeedsPerson;
    /// Files of a project that can't be taken.
    ProjectHeld = "project-held", NeedsPerson;
    /// Media that came into a project's folder too late for it.
    LateMedia = "late-media", NeedsPerson;
    /// A text that waits for its clip.
    AwaitsClip = "awaits-clip", NeedsPerson;
    /// A text for a film that other work is being done on.
    AwaitsFilm = "awaits-film", NeedsPerson;
    /// A file that should name the address of media, and names none that could be used.
    BadAddressFile = "bad-address-file", NeedsPerson;
    /// A text that answers by its name, and says nothing that could be sent.
    BadAnswer = "bad-answer", NeedsPerson;
    /// The service can't fetch what an address leads to.
    AddressNotFetched = "address-not-fetched", NeedsPerson;
    /// Files that are neither clips nor texts.
    NotTaken = "not-taken", NeedsPerson;
    /// Too deep below the inbox.
    TooDeep = "too-deep", NeedsPerson;
    /// The same clip with the same words was worked already.
    SameAgain = "same-again", NeedsPerson;
    /// The same clip with the same words is in work: its film is delivered twice, and paid for once.
    SameInWork = "same-in-work", NeedsPerson;
    /// Something this version can't do yet was asked for.
    NotInThisVersion = "not-in-this-version", NeedsPerson;

    // Whose folder it is.
    /// More clips in an unmarked root than `first_run_limit`.
    FirstRun = "first-run", NeedsPerson;
    /// A root marked by another ledger, or ahead of this one.
    NotOurs = "not-ours", NeedsPerson;
    /// The folder, or the mark in it, is not there.
    ShareAway = "share-away", NeedsPerson;

    // Before it is paid.
    /// `pause.txt` lies in the root.
    Paused = "paused", NeedsPerson;
    /// Not enough room for the film.
    NoSpace = "no-space", NeedsPerson;
    /// The outbox can't be written.
    OutboxReadOnly = "outbox-read-only", NeedsPerson;
    /// So much was spent today, or would be, as may be spent a day.
    BudgetReached = "budget-reached", NeedsPerson;
    /// Likely to cost more than a clip may unasked.
    CostAsks = "cost-asks", NeedsPerson;

    // The service.
    /// 2001.
    NoCredits = "no-credits", NeedsPerson;
    /// 402.
    PlanBlocksExport = "plan-blocks-export", NeedsPerson;
    /// 1001 or 401 that a renewal didn't mend.
    TokenRefused = "token-refused", NeedsPerson;
    /// 429 on the token call.
    TokenLimit = "token-limit", NeedsPerson;
    /// A message that may have been received, and a draft that doesn't tell.
    UnknownFate = "unknown-fate", NeedsPerson;
    /// A clean end, an unchanged draft, and words that ask.
    Question = "question", NeedsPerson;
    /// The service ended with an error and changed nothing.
    NothingChanged = "nothing-changed", NeedsPerson;
    /// 1002 after something was paid for.
    SessionLost = "session-lost", NeedsPerson;
    /// The project of a film was used for a later clip of its batch.
    ProjectMovedOn = "project-moved-on", NeedsPerson;
    /// The service can't be reached, or answers with 5xx.
    ServiceDown = "service-down", Passing;
    /// 429.
    RateLimited = "rate-limited", Passing;
    /// A certificate that can't be trusted.
    BadCertificate = "bad-certificate", NeedsPerson;
    /// An answer that no rule covers.
    OddAnswer = "odd-answer", Passing;
    /// The render failed twice.
    RenderFailed = "render-failed", Permanent;
    /// The film that came is not whole, or no MP4.
    BadFilm = "bad-film", Passing;
    /// An address for the film that must not be followed.
    BadAddress = "bad-address", NeedsPerson;

    // Here.
    /// A person gave it up.
    Cancelled = "cancelled", Permanent;
    /// Reading or writing failed on this side.
    LocalIo = "local-io", Passing;
    /// The ledger can't be written or trusted.
    Ledger = "ledger", NeedsPerson;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("unknown code `{text}`")))
    }
}

/// A finding as a message of the catalogues (`words/catalogue/`) and its arguments.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Found {
    /// The message's name.
    pub what: String,
    /// Its arguments, as they are to be shown.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

/// One reason, as stored with the job and shown to people.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Failure {
    /// The reason's stable name.
    pub code: Code,
    /// What becomes of the job; usually what the code says.
    pub kind: Kind,
    /// What happened, a plain sentence without a secret in it.
    pub message: String,
    /// What to do about it, a plain sentence.
    pub hint: String,
    /// What it is about, where a note has a place for it: the question, the film already made, a number of clips.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What exactly was found, where it can be said in the reader's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Box<Found>>,
    /// Where to do it: a page to register at, or the project itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Box<str>>,
}

impl Failure {
    /// A failure of the kind its code says.
    pub fn new(code: Code, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            code,
            kind: code.kind(),
            message: message.into(),
            hint: hint.into(),
            about: None,
            found: None,
            link: None,
        }
    }

    /// The same with what it is about.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = Some(about.into());
        self
    }

    /// The same with what exactly was found.
    #[must_use]
    pub fn finding(mut self, found: Found) -> Self {
        self.found = Some(Box::new(found));
        self
    }

    /// The same with an address to go to.
    #[must_use]
    pub fn with_link(mut self, link: Option<String>) -> Self {
        self.link = link.map(String::into_boxed_str);
        self
    }

    /// The same, but waiting for a person.
    #[must_use]
    pub fn waiting(mut self) -> Self {
        self.kind = Kind::NeedsPerson;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_code() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), *code);
        }
        assert_eq!(Code::parse("no-such"), None);
    }
}
