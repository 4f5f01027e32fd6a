//! A drop in one row: its name, what is going on with it, and the one thing to do about it.

use askama::Template;

use super::fit::in_full;
use super::html::Html;
use crate::job::{Code, Failure, Job, Moment, WordsFrom};
use crate::words::{About, Note, Paid, Source, Tongue, shown_name, whole_name};
use crate::worker::{note_of, to_the_minute};

/// A moment, as far away as it is, and exactly.
#[derive(Clone, Default)]
pub(super) struct When {
    pub(super) iso: String,
    pub(super) exact: String,
    pub(super) ago: String,
}

impl When {
    pub(super) fn of(t: Tongue, at: Moment, now: Moment) -> Self {
        let since = now.since(at).as_secs();
        let ago = if since < 5 {
            t.word("just-now")
        } else {
            t.say("ago", About::default().with("time", t.lasting(since)))
        };
        let iso = jiff::Timestamp::from_millisecond(at.0).map(|at| at.to_string()).unwrap_or_default();
        Self { iso, exact: t.number(&to_the_minute(at)), ago }
    }
}

/// Something that can be pressed, or a way to where it can.
pub(super) enum Press {
    /// It asks for a change.
    Button { action: String, label: String },
    /// It leads to where more is to be said.
    Way { href: String, label: String },
}

/// The row.
#[derive(Template)]
#[template(path = "row.html")]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) class: &'static str,
    pub(super) shape: &'static str,
    /// What the shape means, for whoever does not see it.
    pub(super) means: String,
    /// The name; where the line is short, a long one is cut in its middle.
    pub(super) shown: (String, String),
    pub(super) whole: String,
    pub(super) href: Option<String>,
    pub(super) when: Option<When>,
    pub(super) said: Html,
    pub(super) facts: Vec<String>,
    /// Its film, of which a still is shown.
    pub(super) still: Option<String>,
    /// What can be opened: where, and what it is called.
    pub(super) ways: Vec<(String, String)>,
    pub(super) presses: Vec<Press>,
}

impl Row {
    /// A row for that job, with nothing said of it yet.
    pub(super) fn of_job(t: Tongue, carry: &str, job: &Job, class: &'static str) -> Self {
        let name = job.dropped().to_string();
        Self {
            href: Some(format!("/jobs/{}{carry}", job.id)),
            ..Self::named(t, format!("j{}", job.id), &name, class)
        }
    }

    /// A row for a name.
    pub(super) fn named(t: Tongue, id: String, name: &str, class: &'static str) -> Self {
        Self {
            id,
            class,
            shape: shape(class),
            means: t.word(means(class)),
            shown: shown(name),
            whole: in_full(name),
            href: None,
            when: None,
            said: Html::default(),
            facts: Vec::new(),
            still: None,
            ways: Vec::new(),
            presses: Vec::new(),
        }
    }
}

/// Characters of a name that stay where it is cut: what tells versions apart, and its ending.
const TAIL: usize = 14;

/// So many are there in all at most where it is cut: a wide screen shows no more.
const LONGEST: usize = 160;

/// A name in two pieces, of which the first gives way where the line is short; one that is short anyway is all tail.
fn shown(name: &str) -> (String, String) {
    let whole = whole_name(name);
    // Letters of some scripts hang on those before them: only between plain ones the browser may cut.
    let at = whole.len().saturating_sub(TAIL);
    if !whole.is_ascii() || at <= TAIL || whole.len() > LONGEST {
        return (String::new(), shown_name(name));
    }
    (whole[..at].to_owned(), whole[at..].to_owned())
}

/// A state's shape: colour alone says nothing.
pub(super) fn shape(class: &str) -> &'static str {
    match class {
        "waits" => "\u{2016}",
        "work" | "pulse" => "\u{25CF}",
        "failed" => "\u{2715}",
        "done" => "\u{2713}",
        _ => "\u{25CB}",
    }
}

/// What it means.
fn means(class: &str) -> &'static str {
    match class {
        "waits" => "state-waiting",
        "work" | "pulse" => "state-working",
        "failed" => "state-failed",
        "done" => "state-delivered",
        _ => "state-seen",
    }
}

/// The note about why a job waits, or has failed.
pub(super) fn note<'a>(name: &'a str, job: &'a Job, failure: &'a Failure) -> Note<'a> {
    let session = job.session.as_ref().map(crate::job::SessionId::as_str);
    let (paid, source) = (Paid::from_messages(&job.messages), Source::of(job));
    Note { paid, source, job: Some(job.id), session, ..note_of(name, failure) }
}

/// The one thing that ends a wait, if a press can.
pub(super) fn ends_waiting(t: Tongue, carry: &str, job: &Job, failure: &Failure) -> Press {
    let way = |part: &str, label: &str| Press::Way {
        href: format!("/jobs/{}{carry}#{part}", job.id),
        label: t.word(label),
    };
    match failure.code {
        Code::Question => way("answer", "press-answer"),
        Code::UnknownFate | Code::NothingChanged | Code::SessionLost | Code::SameAgain | Code::OwnFilm => {
            way("do", "press-decide")
        }
        _ => Press::Button { action: format!("/jobs/{}/retry{carry}", job.id), label: t.word("press-retry") },
    }
}

/// Where the words of a job were read.
pub(super) fn words_from(t: Tongue, job: &Job) -> String {
    match &job.order.from {
        WordsFrom::Sidecar(text) => {
            t.say("words-sidecar", About::default().name("text", &text.path.to_string()))
        }
        WordsFrom::FolderDefault(text) => {
            t.say("words-folder", About::default().name("text", &text.path.to_string()))
        }
        WordsFrom::Default => t.word("words-default"),
    }
}
