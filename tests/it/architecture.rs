//! The rooms of the house import what the table in `ARCHITECTURE.md` lets them import, and nothing else.

use std::fs;
use std::path::Path;

use crate::house::files_below;

/// Rooms of pure code that any room may use.
const PURE: &[&str] = &["instruction", "timeline", "media", "job", "words"];
/// Rooms that wire and show: they may use anything.
const OUTERMOST: &[&str] = &["service", "cli"];
/// Each other room, and the rooms it may use besides itself.
const TABLE: &[(&str, &[&[&str]])] = &[
    ("instruction", &[]),
    ("timeline", &[]),
    ("media", &[]),
    ("job", &[&["instruction", "timeline", "media"]]),
    ("config", &[PURE]),
    ("words", &[PURE, &["config"]]),
    ("mount", &[&["job", "config"]]),
    ("inbox", &[PURE, &["config", "mount"]]),
    ("outbox", &[PURE, &["config", "mount"]]),
    ("api", &[PURE, &["config"]]),
    ("ledger", &[PURE, &["config"]]),
    ("worker", &[PURE, &["config", "mount", "inbox", "outbox", "api", "ledger"]]),
    ("web", &[PURE, &["config", "mount", "outbox", "ledger", "worker"]]),
];
/// Crates that only one room may name.
const CRATES: &[(&str, &str)] = &[
    ("rusqlite", "ledger"),
    ("reqwest", "api"),
    ("notify", "inbox"),
    ("anyhow", "cli"),
    ("clap", "cli"),
    ("fluent_bundle", "words"),
    ("axum", "web"),
    ("askama", "web"),
];
/// What pure rooms must not name: clocks, tasks, and the world outside.
const IMPURE: &[&str] = &[
    "tokio",
    "SystemTime",
    "Instant",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "tracing",
    "async fn",
    "crash",
];

/// One file of the library: its path below `src`, with `/`, and its text without comments.
struct Source<'a> {
    path: &'a str,
    text: String,
}

impl<'a> Source<'a> {
    fn new(path: &'a str, text: &str) -> Self {
        let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
        Self { path, text: text.lines().map(code).collect::<Vec<_>>().join("\n") }
    }

    fn room(&self) -> &'a str {
        self.path.split_once('/').map_or("", |(room, _)| room)
    }

    /// What is compiled into the product. Whole files of tests are told by their names.
    fn product(&self) -> &str {
        let is_tests = self.path.split('/').any(|part| part.contains("tests") || part == "stories")
            || ["samples.rs", "canned.rs", "every_key.rs"].iter().any(|name| self.path.ends_with(name));
        if is_tests { "" } else { self.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default() }
    }

    /// The module this file is, from the crate's root: `["inbox", "scan"]`.
    fn module(&self) -> Vec<&'a str> {
        let path = self.path.strip_suffix(".rs").unwrap_or(self.path);
        path.strip_suffix("/mod").unwrap_or(path).split('/').collect()
    }

    /// Every room that is named from the crate's root.
    fn rooms_named(&self) -> Vec<String> {
        let mut named = Vec::new();
        for (at, _) in self.text.match_indices("crate::") {
            named.extend(heads(&self.text[at + "crate::".len()..]));
        }
        for (at, _) in self.text.match_indices("super::") {
            if self.text[..at].ends_with("super::") {
                continue;
            }
            let mut rest = &self.text[at..];
            let mut up = 0;
            while let Some(further) = rest.strip_prefix("super::") {
                (up, rest) = (up + 1, further);
            }
            if up >= self.module().len() + self.depth_at(at) {
                named.extend(heads(rest));
            }
        }
        named
    }

    /// In how many modules written into the file itself that place lies: rustfmt indents each by four.
    fn depth_at(&self, at: usize) -> usize {
        let mut open = Vec::new();
        for line in self.text[..at].lines() {
            let indent = line.len() - line.trim_start().len();
            let is_mod = line.trim_start().trim_start_matches("pub ").starts_with("mod ");
            if is_mod && line.ends_with('{') {
                open.push(indent);
            } else if line.trim() == "}" {
                open.retain(|opened| *opened < indent);
            }
        }
        open.len()
    }
}

/// The first names of a path, or of each path in braces: `a` of `a::b`, `a` and `c` of `{a::b, c::{d, e}}`.
fn heads(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(inside) = path.trim_start().strip_prefix('{') else { return vec![name(path)] };
    let (mut depth, mut names, mut start) = (0_usize, Vec::new(), 0);
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(name(&inside[start..]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(name(&inside[start..]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

/// Whether `text` names `word`: not as a part of a longer word, nor behind another path.
fn names(text: &str, word: &str) -> bool {
    let within = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        let of_another =
            before.ends_with("::") && !before.ends_with(" ::") && !word.starts_with(char::is_uppercase);
        !before.ends_with(within) && !of_another && !after.starts_with(within)
    })
}

/// Whether `text` names the crate of that name: a path that begins with it, or an import of all of it.
fn names_crate(text: &str, name: &str) -> bool {
    let imported = ["use ", "extern crate "].iter().any(|before| names(text, &format!("{before}{name}")));
    let bare = text.match_indices(&format!("{name}::")).any(|(at, _)| {
        let before = &text[..at];
        !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
    });
    imported || bare
}

/// What a file does that its room may not.
fn violations(path: &str, text: &str) -> Vec<String> {
    let source = Source::new(path, text);
    let (room, mut found) = (source.room(), Vec::new());
    if !text.starts_with("//! ") {
        found.push(format!("{path}: does not begin with `//! ` and what lives there"));
    }
    if room.is_empty() {
        return found;
    }
    let all_rooms = || TABLE.iter().map(|(room, _)| *room).chain(OUTERMOST.iter().copied());
    match TABLE.iter().find(|(known, _)| *known == room) {
        Some((_, may)) => {
            for named in source.rooms_named() {
                let is_room = all_rooms().any(|room| room == named);
                if is_room && named != room && !may.iter().any(|rooms| rooms.contains(&&*named)) {
                    found.push(format!("{path}: `{room}` may not use `{named}`"));
                }
            }
        }
        None if OUTERMOST.contains(&room) => {}
        None => found.push(format!("{path}: no room `{room}` is in the table")),
    }
    for (name, only) in CRATES {
        if *only != room && names_crate(source.product(), name) {
            found.push(format!("{path}: only `{only}` may use the crate `{name}`"));
        }
    }
    if PURE.contains(&room) {
        let impure = IMPURE.iter().filter(|word| names(source.product(), word));
        found.extend(impure.map(|word| format!("{path}: `{room}` is pure, and names `{word}`")));
    }
    found
}

#[test]
fn every_file_keeps_to_its_rooms_rules() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = files_below(&src);
    assert!(files.len() > 100, "the files are found");
    let mut found = Vec::new();
    // Catalogues and tables are words and no code.
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
        let path = file.strip_prefix(&src).unwrap().to_str().unwrap();
        found.extend(violations(path, &fs::read_to_string(file).unwrap()));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    for (room, _) in TABLE {
        assert!(src.join(room).is_dir(), "the table has a room that is not there: {room}");
    }
}

#[test]
fn a_front_door_has_no_logic() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in files_below(&src).iter().filter(|file| file.ends_with("mod.rs")) {
        let text = fs::read_to_string(file).unwrap();
        let source = Source::new(file.strip_prefix(&src).unwrap().to_str().unwrap(), &text);
        assert!(!source.product().contains("fn "), "{} has logic", file.display());
    }
}

/// The test of the test: what breaks a rule is found, and what doesn't is not.
#[test]
fn planted_violations_are_found() {
    let table = [
        ("job/model.rs", "use crate::ledger::Row;", Some("may not use `ledger`")),
        (
            "job/model.rs",
            "use crate::{media::Format, api::{Client, Call}, timeline};",
            Some("may not use `api`"),
        ),
        ("media/walk.rs", "fn f() -> crate::job::JobId {}", Some("may not use `job`")),
        ("inbox/scan.rs", "use super::super::worker::Wake;", Some("may not use `worker`")),
        ("inbox/mod.rs", "use super::ledger::Ledger;", Some("may not use `ledger`")),
        ("inbox/scan.rs", "mod tests {\n    use super::super::outbox;\n}", None),
        (
            "inbox/scan.rs",
            "mod tests {\n    use super::super::super::outbox;\n}",
            Some("may not use `outbox`"),
        ),
        ("inbox/scan.rs", "use super::words;\nuse crate::mount::Dir;", None),
        ("mount/dir.rs", "use crate::words::Note;", Some("may not use `words`")),
        ("ledger/query.rs", "use crate::outbox::notes;", Some("may not use `outbox`")),
        ("worker/intake.rs", "use crate::service::Settings;", Some("may not use `service`")),
        ("worker/intake.rs", "use rusqlite::Connection;", Some("only `ledger`")),
        ("worker/intake.rs", "let client = reqwest::Client::builder();", Some("only `api`")),
        ("service/systemd.rs", "use anyhow::Context as _;", Some("only `cli`")),
        ("service/systemd.rs", "sd_notify::notify(state);\nself.notify();", None),
        ("timeline/draft.rs", "let now = std::time::SystemTime::UNIX_EPOCH;", Some("names `SystemTime`")),
        ("job/next.rs", "use tokio::time::sleep;", Some("names `tokio`")),
        ("words/note.rs", "use std::fs;", Some("names `std::fs`")),
        ("words/note.rs", "// see crate::api and tokio::time", None),
        ("words/note.rs", "#[cfg(test)]\nmod tests {\n    use std::fs;\n}", None),
        ("attic/old.rs", "", Some("no room `attic`")),
        ("cli/args.rs", "use crate::ledger::Overview;\nuse anyhow::Result;", None),
    ];
    for (path, code, wanted) in table {
        let found = violations(path, &format!("//! A file.\n\n{code}\n")).join("\n");
        match wanted {
            Some(wanted) => assert!(found.contains(wanted), "{path}: {code}: found {found:?}"),
            None => assert!(found.is_empty(), "{path}: {code}: found {found:?}"),
        }
    }
    assert!(violations("cli/out.rs", "use std::io;\n")[0].contains("does not begin"));
}
