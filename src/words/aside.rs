//! What was put aside with a note, and where its words had come from: what the note may say of both.

use crate::job::{Failure, Found, Job, RelPath, WordsFrom, Work, folded};

/// What of a failed drop lies beside its note.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lies {
    /// The clip and its text.
    #[default]
    Both,
    /// The clip alone.
    Clip,
    /// The text alone.
    Text,
    /// The folder, of a project.
    Folder,
    /// Nothing: it was taken out of the inbox, or something else lies in its place.
    Nothing,
    /// Nothing, because it could not be moved: it is still in the inbox.
    Inbox,
}

impl Lies {
    /// As the catalogues name it.
    pub(super) const fn named(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Clip => "clip",
            Self::Text => "text",
            Self::Folder => "folder",
            Self::Nothing => "nothing",
            Self::Inbox => "inbox",
        }
    }
}

/// Where the words of a drop had come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Source<'a> {
    /// Its own text.
    #[default]
    Own,
    /// The text in it, of a project's folder.
    Folder,
    /// It is a text itself.
    Alone,
    /// A text for several clips, below the inbox: a `batch.txt` or a `default.txt`.
    Shared(&'a RelPath),
    /// The settings.
    Usual,
}

impl<'a> Source<'a> {
    /// Where those of a job come from.
    pub const fn of(job: &'a Job) -> Self {
        match (&job.work, &job.order.from) {
            (Work::Project(_), _) => Self::Folder,
            (work, _) if work.is_text() => Self::Alone,
            (_, WordsFrom::Sidecar(_)) => Self::Own,
            (_, WordsFrom::FolderDefault(text)) => Self::Shared(&text.path),
            (_, WordsFrom::Default) => Self::Usual,
        }
    }

    /// As the catalogues name it.
    pub(super) const fn named(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Folder => "folder",
            Self::Alone => "alone",
            Self::Shared(_) => "shared",
            Self::Usual => "usual",
        }
    }
}

/// What was found where the clip of a job that asked was not in the inbox any more: nobody has cancelled that.
pub fn clip_gone() -> Found {
    Found { what: GONE.to_owned(), args: std::collections::BTreeMap::default() }
}

const GONE: &str = "cancelled-gone";

/// Whether that is why it was given up.
pub fn is_clip_gone(failure: &Failure) -> bool {
    failure.found.as_ref().is_some_and(|found| found.what == GONE)
}

/// The text that a failure found fault with, below the inbox.
pub(super) fn at_fault(failure: &Failure) -> Option<&str> {
    failure.found.as_ref()?.args.get("file").map(String::as_str)
}

/// The message about a text that can't be used: one that is not the clip's own has its fault for others as well, and lies
/// elsewhere.
pub(super) fn bad_text(text: &str, file: &str, source: Source) -> &'static str {
    match source {
        Source::Folder => "bad-sidecar-folder",
        Source::Alone => "bad-sidecar-alone",
        _ if is_own(text, file) => "bad-sidecar",
        _ if base(text).to_lowercase().starts_with("batch") => "bad-sidecar-batch",
        _ => "bad-sidecar-default",
    }
}

/// Whether a text is by its name the clip's own.
pub(super) fn is_own(text: &str, file: &str) -> bool {
    let name = base(file);
    let stem = |name: &str| folded(name.rsplit_once('.').map_or(name, |(stem, _)| stem).as_bytes());
    stem(base(text)) == stem(name) || stem(base(text)) == folded(name.as_bytes())
}

/// The last name of a path.
pub(super) fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
