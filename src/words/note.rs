//! Notes: why a drop waits or has failed, were credits spent, what to do.

use super::aside::{Lies, Source, at_fault, bad_text, base, is_clip_gone, is_own};
use super::catalogue::{Args, Catalogue, pages};
use super::{screen, show};
use crate::config::Language;
use crate::job::{Code, Failure, Fate, JobId, Message, is_looked_at_again};

/// The file formats taken, as people write them.
const FORMATS: &str = "mp4, mov, avi, webm, mkv, jpg, jpeg, png, gif, webp, mp3, wav, m4a, aac";
/// Characters of a failure's own message that are shown.
const MESSAGE_MAX: usize = 300;
/// Lines of a question that are shown.
const QUESTION_MAX: usize = 8;
/// Names of a list that are shown.
const FILES_MAX: usize = 6;

/// Whether a job has cost credits, as far as can be known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paid {
    /// It has not.
    No,
    /// One message may have been paid for.
    MaybeOnce,
    /// Several messages may have been paid for: a person had one sent again.
    MaybeMore,
    /// It has.
    Yes,
    /// It has, and another message may have been paid for.
    YesAndMaybe,
}

impl Paid {
    /// What a job's messages say.
    pub fn from_messages(messages: &[Message]) -> Self {
        let yes = messages.iter().any(|m| matches!(m.fate, Fate::Taken));
        let maybe = messages.iter().filter(|m| matches!(m.fate, Fate::Open | Fate::Ended(_))).count();
        match (yes, maybe) {
            (false, 0) => Self::No,
            (false, 1) => Self::MaybeOnce,
            (false, _) => Self::MaybeMore,
            (true, 0) => Self::Yes,
            (true, _) => Self::YesAndMaybe,
        }
    }

    pub(super) const fn said(self) -> &'static str {
        match self {
            Self::No => "paid-no",
            Self::MaybeOnce => "paid-maybe",
            Self::MaybeMore => "paid-maybe-more",
            Self::Yes => "paid-yes",
            Self::YesAndMaybe => "paid-yes-and-maybe",
        }
    }
}

/// What a note is about. Texts are taken as they come, from anywhere: they are made harmless here.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    /// The clip or the file, or the folder for a note about one.
    pub file: &'a str,
    /// Why.
    pub failure: &'a Failure,
    /// Were credits spent?
    pub paid: Paid,
    /// The clip's text, where there is one under another name than the clip's with `.txt`.
    pub sidecar: Option<&'a str>,
    /// The job, where there is one.
    pub job: Option<JobId>,
    /// The service's session.
    pub session: Option<&'a str>,
    /// Since when it waits, or when it failed, as it is to be shown.
    pub since: Option<&'a str>,
    /// Where an anonymous account is registered (`…/register?bind=…`); for no-credits and plan-blocks-export.
    pub register: Option<&'a str>,
    /// The link that opens the project in a browser.
    pub project: Option<&'a str>,
    /// What the service asks; for question.
    pub question: Option<&'a str>,
    /// What the service said instead of working; for nothing-changed.
    pub said: Option<&'a str>,
    /// What stands before `.answer.txt` where the clip's own name leaves no room for it; for question.
    pub answer: Option<&'a str>,
    /// The film already made; for same-again.
    pub film: Option<&'a str>,
    /// The files meant; for not-taken and ambiguous.
    pub files: &'a [String],
    /// How many clips, or credits; for first-run, budget-reached and cost-asks.
    pub count: Option<u64>,
    /// Bytes needed and bytes free; for no-space.
    pub room: Option<(u64, u64)>,
    /// What lies beside it, of what has failed.
    pub lies: Lies,
    /// Where the words had come from, of what has failed.
    pub source: Source<'a>,
    /// The consent to pay once more that stands in its text is used up.
    pub used: bool,
}

impl<'a> Note<'a> {
    /// A note that knows no more than this.
    pub const fn new(file: &'a str, failure: &'a Failure, paid: Paid) -> Self {
        Self {
            file,
            failure,
            paid,
            sidecar: None,
            job: None,
            session: None,
            since: None,
            register: None,
            project: None,
            question: None,
            answer: None,
            said: None,
            film: None,
            files: &[],
            count: None,
            room: None,
            lies: Lies::Both,
            source: Source::Own,
            used: false,
        }
    }

    /// The text that is no plain file, where that is what is wrong, and not the clip: by what the failure says of it.
    fn unsafe_text(&self) -> Option<&str> {
        let about = self.failure.message.split(": ").next().filter(|_| self.failure.code == Code::NotSafe)?;
        (about != self.file && about.to_ascii_lowercase().ends_with(".txt")).then_some(about)
    }

    /// The catalogue's message that says why.
    pub(super) fn why(&self) -> &'static str {
        let bad = at_fault(self.failure).filter(|_| self.failure.code == Code::BadSidecar);
        match (self.failure.code, bad) {
            _ if self.unsafe_text().is_some() => "not-safe-text",
            (Code::Ambiguous, _) if self.files.len() > 1 => "ambiguous-texts",
            (Code::Cancelled, _) if is_clip_gone(self.failure) => "cancelled-gone",
            (_, Some(text)) => bad_text(text, self.file, self.source),
            (code, None) => code.as_str(),
        }
    }

    /// The text that is meant: the one that is at fault, where one is, else the clip's own. That lies beside the clip, and
    /// any other somewhere else.
    fn text(&self, stem: &str) -> String {
        let shown = |text| if is_own(text, self.file) { base(text) } else { text };
        let bad = at_fault(self.failure).filter(|_| self.failure.code == Code::BadSidecar).map(shown);
        self.unsafe_text().or(bad).or(self.sidecar).map_or_else(|| format!("{stem}.txt"), str::to_owned)
    }

    pub(super) fn args(&self, words: &Catalogue) -> Args {
        let name = |raw: &str| words.quoted(raw);
        let own = self.file.rsplit('/').next().unwrap_or(self.file);
        let stem = own.rsplit_once('.').map_or(own, |(stem, _)| stem);
        // A clip whose text has its whole name may have a twin of its stem.
        let whole = self.sidecar.is_some_and(|text| text.rsplit('/').next() == Some(&format!("{own}.txt")));
        let answers = self.answer.unwrap_or(if whole { own } else { stem });
        let source =
            if let Source::Shared(path) = self.source { Some(name(&path.to_string())) } else { None };
        Args::default()
            // The inbox itself has no name below the inbox.
            .with("file", Some(if self.file.is_empty() { words.word("the-inbox") } else { name(self.file) }))
            .with("text", Some(name(&self.text(stem))))
            .with("used_text", self.used.then(|| name(&self.text(stem))))
            .with("lies", Some(self.lies.named().to_owned()))
            .with("from", Some(self.source.named().to_owned()))
            .with("source", source)
            .with("answer", Some(show::whole(&format!("{answers}.answer.txt"))))
            .with("own_text", Some(name(&format!("{own}.txt"))))
            .with("formats", Some(FORMATS.to_owned()))
            .with("code", Some(self.failure.code.to_string()))
            .with("message", show::sentence(&self.failure.message, MESSAGE_MAX))
            .with("hint", show::sentence(&self.failure.hint, MESSAGE_MAX))
            .with("job", self.job.map(|j| j.to_string()))
            .with("session", self.session.map(show::name))
            .with("since", self.since.map(|since| words.number(&show::name(since))))
            .with("register", self.register.and_then(show::link))
            .with("project", self.project.and_then(show::link))
            .with("film", self.film.map(name))
            .count("count", self.count)
            .with("needed", self.room.map(|(needed, _)| words.size(needed)))
            .with("free", self.room.map(|(_, free)| words.size(free)))
            .count("more", u64::try_from(self.files.len().saturating_sub(FILES_MAX)).ok())
    }
}

/// The text of `<name>.waiting.txt`.
pub fn waiting(note: &Note, language: Language) -> String {
    let end = match note.failure.code {
        Code::UnknownFate | Code::NothingChanged | Code::Question => "looks",
        code if is_looked_at_again(code) => "goes-on",
        _ => "stays",
    };
    pages(language, |words| page(note, words, end, "since"))
}

/// The text of `<name>.error.txt`.
pub fn failed(note: &Note, language: Language) -> String {
    let end = match note.lies {
        Lies::Inbox => "failed-left",
        _ if note.paid == Paid::No => "failed",
        _ => "failed-paid",
    };
    pages(language, |words| page(note, words, end, "failed-at"))
}

fn page(note: &Note, words: &Catalogue, end: &str, since: &str) -> String {
    let args = note.args(words);
    let code = note.why();
    let line = |message| args_line(words, message, &args);
    let mut out = line(code);
    if shows_message(note.failure.code) {
        out += &found(note, words, &args);
    }
    out += &listed(note, words, &args);
    out += &asked(note, words);
    out += "\n";
    out += &line(paid(note));
    out += "\n";
    out += &line("to-do");
    for (at, step) in words.steps(code, &args).iter().enumerate() {
        let n = Args::default().count("n", u64::try_from(at + 1).ok());
        let n = words.say("numbered", &n).unwrap_or_default();
        out += &show::paragraph(step, &format!("{n} "), "   ");
    }
    out += "\n";
    out += &line(end);
    let named = note.project.is_some_and(|link| out.contains(link));
    // What stands above already is not told twice.
    let told =
        shows_message(note.failure.code) || note.question.or(note.said).is_some() || !note.files.is_empty();
    let details = (!told).then_some("details");
    let foot = [(!named).then_some("project"), Some(since), details, Some("job"), Some("reason")];
    out + "\n" + &foot.into_iter().flatten().map(line).collect::<String>()
}

/// A message as a paragraph; nothing where its arguments are not known.
fn args_line(words: &Catalogue, message: &str, args: &Args) -> String {
    words.say(message, args).map_or_else(String::new, |said| show::paragraph(&said, "", ""))
}

/// Whether the failure's own message says what a person has to know; else it stands below, for whoever helps.
const fn shows_message(code: Code) -> bool {
    matches!(code, Code::BadSidecar | Code::NotInThisVersion)
}

/// What exactly is wrong: in the reader's language where the catalogue has it.
fn found(note: &Note, words: &Catalogue, args: &Args) -> String {
    let Some(found) = &note.failure.found else { return args_line(words, "found", args) };
    let told = found.args.iter().fold(Args::default(), |args, (name, value)| {
        let value = show::folded(value, MESSAGE_MAX);
        args.named(name.clone(), value)
    });
    match words.say(&found.what, &told) {
        Some(message) => {
            let args = Args::default().with("message", Some(message));
            args_line(words, "found", &args)
        }
        None => args_line(words, "found", args),
    }
}

/// Where the service answered, a message is known to have arrived; what it cost is not.
fn paid(note: &Note) -> &'static str {
    match (note.paid, note.failure.code) {
        (Paid::MaybeOnce, Code::Question | Code::NothingChanged) => "paid-maybe-answered",
        // It waited for the answer to a question.
        (Paid::MaybeOnce, Code::Cancelled) if is_clip_gone(note.failure) => "paid-maybe-answered",
        (paid, _) => paid.said(),
    }
}

fn listed(note: &Note, words: &Catalogue, args: &Args) -> String {
    if note.files.is_empty() {
        return String::new();
    }
    let count = Args::default().count("count", u64::try_from(note.files.len()).ok());
    let mut out = format!("{}\n", words.say("these-files", &count).unwrap_or_default());
    for file in note.files.iter().take(FILES_MAX) {
        out += &show::paragraph(&show::name(file), "  - ", "    ");
    }
    if note.files.len() > FILES_MAX {
        out += &show::paragraph(&words.say("and-more", args).unwrap_or_default(), "  ", "  ");
    }
    out
}

fn asked(note: &Note, words: &Catalogue) -> String {
    let (said, head) =
        if note.question.is_some() { (note.question, "asked") } else { (note.said, "said-so") };
    match said.map(|q| show::quote(&screen::told(q, words), QUESTION_MAX)) {
        Some(block) if !block.is_empty() => format!("{}\n{block}", words.word(head)),
        _ => String::new(),
    }
}
