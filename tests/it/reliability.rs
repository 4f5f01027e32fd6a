//! `docs/reliability.md` names tests and lines of code: all of them are there.

use std::fs;
use std::path::Path;

/// Rows that the page must have.
const NEEDED: [(char, u32); 4] = [('H', 12), ('S', 9), ('R', 10), ('W', 4)];
/// How many columns a table of rows has: row, what is done, tried, test, line, what happens without it.
const COLUMNS: usize = 6;

/// The cells of a table's line; a bar behind a backslash is one of the text.
fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().trim_start_matches('|').trim_end_matches('|').replace("\\|", "\0");
    inner.split('|').map(|cell| cell.trim().replace('\0', "|")).collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn read(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

/// What a page says that is not so.
fn complaints(page: &str) -> Vec<String> {
    let (mut found, mut ids) = (Vec::new(), Vec::new());
    let rows = page.lines().filter(|line| line.starts_with("| ")).map(cells);
    for row in rows.filter(|row| row.len() == COLUMNS && row[0] != "row") {
        let id = &row[0];
        ids.extend(id.split(", ").map(str::to_owned));
        if !row[3].contains("::") {
            found.push(format!("{id}: names no test"));
        }
        for test in quoted(&row[3]) {
            let (path, name) = test.split_once("::").unwrap_or((test, ""));
            if !read(path).is_some_and(|text| text.contains(&format!("fn {name}("))) {
                found.push(format!("{id}: there is no test {test}"));
            }
        }
        let mut text: Option<String> = None;
        for span in quoted(&row[4]) {
            if let Some(file) = read(span) {
                text = Some(file);
            } else if !text.as_ref().is_some_and(|text| text.contains(span)) {
                found.push(format!("{id}: no such line: {span}"));
            }
        }
    }
    for (letter, last) in NEEDED {
        let missing = (1..=last).map(|n| format!("{letter}{n}")).filter(|id| !ids.contains(id));
        found.extend(missing.map(|id| format!("there is no row {id}")));
    }
    found
}

#[test]
fn the_page_on_reliability_is_true() {
    let found = complaints(&read("docs/reliability.md").unwrap());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The test of the test: what is not so is found, and what is so is not.
#[test]
fn a_page_that_is_not_true_is_found_out() {
    let here = "tests/it/reliability.rs";
    let row =
        |test: &str, line: &str| format!("| H1, N9 | x | 1 | `{here}::{test}` | `{here}`: `{line}` | y |");
    let good = row("cells", "line.trim()").replace("line.trim()", r"split('\|')");
    let found = |row: &str| complaints(row).into_iter().filter(|c| !c.starts_with("there is no row")).count();
    assert_eq!((found(&good), complaints(&good).len()), (0, 12 + 9 + 10 + 4 - 1));
    let no_such = ["no", "where"].concat();
    assert_eq!(found(&row(&no_such, "line.trim()")), 1);
    assert_eq!(found(&row("cells", &no_such)), 1);
    assert_eq!(found("| H1 | x | 1 | none | none | y |"), 1);
}
