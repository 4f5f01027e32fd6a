//! From a sidecar to an order: what is asked for, and whether it still is. Pure.

use crate::config;
use crate::inbox::{self, Arrival, Text, WordsNow};
use crate::instruction::{self, Asked, Instruction, Priority, Problem, Quality, Route};
use crate::job::{Code, ContentHash, Failure, Found, Job, Order, RelPath, TextRef, WordsFrom, Work};
use crate::outbox::{Note, Title};

/// The longest name a folder takes, in bytes.
pub(super) const NAME_MAX: usize = 255;

/// What a text alone asks for.
///
/// # Errors
/// A text that can't be read.
pub fn of_text(text: &Text, config: &config::Config) -> Result<Order, Failure> {
    let sidecar = instruction::read(&text.bytes).map_err(|problem| bad(text, &problem))?;
    let instruction = sidecar.instruction(&config.instructions.default);
    Ok(order(instruction, WordsFrom::Sidecar(reference(text)), config))
}

/// What a text without a clip asks for. The usual words are meant for clips: headers alone are no message.
///
/// # Errors
/// A text that can't be read.
pub(super) fn of_lone(text: &Text, config: &config::Config) -> Result<Order, Failure> {
    let sidecar = instruction::read(&text.bytes).map_err(|problem| bad(text, &problem))?;
    Ok(order(sidecar.instruction(""), WordsFrom::Sidecar(reference(text)), config))
}

/// What a film of words alone is to be made of. Never of the usual words: those are meant for clips.
///
/// # Errors
/// A text that can't be read, or that has no words to send.
pub fn of_words(text: &Text, config: &config::Config) -> Result<Order, Failure> {
    let sidecar = instruction::read(&text.bytes).map_err(|problem| bad(text, &problem))?;
    let order = order(sidecar.instruction(""), WordsFrom::Sidecar(reference(text)), config);
    if order.messages.is_empty() {
        let message = format!("{}: there are no words in it to make a film of", text.path);
        return Err(unfit(text, message, "found-no-words"));
    }
    Ok(order)
}

/// The order of a drop whose text can't be read: nothing is asked for, and the text goes where its clip goes.
pub(super) fn unreadable(text: Option<&Text>) -> Order {
    Order {
        words: String::new(),
        messages: Vec::new(),
        language: String::new(),
        quality: String::new(),
        output: None,
        priority: 1,
        again: false,
        cost_ok: false,
        asked: None,
        from: text.map_or(WordsFrom::Default, |text| WordsFrom::Sidecar(reference(text))),
    }
}

/// The same of a clip, whose words may be in a text for several.
pub(super) fn unreadable_of(arrival: &Arrival) -> Order {
    let from = source(arrival).map(|(_, from)| from);
    Order { from: from.unwrap_or(WordsFrom::Default), ..unreadable(None) }
}

/// The text that holds for a clip, and what it is to that clip.
fn source(arrival: &Arrival) -> Option<(&Text, WordsFrom)> {
    match (&arrival.sidecar, &arrival.default) {
        (Some(text), _) => Some((text, WordsFrom::Sidecar(reference(text)))),
        (None, Some(text)) => Some((text, WordsFrom::FolderDefault(reference(text)))),
        (None, None) => None,
    }
}

/// The messages among these steps.
pub(super) fn messages(steps: &[String]) -> Vec<String> {
    let is_message = |step: &&String| instruction::route(step) == Route::Message;
    steps.iter().filter(is_message).cloned().collect()
}

/// What an arrival asks for.
///
/// # Errors
/// A text that can't be read, or asks for what can't be done.
pub fn of(arrival: &Arrival, config: &config::Config) -> Result<Order, Failure> {
    let defaults = &config.instructions.default;
    let (instruction, from) = match source(arrival) {
        Some((text, from)) => (of_clip(text, defaults)?, from),
        None => (Instruction::plain(defaults), WordsFrom::Default),
    };
    Ok(order(instruction, from, config))
}

/// Whether nobody has written it for this very clip. What was put back without its text has kept its words.
pub(super) fn is_usual(order: &Order, config: &config::Config) -> bool {
    match order.from {
        WordsFrom::Sidecar(_) | WordsFrom::FolderDefault(_) => true,
        WordsFrom::Default => order.words == Instruction::plain(&config.instructions.default).text,
    }
}

/// What a text says of a clip: headers alone stand over the text that would hold without it.
fn of_clip(text: &Text, defaults: &str) -> Result<Instruction, Failure> {
    let sidecar = instruction::read(&text.bytes).map_err(|problem| bad(text, &problem))?;
    if sidecar.headers.make.is_some() {
        let message =
            format!("{}: `Make: video` makes a film of words alone, and this text is a clip's", text.path);
        return Err(unfit(text, message, "found-make-video"));
    }
    match text.over.as_ref().filter(|_| sidecar.words.is_none()) {
        None => Ok(sidecar.instruction(defaults)),
        Some(below) => {
            let below = of_clip(below, defaults)?;
            Ok(Instruction { headers: sidecar.headers.over(below.headers), ..below })
        }
    }
}

fn order(instruction: Instruction, from: WordsFrom, config: &config::Config) -> Order {
    let headers = instruction.headers;
    let (mut messages, mut asked) = (Vec::new(), None);
    for step in instruction.steps {
        match instruction::route(&step) {
            Route::Message => messages.push(step),
            Route::Export { asked: wish } if wish != Asked::default() => asked = Some(wish),
            _ => {}
        }
    }
    let wish = asked.as_ref().and_then(|asked| asked.quality);
    Order {
        messages,
        words: instruction.text,
        language: headers.language.unwrap_or_else(|| config.instructions.language.clone()),
        quality: quality(headers.quality.or(wish), config).to_owned(),
        output: headers.output,
        priority: priority(headers.priority),
        again: headers.again,
        cost_ok: headers.cost_ok,
        asked,
        from,
    }
}

fn quality(asked: Option<Quality>, config: &config::Config) -> &'static str {
    asked.map_or_else(|| config.export.quality.as_str(), named)
}

/// A quality as the service writes it.
pub(super) const fn named(quality: Quality) -> &'static str {
    match quality {
        Quality::Low => "low",
        Quality::Medium => "medium",
        Quality::High => "high",
    }
}

fn priority(asked: Option<Priority>) -> u8 {
    match asked {
        Some(Priority::High) => 0,
        Some(Priority::Normal) | None => 1,
        Some(Priority::Low) => 2,
    }
}

/// A text as the ledger refers to it.
pub(super) fn reference(text: &Text) -> TextRef {
    let hash = |bytes: &[u8]| ContentHash::new(*blake3::hash(bytes).as_bytes());
    let says = instruction::gist(&text.bytes).map(|says| hash(says.as_bytes()));
    TextRef { path: text.path.clone(), stamp: text.stamp, hash: hash(&text.bytes), says }
}

fn bad(text: &Text, problem: &Problem) -> Failure {
    let hint = "Mend the text and drop both files again.";
    Failure::new(Code::BadSidecar, format!("{}: {problem}", text.path), hint).finding(found(text, problem))
}

/// A text that reads well, and asks for what can't be.
fn unfit(text: &Text, message: String, found: &str) -> Failure {
    let args = [("file".to_owned(), text.path.to_string())].into();
    let hint = "Mend the text, and drop what came with it again.";
    Failure::new(Code::BadSidecar, message, hint).finding(Found { what: found.to_owned(), args })
}

/// The same for people, in any language.
fn found(text: &Text, problem: &Problem) -> Found {
    let file = ("file", text.path.to_string());
    let (what, args) = match problem {
        Problem::Encoding { .. } => ("found-encoding", vec![file]),
        Problem::TooLong => ("found-too-long", vec![file]),
        Problem::Empty => ("found-empty", vec![file]),
        Problem::BadHeader { key, value, .. } => {
            ("found-bad-header", vec![file, ("key", (*key).to_owned()), ("value", value.clone())])
        }
        Problem::Repeated { key } => ("found-repeated", vec![file, ("key", (*key).to_owned())]),
    };
    let args = args.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Found { what: what.to_owned(), args }
}

/// Whether the words that lie beside the clip now are those an order was made of.
pub(super) fn is_still(order: &Order, now: &WordsNow, config: &config::Config) -> bool {
    // Of headers alone, what they stand over may have changed.
    let says = |text: &Text| {
        let now = of_clip(text, &config.instructions.default).ok()?;
        let language = now.headers.language.unwrap_or_else(|| config.instructions.language.clone());
        Some(now.text == order.words && language == order.language)
    };
    let same = |known: &TextRef, text: &Text| {
        reference(text).hash == known.hash && (inbox::has_words(text) || says(text) == Some(true))
    };
    match (&order.from, now) {
        (WordsFrom::Sidecar(known), WordsNow::Own { text, .. })
        | (WordsFrom::FolderDefault(known), WordsNow::Alone { default: Some(text) }) => same(known, text),
        (WordsFrom::Default, WordsNow::Alone { default: None }) => true,
        _ => false,
    }
}

/// The name that a job's film has, or would have, without number and ending: short enough for every note beside it. A text
/// of that name means the job as one of its clip's own name does.
pub fn film_title(job: &Job) -> Vec<u8> {
    title(job).stem().to_vec()
}

/// What stands before `.answer.txt` for a job whose clip has a name that leaves no room for it.
pub fn short_answer(job: &Job) -> Option<String> {
    const LONGEST: usize = NAME_MAX - b".answer.txt".len();
    (job.stem().len() > LONGEST).then(|| String::from_utf8_lossy(title(job).stem()).into_owned())
}

/// What a job's film and notes are called.
pub(super) fn title(job: &Job) -> Title {
    if let Some(name) = &job.order.output {
        return Title::of_output(name, NAME_MAX);
    }
    let stem = job.stem();
    match &job.work {
        Work::Clip | Work::Address | Work::Ask | Work::Project(_) => Title::new(stem, NAME_MAX),
        // `song.video.txt` makes `song.mp4`.
        Work::Video => {
            let at = stem.len().saturating_sub(b".video".len());
            let named = at > 0 && stem[at..].eq_ignore_ascii_case(b".video");
            Title::new(if named { &stem[..at] } else { stem }, NAME_MAX)
        }
        Work::Refine(base) => {
            Title::new(&[base.film.stem(), format!(".v{}", base.made).as_bytes()].concat(), NAME_MAX)
        }
    }
}

/// Where a delivered job's report lies, or would.
pub fn report_of(job: &Job) -> Option<RelPath> {
    let (film, title) = (job.delivered.as_ref()?, title(job));
    if job.work == Work::Ask {
        return Some(film.clone());
    }
    // The film's number was free for its report as well.
    let number = title.number_of(film.name()).unwrap_or(1);
    film.with_name(&title.note(number, Note::Report))
}

/// Where the note of a job that waits may lie: without its clip's ending, and with it.
pub fn waiting_notes_of(job: &Job) -> Vec<RelPath> {
    let folder = job.home();
    let note = |name| folder.join(&Title::new(name, NAME_MAX).note(1, Note::Waiting));
    if job.work.is_text() {
        // After the film that is to come: a bare `talk.txt` makes another version of one that may wait for something too.
        return [title(job).stem(), job.dropped().name()].into_iter().filter_map(note).collect();
    }
    [job.stem(), job.dropped().name()].into_iter().filter_map(note).collect()
}

/// Where the note of a job that has failed lies, where its name was free.
pub fn error_note_of(job: &Job) -> Option<RelPath> {
    let note = Title::new(job.stem(), NAME_MAX).note(1, Note::Error);
    job.home().join(&note).filter(|_| job.end.is_some())
}
