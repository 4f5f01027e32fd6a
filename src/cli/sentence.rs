//! The one sentence that says whether everything is all right.

use std::fmt::Write as _;

use super::human::{capital, count};

/// How many there are of what a person wants to know of first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Clips in work.
    pub(super) working: u64,
    /// Clips whose turn has not come.
    pub(super) queued: u64,
    /// Clips that wait for a person.
    pub(super) for_you: u64,
    /// Clips that wait for a fault to pass.
    pub(super) for_better: u64,
    /// Files that have not settled.
    pub(super) looked_at: u64,
    /// Files that are not taken as they are.
    pub(super) not_taken: u64,
}

/// "Two clips in work, one waits for you."
pub(super) fn sentence(counts: &Counts) -> String {
    let wait = |n: u64| if n == 1 { "waits" } else { "wait" };
    let clips = [
        (counts.working, "in work".to_owned()),
        (counts.queued, "in line".to_owned()),
        (counts.for_you, format!("{} for you", wait(counts.for_you))),
        (counts.for_better, format!("{} for a fault to pass", wait(counts.for_better))),
    ];
    let are = |n: u64| if n == 1 { "is" } else { "are" };
    let files = [
        (counts.looked_at, format!("{} being looked at", are(counts.looked_at))),
        (counts.not_taken, format!("{} not taken as {} now", are(counts.not_taken), it(counts.not_taken))),
    ];
    match (listed(&clips, "clip"), listed(&files, "file")) {
        (None, None) => "Nothing is in work.".to_owned(),
        (Some(clips), None) => clips,
        (None, Some(files)) => format!("Nothing is in work. {files}"),
        (Some(clips), Some(files)) => format!("{clips} {files}"),
    }
}

const fn it(n: u64) -> &'static str {
    if n == 1 { "it is" } else { "they are" }
}

/// A sentence of those parts that there are any of; the first names the noun.
fn listed(parts: &[(u64, String)], noun: &str) -> Option<String> {
    let mut there = parts.iter().filter(|(n, _)| *n > 0);
    let (n, first) = there.next()?;
    let many = if *n == 1 { "" } else { "s" };
    let mut out = format!("{} {noun}{many} {first}", capital(&count(*n)));
    for (n, rest) in there {
        let _ = write!(out, ", {} {rest}", count(*n));
    }
    Some(out + ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_counts() {
        let none = Counts::default();
        for (counts, want) in [
            (none, "Nothing is in work."),
            (Counts { working: 2, for_you: 1, ..none }, "Two clips in work, one waits for you."),
            (Counts { working: 1, queued: 40, ..none }, "One clip in work, 40 in line."),
            (Counts { queued: 3, ..none }, "Three clips in line."),
            (Counts { for_you: 1, ..none }, "One clip waits for you."),
            (Counts { for_you: 13, ..none }, "13 clips wait for you."),
            (
                Counts { for_you: 2, for_better: 1, ..none },
                "Two clips wait for you, one waits for a fault to pass.",
            ),
            (Counts { looked_at: 1, ..none }, "Nothing is in work. One file is being looked at."),
            (
                Counts { working: 1, looked_at: 2, not_taken: 1, ..none },
                "One clip in work. Two files are being looked at, one is not taken as it is now.",
            ),
            (Counts { not_taken: 2, ..none }, "Nothing is in work. Two files are not taken as they are now."),
        ] {
            assert_eq!(sentence(&counts), want);
        }
    }
}
