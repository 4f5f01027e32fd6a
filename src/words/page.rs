//! The page on the share: what is going on, as one file for whoever has only the folders.

use std::fmt::Write as _;

use super::catalogue::{Args, Catalogue, of};
use super::{Note, show};
use crate::config::Language;

/// What tells our page from anybody else's `index.html`.
pub const MARK: &str = r#"<meta name="generator" content="dakbox">"#;

const STYLE: &str = include_str!("page/style.css");
/// Nothing is loaded and nothing runs, whatever a name in it would have liked.
const HEAD: &str = r#"<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
"#;

/// A place below the root, as it is: a link is made of it.
pub type Place = Vec<u8>;

/// A part of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// What waits.
    Waits,
    /// What is at work, or will be by itself.
    Work,
    /// What lies in the inbox and is not taken.
    Seen,
    /// What failed lately.
    Failed,
    /// What was made lately.
    Done,
}

impl Part {
    /// The name of its class, which its heading is named after, and its shape: colour alone says nothing.
    const fn looks(self) -> (&'static str, &'static str) {
        match self {
            Self::Waits => ("waits", "\u{2016}"),
            Self::Work => ("work", "\u{25CF}"),
            Self::Seen => ("seen", "\u{25CB}"),
            Self::Failed => ("failed", "\u{2715}"),
            Self::Done => ("done", "\u{2713}"),
        }
    }
}

/// What a job does, or why it does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doing {
    /// Words alone, by the name of their message.
    Plain(&'static str),
    /// Tried again at that moment.
    Again(String),
    /// Bytes go up: so many of so many.
    Upload(Option<(u64, u64)>),
    /// The service works since then; whether that is long, and at which instruction of how many.
    Instruct(String, bool, Option<(u64, u64)>),
    /// So many percent are rendered.
    Export(Option<u64>),
    /// Bytes come down: so many of so many.
    Fetch(Option<(u64, u64)>),
}

/// What is said of a row.
#[derive(Clone, Debug)]
pub enum Said<'a> {
    /// What it does.
    Doing(Doing),
    /// Why it waits, is not taken, or failed.
    Why(Box<Note<'a>>),
    /// Nothing: its film says it.
    Nothing,
}

/// One drop.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// Its name, from anywhere: it is made harmless here.
    pub name: &'a str,
    /// What there is to say.
    pub said: Said<'a>,
    /// When it ended.
    pub at: Option<String>,
    /// Where its film lies.
    pub film: Option<Place>,
    /// Where its report, or its note, lies.
    pub note: Option<Place>,
}

/// All that the page says.
#[derive(Clone, Debug)]
pub struct SharePage<'a> {
    /// When that was so.
    pub at: String,
    /// Whether dakbox goes on.
    pub runs: bool,
    /// Whether everyone's brake is on.
    pub paused: bool,
    /// Whether the inbox can't be reached.
    pub inbox_away: bool,
    /// Why the folders are not worked in.
    pub held: Option<Note<'a>>,
    /// What is listed, and how many more there are.
    pub parts: Vec<(Part, Vec<Row<'a>>, u64)>,
}

/// The text of `index.html`.
pub fn share_page(page: &SharePage, language: Language) -> String {
    let all = of(language);
    let (tag, title) = all.first().map_or(("en", String::new()), |w| (w.tag(), w.word("page-title")));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n{MARK}\n{HEAD}<title>{}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n",
        escaped(&title)
    );
    for words in all {
        out += &told(page, words);
    }
    out + "</body>\n</html>\n"
}

/// The page in one language.
fn told(page: &SharePage, words: &Catalogue) -> String {
    let at = || Args::default().with("at", Some(words.number(&page.at)));
    let mut out = format!("<div class=\"page\" lang=\"{}\">\n<header>\n", words.tag());
    let _ = writeln!(out, "<h1>{}</h1>", escaped(&words.word("page-title")));
    let (said, class) = if page.runs { ("page-as-of", "soft") } else { ("page-stopped", "say") };
    out += &paragraph(words, said, &at(), class);
    for (is_so, said) in [(page.paused, "page-paused"), (page.inbox_away, "page-inbox-away")] {
        if is_so {
            out += &paragraph(words, said, &Args::default(), "say");
        }
    }
    if let Some(held) = &page.held {
        let _ = writeln!(out, "<div class=\"say\">\n{}</div>", why(held, words));
    }
    let is_quiet = |part: &Part| matches!(part, Part::Failed | Part::Done);
    if page.held.is_none() && page.parts.iter().all(|(part, rows, _)| rows.is_empty() || is_quiet(part)) {
        out += &paragraph(words, "page-quiet", &Args::default(), "quiet");
    }
    out += "</header>\n<main class=\"parts\">\n";
    for (part, rows, more) in page.parts.iter().filter(|(_, rows, _)| !rows.is_empty()) {
        out += &section(*part, rows, *more, words);
    }
    out += "</main>\n<footer>\n";
    out += &paragraph(words, "page-old", &Args::default(), "old");
    out + "</footer>\n</div>\n"
}

fn section(part: Part, rows: &[Row], more: u64, words: &Catalogue) -> String {
    let (class, shape) = part.looks();
    let title = escaped(&words.word(&format!("page-{class}")));
    let mut out = format!("<section class=\"{class}\">\n<h2>{title}</h2>\n<ul>\n");
    for row in rows {
        let _ = write!(
            out,
            "<li><p><span class=\"mark\" aria-hidden=\"true\">{shape}</span>{}</p>\n{}</li>\n",
            name(row),
            about(part, row, words)
        );
    }
    if more > 0 {
        let more = words.say("page-more", &Args::default().count("count", Some(more)));
        let _ = writeln!(out, "<li>{}</li>", escaped(&more.unwrap_or_default()));
    }
    out + "</ul>\n</section>\n"
}

/// The name, whole in its title, and the link to its film.
fn name(row: &Row) -> String {
    let shown = escaped(&show::unjoined(&show::name(row.name)));
    let whole = escaped(&show::one_line(row.name));
    let name = format!("<bdi class=\"name\" title=\"{whole}\">{shown}</bdi>");
    match &row.film {
        Some(film) => format!("<a href=\"{}\">{name}</a>", href(film)),
        None => name,
    }
}

fn about(part: Part, row: &Row, words: &Catalogue) -> String {
    let mut out = match &row.said {
        Said::Doing(what) => doing(what, words),
        Said::Why(note) => why(note, words),
        Said::Nothing => String::new(),
    };
    if let Some(at) = &row.at {
        out += &paragraph(words, "page-at", &Args::default().with("at", Some(words.number(at))), "soft");
    }
    if let Some(note) = &row.note {
        let label = words.word(if part == Part::Done { "page-report" } else { "page-note" });
        let _ = writeln!(out, "<p><a href=\"{}\">{}</a></p>", href(note), escaped(&label));
    }
    out
}

/// What happened, the first thing to do, and the code to search for.
pub(super) fn why(note: &Note, words: &Catalogue) -> String {
    let (args, code) = (note.args(words), note.why());
    let mut out = paragraph(words, code, &args, "why");
    if let Some(step) = words.steps(code, &args).first() {
        let _ = writeln!(out, "<p>{} {}</p>", escaped(&words.word("to-do")), sentence(step));
    }
    out + &paragraph(words, "page-code", &args, "soft")
}

pub(super) fn doing(doing: &Doing, words: &Catalogue) -> String {
    let (said, args, part) = in_words(doing, words);
    let mut out = paragraph(words, said, &args, "doing");
    if let Some((done, total)) = part.filter(|(_, total)| *total > 0) {
        let _ = writeln!(out, "<progress max=\"{total}\" value=\"{}\"></progress>", done.min(total));
    }
    out
}

/// The message that says what a job does, its arguments, and how much of it is done.
pub(super) fn in_words(doing: &Doing, words: &Catalogue) -> (&'static str, Args, Option<(u64, u64)>) {
    let bytes = |part: &Option<(u64, u64)>| {
        let (done, total) = part.filter(|(_, total)| *total > 0).unzip();
        let size = |bytes: Option<u64>| bytes.map(|n| words.size(n));
        Args::default().with("done", size(done)).with("total", size(total))
    };
    match doing {
        Doing::Plain(said) => (*said, Args::default(), None),
        Doing::Again(at) => ("page-again", Args::default().with("at", Some(words.number(at))), None),
        Doing::Upload(part) => ("page-upload", bytes(part), *part),
        Doing::Fetch(part) => ("page-fetch", bytes(part), *part),
        Doing::Export(percent) => {
            ("page-export", Args::default().count("percent", *percent), percent.map(|n| (n, 100)))
        }
        Doing::Instruct(at, still, place) => {
            let (n, of) = place.unzip();
            let args = Args::default().with("at", Some(words.number(at))).count("n", n).count("of", of);
            (if *still { "page-still" } else { "page-instruct" }, args, None)
        }
    }
}

fn paragraph(words: &Catalogue, said: &str, args: &Args, class: &str) -> String {
    let said = words.say(said, args).map(|said| sentence(&said)).unwrap_or_default();
    if said.is_empty() { said } else { format!("<p class=\"{class}\">{said}</p>\n") }
}

/// A text of the catalogue: a line that begins with a blank stands as it is, and is a link where it is an address.
pub(super) fn sentence(said: &str) -> String {
    let lines = said.lines().map(|line| {
        let text = escaped(&show::unjoined(line.trim_start()));
        match line.strip_prefix(' ').map(str::trim) {
            Some(address) if address.starts_with("https://") || address.starts_with("http://") => {
                format!("<a href=\"{text}\" rel=\"noreferrer\">{text}</a>")
            }
            Some(_) => format!("<code>{text}</code>"),
            None => text,
        }
    });
    lines.collect::<Vec<_>>().join("<br>")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

/// A place as a relative link: every byte that could mean something else is written as its number.
fn href(place: &[u8]) -> String {
    let mut out = String::with_capacity(place.len());
    for byte in place {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                out.push(char::from(*byte));
            }
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
