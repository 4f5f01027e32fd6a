//! The heavy parts of a job's page: its story, the draft and the words share what room the other parts leave. Pure.

use askama::Template;

use super::beside::{heading, words};
use super::fit::{fitting, shares, stepped};
use super::html::{escaped, made};
use super::lanes::Lanes;
use super::parts::Part;
use super::story::{Entry, story};
use crate::job::Job;
use crate::ledger::Recorded;
use crate::timeline::Draft;
use crate::words::Tongue;
use crate::worker::{Around, draft_of};

/// More than any page has.
const PLENTY: usize = 1 << 20;
/// What a part that says nothing about the job takes all the same.
const HEADINGS: usize = 600;

#[derive(Template)]
#[template(path = "entry.html")]
struct EntryRow<'a> {
    entry: &'a Entry,
}

/// Story, draft and words, as much of each as there is room for.
pub(super) fn heavy(
    t: Tongue,
    (job, events): (&Job, &[Recorded]),
    around: &Around<'_>,
    room: usize,
) -> [Part; 3] {
    let (entries, skipped) = story(t, job, events, around);
    let rows: Vec<_> = entries.iter().map(|entry| (entry.id.clone(), made(&EntryRow { entry }))).collect();
    let draft = draft_of(job, events);
    let drawn = |room| draft.as_ref().map(|draft| lanes(t, draft, room)).unwrap_or_default();
    let said = |room| made(&words(t, job, events, room));
    let (all_drawn, all_said) = (drawn(PLENTY), said(PLENTY));
    let sizes: Vec<_> = rows.iter().rev().map(|(_, row)| row.len()).collect();
    let wanted =
        [sizes.iter().map(|size| stepped(*size)).sum(), stepped(all_drawn.len()), stepped(all_said.len())];
    let rooms = shares(&wanted, room.saturating_sub(HEADINGS));
    let fits = |n: usize| rooms[n] >= wanted[n];
    // Of a long story the end.
    let left_out = rows.len() - fitting(sizes, rooms[0]);
    let wrapped =
        |id: &'static str, html: String| Part::whole(id, format!("<section id=\"{id}\">{html}</section>"));
    [
        told(t, rows.into_iter().skip(left_out).collect(), skipped + left_out),
        wrapped("draft", if fits(1) { all_drawn } else { drawn(rooms[1]) }),
        wrapped("words", if fits(2) { all_said } else { said(rooms[2]) }),
    ]
}

fn told(t: Tongue, rows: Vec<(String, String)>, left_out: usize) -> Part {
    let more = match left_out {
        0 => String::new(),
        n => format!("<p class=\"soft\">{}</p>\n", escaped(&t.count("more-steps", n as u64))),
    };
    Part {
        id: "story",
        head: format!("<section id=\"story\"><h2>{}</h2>\n{more}<ol class=\"story\">\n", t.word("story")),
        rows,
        foot: "</ol>\n</section>\n".to_owned(),
    }
}

fn lanes(t: Tongue, draft: &Draft, room: usize) -> String {
    let lanes = Lanes::of(t, draft, room);
    lanes
        .map(|lanes| format!("<h2>{}</h2>\n{}", heading(t, "timeline-head"), made(&lanes)))
        .unwrap_or_default()
}
