//! The answer to a text that asks for nothing but credits or what is going on.

use super::catalogue::{Args, Catalogue, pages};
use super::page::{Part, Row, Said, in_words};
use super::show;
use crate::config::Language;

/// Names of a part that are listed.
const MOST: usize = 20;

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// When it was so.
    pub at: &'a str,
    /// Credits to be spent, and reserved ones, where they were asked for.
    pub credits: Option<(f64, f64)>,
    /// What is in work, waits and was made today, where that was asked; and how many more of each there are.
    pub parts: Option<&'a Vec<(Part, Vec<Row<'a>>, u64)>>,
    /// Whether everyone's brake is on.
    pub paused: bool,
}

/// The text of `<name>.report.txt`.
pub fn answer(answer: &Answer, language: Language) -> String {
    pages(language, |words| page(answer, words))
}

fn page(answer: &Answer, words: &Catalogue) -> String {
    let say = |message, args: &Args| {
        words.say(message, args).map_or_else(String::new, |said| show::paragraph(&said, "", ""))
    };
    let mut out = say("answer-at", &Args::default().with("at", Some(words.number(answer.at))));
    if let Some((available, frozen)) = answer.credits {
        let amount = |n: f64| Some(words.number(&show::amount(n)));
        let args = Args::default().with("available", amount(available)).with("frozen", amount(frozen));
        out += "\n";
        out += &say("answer-credits", &args);
    }
    let Some(parts) = answer.parts else { return out };
    if answer.paused {
        out += "\n";
        out += &say("answer-paused", &Args::default());
    }
    if parts.iter().all(|(part, rows, _)| *part == Part::Done || rows.is_empty()) {
        out += "\n";
        out += &say("page-quiet", &Args::default());
    }
    for (part, rows, more) in parts.iter().filter(|(_, rows, _)| !rows.is_empty()) {
        out += "\n";
        out += &section(*part, rows, *more, words);
    }
    out
}

fn section(part: Part, rows: &[Row], more: u64, words: &Catalogue) -> String {
    let head = match part {
        Part::Waits => "answer-waits",
        Part::Work => "answer-work",
        _ => "answer-done",
    };
    let all = rows.len() as u64 + more;
    let head = words.say(head, &Args::default().count("count", Some(all))).unwrap_or_default();
    let mut out = show::paragraph(&head, "", "");
    for row in rows.iter().take(MOST) {
        let name = words.quoted(row.name);
        let line = match said(row, words) {
            Some(said) => format!("{name}: {said}"),
            None => name,
        };
        out += &show::paragraph(&line, "  - ", "    ");
    }
    let left = all.saturating_sub(MOST as u64);
    let left = words.say("and-more", &Args::default().count("more", (left > 0).then_some(left)));
    out + &left.map_or_else(String::new, |left| show::paragraph(&left, "  ", "  "))
}

/// What it does, or why it waits. The links and the steps of a note stand in that note.
fn said(row: &Row, words: &Catalogue) -> Option<String> {
    match &row.said {
        Said::Doing(doing) => {
            let (said, args, _) = in_words(doing, words);
            words.say(said, &args)
        }
        Said::Why(note) => words.say(note.why(), &note.args(words)),
        Said::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::page::Doing;
    use super::super::{Note, Paid};
    use super::*;
    use crate::job::{Code, Failure};

    fn row<'a>(name: &'a str, said: Said<'a>) -> Row<'a> {
        Row { name, said, at: None, film: None, note: None }
    }

    #[test]
    fn what_was_asked_and_no_more() {
        let at = "2026-11-25 19:00:00";
        let credits = Answer { at, credits: Some((99.5, 10.0)), parts: None, paused: false };
        let text = answer(&credits, Language::English);
        assert_eq!(
            text,
            "It is 2026-11-25 19:00:00.\n\nCredits: 99.5 to be spent, and 10 reserved for work in progress.\n"
        );
        let failure = Failure::new(Code::NoSpace, "x", "");
        let note = Box::new(Note::new("b.mp4", &failure, Paid::No));
        let many: Vec<String> = (0..30).map(|n| format!("{n}.mp4")).collect();
        let parts = vec![
            (Part::Waits, vec![row("b.mp4", Said::Why(note))], 0),
            (Part::Work, vec![row("a\nb.mp4", Said::Doing(Doing::Export(Some(40))))], 0),
            (Part::Done, many.iter().map(|name| row(name, Said::Nothing)).collect(), 5),
        ];
        let status = Answer { at, credits: None, parts: Some(&parts), paused: true };
        let text = answer(&status, Language::English);
        for line in [
            "pause.txt",
            "Waiting: 1\n  - \"b.mp4\": ",
            "In work: 1\n  - \"a b.mp4\": The film is being made: 40 percent are done.\n",
            "Delivered today: 35\n  - \"0.mp4\"\n",
            "  ... and 15 more.\n",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(!text.contains("Credits:") && !text.contains("Nothing is in work"), "{text}");
        let nothing = Vec::new();
        let quiet = Answer { parts: Some(&nothing), paused: false, ..status };
        assert!(answer(&quiet, Language::English).contains("Nothing is in work, and nothing waits."));
        assert!(
            answer(&status, Language::Bangla).contains("শতকরা ৪০ ভাগ"),
            "{}",
            answer(&status, Language::Bangla)
        );
    }
}
