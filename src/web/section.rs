//! The board's lists: of each as many rows as there is room for, how many more there are, and where those are seen. Pure.

use askama::Template;

use super::fit::{fitting, shares, stepped};
use super::html::{escaped, made};
use super::parts::Part;
use super::row::Row;
use crate::words::Tongue;

/// Rows of a list at most.
const MOST: usize = 30;

/// A list of the board.
pub(super) struct List {
    /// Its id, and what its title is called after.
    pub(super) id: &'static str,
    pub(super) rows: Vec<Row>,
    /// How many there are in all, with those that nobody looked at.
    pub(super) all: u64,
    /// Where all of them are seen.
    pub(super) way: Option<String>,
}

#[derive(Template)]
#[template(path = "section.html")]
struct Section {
    id: &'static str,
    title: String,
    is_empty: bool,
}

/// The lists as parts of the page, which share its room.
pub(super) fn sections(t: Tongue, lists: &[List], room: usize) -> Vec<Part> {
    let rows: Vec<Vec<String>> =
        lists.iter().map(|list| list.rows.iter().take(MOST).map(made).collect()).collect();
    let wanted: Vec<usize> =
        rows.iter().map(|rows| rows.iter().map(|row| stepped(row.len())).sum()).collect();
    let parts = lists.iter().zip(rows).zip(shares(&wanted, room));
    parts
        .map(|((list, rows), room)| {
            // One is told of at least.
            let most = fitting(rows.iter().map(String::len), room).max(1);
            part(t, list, rows.into_iter().take(most).collect())
        })
        .collect()
}

fn part(t: Tongue, list: &List, rows: Vec<String>) -> Part {
    let List { id, all, way, .. } = list;
    let more = all.saturating_sub(rows.len() as u64);
    let is_empty = rows.is_empty() && more == 0;
    let head = made(&Section { id, title: t.word(&format!("part-{id}")), is_empty });
    let mut rows: Vec<_> = list.rows.iter().map(|row| row.id.clone()).zip(rows).collect();
    if more > 0 {
        let id = format!("{id}-more");
        let said = escaped(&t.count("page-more", more));
        let said = match way {
            Some(way) => format!("<a href=\"{}\">{said}</a>", escaped(way)),
            None => said,
        };
        rows.push((id.clone(), format!("<li id=\"{id}\" class=\"soft\">{said}</li>\n")));
    }
    Part { id, head, rows, foot: "</ul>\n</section>\n".to_owned() }
}
