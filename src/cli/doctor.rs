//! `dakbox doctor`: what is wrong, and how to mend it.

use comfy_table::Cell;
use serde::Serialize;

use super::out::Screen;
use super::{Exit, human, json, out, table};
use crate::config::{Env, Loaded};
use crate::service::{self, Health, Line};

/// A line as scripts read it.
#[derive(Serialize)]
struct DoctorLine<'a> {
    check: &'a str,
    target: &'a str,
    result: &'a str,
    message: &'a str,
    mend: Option<&'a str>,
}

/// Looks at everything, and says it as it is seen.
pub(super) fn doctor(loaded: Loaded, env: &Env, as_json: bool) -> anyhow::Result<Exit> {
    let (mut worst, mut printed) = (Health::Ok, Ok(true));
    let screen = Screen::of(env);
    service::doctor(loaded, env, |line| {
        worst = worst.max(line.result);
        let text = if as_json { json::line(&as_object(&line)) } else { Ok(text(&line, &screen)) };
        // Whether anybody still reads is no reason to end in the middle: the exit code is read as well.
        if matches!(printed, Ok(true)) {
            printed = text.and_then(|text| out::print(&text));
        }
    });
    printed?;
    Ok(if worst == Health::Fail { Exit::Failed } else { Exit::Done })
}

const fn as_object(line: &Line) -> DoctorLine<'_> {
    let mend = match &line.mend {
        Some(mend) => Some(mend.as_str()),
        None => None,
    };
    DoctorLine {
        check: line.check,
        target: line.target.as_str(),
        result: line.result.as_str(),
        message: line.message.as_str(),
        mend,
    }
}

fn text(line: &Line, screen: &Screen) -> String {
    let Line { check, target, result, message, mend } = line;
    let mut said = plain(&format!("{check}: {target}: {message}"));
    if let Some(mend) = mend {
        said += "\n\u{2192} ";
        said += &plain(mend);
    }
    // Each line is a table of its own, said as soon as it is known: the widths must not hang on what follows.
    table::rows(screen, &[], vec![vec![Cell::new(format!("{:<4}", result.as_str())), Cell::new(said)]])
}

/// On one line, without anything that moves the cursor.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if human::is_tricky(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(width: Option<u16>) -> Screen {
        Screen { width, colour: false, zone: jiff::tz::TimeZone::UTC }
    }

    #[test]
    fn for_people_and_for_machines() {
        let line = Line {
            check: "folder",
            target: "inbox /srv/a\n\u{1b}b".to_owned(),
            result: Health::Fail,
            message: "is no folder".to_owned(),
            mend: Some("Move it away.".to_owned()),
        };
        assert_eq!(
            text(&line, &screen(None)),
            "fail  folder: inbox /srv/a\\n\\u{1b}b: is no folder\n      → Move it away.\n"
        );
        let good = Line { result: Health::Ok, mend: None, ..line };
        assert_eq!(text(&good, &screen(None)).lines().count(), 1);
        assert_eq!(
            json::line(&as_object(&good)).unwrap(),
            "{\"check\":\"folder\",\"target\":\"inbox /srv/a\\n\\u001bb\",\"result\":\"ok\",\
             \"message\":\"is no folder\",\"mend\":null}\n"
        );
    }
}
