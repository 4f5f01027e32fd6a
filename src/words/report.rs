//! Reports: what was done for a film that is delivered.

use super::fill::{Args, Ways};
use super::{Paid, en, show};
use crate::job::{Step, WordsFrom};

/// Lines of the request, and of each answer, that are shown.
const QUOTE_MAX: usize = 20;
/// Characters of the timeline, which stands on one line, and of a remark that are shown.
const LINE_MAX: usize = 600;
/// From this length on a clip's text gets less accurate, in milliseconds.
const LONG_CLIP_MS: u64 = 120_000;

/// One step that was done.
#[derive(Clone, Debug)]
pub struct Done {
    /// Which.
    pub step: Step,
    /// When it began, as it is to be shown.
    pub at: String,
    /// How long it took, in seconds.
    pub seconds: f64,
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
    /// What was asked, all of it.
    pub words: &'a str,
    /// Where that was read.
    pub from: &'a WordsFrom,
    /// The timeline's summary.
    pub timeline: Option<&'a str>,
    /// What the service said to each message, in order; nothing where none was sent.
    pub said: &'a [String],
    /// Were credits spent?
    pub paid: Paid,
    /// How many there were, and are.
    pub credits: Credits,
    /// The account it was begun with and the one it ended with, where they are not the same.
    pub accounts: Option<(&'a str, &'a str)>,
    /// What was done, in order.
    pub steps: &'a [Done],
    /// What else is to be said: plain sentences.
    pub remarks: &'a [String],
    /// The link that opens the project in a browser.
    pub project: Option<&'a str>,
    /// The service's session.
    pub session: Option<&'a str>,
}

/// The text of `<name>.report.txt`.
pub fn report(r: &Report) -> String {
    let args = args(r);
    let parts = [
        r.incomplete.then(|| show::paragraph(en::INCOMPLETE, "", "")),
        Some(film(&args)),
        Some(remarks(r)),
        Some(asked(r, &args)),
        r.timeline.and_then(|t| show::folded(t, LINE_MAX)).map(|t| {
            format!(
                "{}
  {t}
",
                en::TIMELINE
            )
        }),
        Some(said(r)),
        Some(credits(r, &args)),
        Some(steps(r)),
        (r.clip_ms > Some(LONG_CLIP_MS)).then(|| show::paragraph(en::TIP, "", "")),
        Some(lines(&args, &[en::PROJECT, en::SESSION])),
    ];
    parts.into_iter().flatten().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("\n")
}

fn args(r: &Report) -> Args {
    let spent = match (r.credits.before, r.credits.after) {
        (Some(before), Some(after)) if r.credits.others == 0 && r.accounts.is_none() && before >= after => {
            Some(before - after)
        }
        _ => None,
    };
    let text = match r.from {
        WordsFrom::Sidecar(text) | WordsFrom::FolderDefault(text) => Some(text.path.to_string()),
        WordsFrom::Default => None,
    };
    Args::default()
        .with("clip", Some(en::quoted(&show::name(r.clip))))
        .with("film", Some(en::quoted(&show::name(r.film))))
        .with("length", r.film_ms.map(show::clock))
        .with("width", r.picture.map(|(width, _)| width.to_string()))
        .with("height", r.picture.map(|(_, height)| height.to_string()))
        .with("size", Some(show::size(r.bytes)))
        .with("text", text.map(|t| en::quoted(&show::name(&t))))
        .with("before", r.credits.before.map(show::amount))
        .with("after", r.credits.after.map(show::amount))
        .with("spent", spent.map(show::amount))
        .with("others", Some(r.credits.others.to_string()))
        .with("old_account", r.accounts.map(|(old, _)| show::name(old)))
        .with("new_account", r.accounts.map(|(_, new)| show::name(new)))
        .with("project", r.project.and_then(show::link))
        .with("session", r.session.map(show::name))
}

fn film(args: &Args) -> String {
    lines(args, &[en::READY, en::LENGTH, en::PICTURE, en::SIZE])
}

fn lines(args: &Args, each: &[Ways]) -> String {
    each.iter().filter_map(|ways| args.say(ways)).map(|line| show::paragraph(&line, "", "")).collect()
}

fn remarks(r: &Report) -> String {
    let each: String = r
        .remarks
        .iter()
        .filter_map(|remark| show::sentence(remark, LINE_MAX))
        .map(|remark| show::paragraph(&remark, "  - ", "    "))
        .collect();
    headed(en::REMARKS, &each)
}

fn asked(r: &Report, args: &Args) -> String {
    let head = match r.from {
        WordsFrom::Sidecar(_) => args.say(en::ASKED_IN_TEXT).unwrap_or_default(),
        WordsFrom::FolderDefault(_) => args.say(en::ASKED_BY_FOLDER).unwrap_or_default(),
        WordsFrom::Default => en::ASKED_BY_DEFAULT.to_owned(),
    };
    headed(&head, &show::quote(r.words, QUOTE_MAX))
}

fn said(r: &Report) -> String {
    let mut out = String::new();
    for (at, words) in r.said.iter().enumerate() {
        let args = Args::default().with("n", Some((at + 1).to_string()));
        let head = match r.said.len() {
            1 => en::SAID.to_owned(),
            _ => args.say(en::SAID_TO).unwrap_or_default(),
        };
        let block = match show::quote(words, QUOTE_MAX) {
            block if block.is_empty() => show::paragraph(en::SAID_NOTHING, "  ", "  "),
            block => block,
        };
        out += &headed(&head, &block);
    }
    out
}

fn credits(r: &Report, args: &Args) -> String {
    let known = lines(args, &[en::CREDITS]);
    let shared = r.credits.others > 0 && !known.is_empty();
    let others = if shared { lines(args, &[en::OTHERS]) } else { String::new() };
    show::paragraph(r.paid.said(), "", "") + &known + &others + &lines(args, &[en::ACCOUNTS])
}

fn steps(r: &Report) -> String {
    let each: String = r
        .steps
        .iter()
        .filter_map(|done| {
            let n = match done.step {
                Step::Instruct(n) | Step::Observe(n) => Some((n + 1).to_string()),
                _ => None,
            };
            let did = Args::default().with("n", n).say(en::step(done.step));
            Args::default()
                .with("at", Some(show::name(&done.at)))
                .with("step", did)
                .with("seconds", Some(format!("{:.1}", done.seconds)))
                .say(en::TOOK)
        })
        .map(|line| show::paragraph(&line, "  - ", "    "))
        .collect();
    headed(en::STEPS, &each)
}

fn headed(head: &str, block: &str) -> String {
    if block.is_empty() { String::new() } else { show::paragraph(head, "", "") + block }
}

#[cfg(test)]
mod tests;
