//! Reports: what was done for a film that is delivered.

use super::catalogue::{Args, Catalogue, pages};
use super::{Paid, Remark, screen, show, timeline};
use crate::config::Language;
use crate::instruction::{Asked, SEPARATOR};
use crate::job::{Step, WordsFrom};
use crate::timeline::Told;

/// Lines of the request, and of each answer, that are shown.
const QUOTE_MAX: usize = 20;
/// Characters of an error that are shown.
const ERROR_MAX: usize = 300;
/// From this length on a clip's text gets less accurate, in milliseconds.
const LONG_CLIP_MS: u64 = 120_000;

/// How a step went that was begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Went {
    /// It was done.
    Done,
    /// A message left, and nobody said that it was carried out.
    Sent,
    /// The service did not take the message.
    Refused,
}

/// What the service said to a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heard {
    /// To which, from 0 on.
    pub n: u16,
    /// Its words.
    pub words: String,
    /// What cut it off before it had ended.
    pub cut: Option<Cut>,
}

/// What cut an answer off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cut {
    /// The connection broke, or was closed.
    Broke,
    /// The service reported this error.
    Error(String),
}

/// One step that was begun.
#[derive(Clone, Debug)]
pub struct Done {
    /// Which.
    pub step: Step,
    /// When it began, as it is to be shown.
    pub at: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How it went.
    pub went: Went,
}

/// The account's credits around a job.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Credits {
    /// Available before the first message, where it was read.
    pub before: Option<f64>,
    /// Available after the last one, where it was read.
    pub after: Option<f64>,
    /// How many other jobs had messages in flight between both readings.
    pub others: u32,
}

/// What a report tells. Texts are taken as they come, from anywhere: they are made harmless here.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The clip's name.
    pub clip: &'a str,
    /// The film's name.
    pub film: &'a str,
    /// A stream broke: the first line says that something may be missing.
    pub incomplete: bool,
    /// How long the clip plays, in milliseconds, where that is known and its text is Bangla: a long one gets the tip.
    pub clip_ms: Option<u64>,
    /// How long the film plays, in milliseconds.
    pub film_ms: Option<u64>,
    /// The film's width and height in pixels.
    pub picture: Option<(u32, u32)>,
    /// The film's length in bytes.
    pub bytes: u64,
    /// How the film was asked for, where a step said so.
    pub asked: Option<&'a Asked>,
    /// What was asked, all of it.
    pub words: &'a str,
    /// Where that was read.
    pub from: &'a WordsFrom,
    /// The messages that were sent, in order, where they are not just those of `words`; else none.
    pub sent: &'a [String],
    /// The timeline of the exported draft.
    pub timeline: Option<&'a Told>,
    /// What the service said to each message, in order; nothing where none was sent.
    pub said: &'a [Heard],
    /// Were credits spent?
    pub paid: Paid,
    /// How many there were, and are.
    pub credits: Credits,
    /// The account it was begun with and the one it ended with, where they are not the same.
    pub accounts: Option<(&'a str, &'a str)>,
    /// What was done, in order.
    pub steps: &'a [Done],
    /// The batch that the clip is one of, and whether it was worked in a project of its own because that of the batch still
    /// held an earlier clip.
    pub batch: Option<(&'a str, bool)>,
    /// What else is to be said.
    pub remarks: &'a [Remark],
    /// The link that opens the project in a browser.
    pub project: Option<&'a str>,
    /// The service's session.
    pub session: Option<&'a str>,
}

impl Report<'_> {
    /// What the account lost by it, where that can be told: nobody else used it, and it stayed the same one.
    pub(super) fn spent(&self) -> Option<f64> {
        let (before, after) = self.credits.before.zip(self.credits.after)?;
        let alone = self.credits.others == 0 && self.accounts.is_none();
        (alone && before >= after).then_some(before - after)
    }
}

/// The text of `<name>.report.txt`.
pub fn report(r: &Report, language: Language) -> String {
    pages(language, |words| page(r, words))
}

fn page(r: &Report, words: &Catalogue) -> String {
    let args = args(r, words);
    let lines = |each: &[&str]| lines(words, &args, each);
    let parts = [
        r.incomplete.then(|| lines(&["incomplete"])),
        Some(lines(&["ready", "length", "picture", "file-size", "asked-size", "asked-format"])),
        Some(remarks(r, words, &args)),
        Some(asked(r, words, &args)),
        r.timeline.map(|told| headed(&words.word("timeline-head"), &timeline::told(told, words))),
        Some(said(r, words)),
        Some(credits(r, words, &args)),
        Some(steps(r, words)),
        (r.clip_ms > Some(LONG_CLIP_MS)).then(|| lines(&["tip"])),
        Some(lines(&["project", "session"])),
    ];
    parts.into_iter().flatten().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("\n")
}

fn args(r: &Report, words: &Catalogue) -> Args {
    let text = r.from.text().map(|text| text.path.to_string());
    let number = |written: String| words.number(&written);
    Args::default()
        .with("clip", Some(words.quoted(r.clip)))
        .with("film", Some(words.quoted(r.film)))
        .with("length", r.film_ms.map(show::clock).map(number))
        .with("width", r.picture.map(|(width, _)| number(width.to_string())))
        .with("height", r.picture.map(|(_, height)| number(height.to_string())))
        .with("size", Some(words.size(r.bytes)))
        .with("asked_height", r.asked.and_then(|asked| asked.height).map(|lines| number(format!("{lines}p"))))
        .with("asked_format", r.asked.and_then(|asked| asked.format.clone()).filter(|format| format != "mp4"))
        .with("text", text.map(|t| words.quoted(&t)))
        .with("before", r.credits.before.map(show::amount).map(number))
        .with("after", r.credits.after.map(show::amount).map(number))
        .with("spent", r.spent().map(show::amount).map(number))
        .with("batch", r.batch.map(|(folder, _)| words.quoted(folder)))
        .count("others", Some(r.credits.others.into()))
        .with("old_account", r.accounts.map(|(old, _)| show::name(old)))
        .with("new_account", r.accounts.map(|(_, new)| show::name(new)))
        .with("project", r.project.and_then(show::link))
        .with("session", r.session.map(show::name))
}

fn lines(words: &Catalogue, args: &Args, each: &[&str]) -> String {
    let said = each.iter().filter_map(|message| words.say(message, args));
    said.map(|line| show::paragraph(&line, "", "")).collect()
}

fn remarks(r: &Report, words: &Catalogue, args: &Args) -> String {
    let apart = r.batch.is_some_and(|(_, apart)| apart);
    let of_batch = ["batch"].into_iter().chain(apart.then_some("batch-apart"));
    let of_batch: Vec<String> = of_batch.filter_map(|message| words.say(message, args)).collect();
    let each: String = of_batch
        .iter()
        .cloned()
        .chain(r.remarks.iter().filter_map(|remark| remark.told(words)))
        .map(|remark| show::paragraph(&remark, "  - ", "    "))
        .collect();
    headed(&words.word("remarks"), &each)
}

fn asked(r: &Report, words: &Catalogue, args: &Args) -> String {
    if !r.sent.is_empty() {
        let each: Vec<_> = r.sent.iter().map(|message| show::quote(message, QUOTE_MAX)).collect();
        return headed(&words.word("asked-sent"), &each.join(&show::quote(SEPARATOR, 1)));
    }
    let head = match r.from {
        WordsFrom::Sidecar(_) => "asked-in-text",
        WordsFrom::FolderDefault(_) => "asked-by-folder",
        WordsFrom::Default => "asked-by-default",
    };
    headed(&words.say(head, args).unwrap_or_default(), &show::quote(r.words, QUOTE_MAX))
}

fn said(r: &Report, words: &Catalogue) -> String {
    let mut out = String::new();
    for answer in r.said {
        let args = Args::default().count("n", Some(u64::from(answer.n) + 1));
        let head = if r.said.len() == 1 { "said" } else { "said-to" };
        let line = |message| show::paragraph(&words.word(message), "  ", "  ");
        let block = match (show::quote(&screen::told(&answer.words, words), QUOTE_MAX), &answer.cut) {
            (block, Some(Cut::Broke)) => block + &line("said-broke"),
            (block, Some(Cut::Error(error))) => block + &reported(error, words),
            (block, None) if block.is_empty() => line("said-nothing"),
            (block, None) => block,
        };
        out += &headed(&words.say(head, &args).unwrap_or_default(), &block);
    }
    out
}

fn reported(error: &str, words: &Catalogue) -> String {
    let args = Args::default().with("message", show::sentence(error, ERROR_MAX));
    let said = words.say("said-error", &args).unwrap_or_default();
    show::paragraph(&said, "  ", "  ")
}

fn credits(r: &Report, words: &Catalogue, args: &Args) -> String {
    let known = lines(words, args, &["credits"]);
    let shared = r.credits.others > 0 && !known.is_empty();
    let others = if shared { lines(words, args, &["others"]) } else { String::new() };
    let unknown = lines(words, args, &untold(r).into_iter().collect::<Vec<_>>());
    lines(words, args, &[r.paid.said()]) + &known + &unknown + &others + &lines(words, args, &["accounts"])
}

/// Why it can't be told what was spent, where nothing else says so.
fn untold(r: &Report) -> Option<&'static str> {
    if r.paid == Paid::No || r.credits.others > 0 || r.accounts.is_some() {
        return None;
    }
    match (r.credits.before, r.credits.after) {
        (Some(before), Some(after)) => (after > before).then_some("credits-came"),
        _ => Some("credits-unread"),
    }
}

fn steps(r: &Report, words: &Catalogue) -> String {
    let each: String = r
        .steps
        .iter()
        .filter_map(|done| {
            let n = match done.step {
                Step::Instruct(n) | Step::Observe(n) => Some(u64::from(n) + 1),
                _ => None,
            };
            let did = words.say(did(done), &Args::default().count("n", n));
            let args = Args::default()
                .with("at", Some(words.number(&show::name(&done.at))))
                .with("step", did)
                .with("seconds", Some(words.number(&format!("{:.1}", done.seconds))));
            words.say("took", &args)
        })
        .map(|line| show::paragraph(&line, "  - ", "    "))
        .collect();
    headed(&words.word("steps"), &each)
}

/// What a step did.
const fn did(done: &Done) -> &'static str {
    match (done.step, done.went) {
        (Step::Session, _) => "step-session",
        (Step::Upload, _) => "step-upload",
        (Step::Instruct(_), Went::Done) => "step-instruct",
        (Step::Instruct(_), Went::Sent) => "step-sent",
        (Step::Instruct(_), Went::Refused) => "step-refused",
        (Step::Observe(_), _) => "step-observe",
        (Step::Export, _) => "step-export",
        (Step::Fetch, _) => "step-fetch",
        (Step::Deliver, _) => "step-deliver",
        (Step::Tidy, _) => "step-tidy",
    }
}

fn headed(head: &str, block: &str) -> String {
    if block.is_empty() { String::new() } else { show::paragraph(head, "", "") + block }
}

#[cfg(test)]
mod tests;
