//! Crash points: named places at which a test has the process die, on both sides of each step that must hold.
//!
//! Compiled in only under the feature `crash-points`; in a product build every call here is nothing at all. Which place
//! it is, is said by `DAKBOX_CRASH_AT=name[:before|after][:k]`, where `k` counts how often it is come by, from 1.
//! `DAKBOX_STANDSTILL=dispatcher|intake` has that loop stand still once there is a file at `DAKBOX_STANDSTILL_AT`.

use crate::job::JobEvent;

/// A place at which the process can die.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Point {
    /// The clip becomes a job.
    Claim,
    /// The session is known.
    SessionId,
    /// The clip goes up.
    UploadSent,
    /// The clip is known to be in the session.
    UploadConfirmed,
    /// The intent of a message.
    RunIntent,
    /// The message begins to leave; after: half of it has left.
    RunFirstByte,
    /// All of the message has left; after: its answer has begun.
    RunHead,
    /// How the message's stream ended.
    RunEnd,
    /// What the message has changed.
    DraftSaved,
    /// The id of an export.
    RenderIntent,
    /// The export is asked for.
    RenderAccepted,
    /// The address of the film.
    OutputUrl,
    /// The film's bytes are made to last.
    PartFsync,
    /// The film gets its name.
    Rename,
    /// The name is made to last.
    FolderFsync,
    /// The film is known to be delivered.
    Done,
    /// The clip, and then its text, leave the inbox.
    Archived,
    /// Any short call is about to be made. No step of its own: by it is seen what a start reads before it asks anything.
    Call,
}

/// A loop that must never stand still.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Loop {
    /// Who is next.
    Dispatcher,
    /// What is taken.
    Intake,
}

/// Which side of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    /// Nothing of it has happened.
    Before,
    /// It has just happened.
    After,
}

pub(crate) use armed::{at, is_intent_late, turn};
#[cfg(feature = "crash-points")]
pub(crate) use armed::{is_armed, read_row};

/// The places at which what happened is made to last: on both sides of the ledger's commit.
pub(crate) fn recording(events: &[JobEvent], side: Side) {
    for event in events {
        match event {
            JobEvent::Admitted { .. } => at(Point::Claim, side),
            JobEvent::SessionOpened { .. } | JobEvent::SessionJoined { .. } => at(Point::SessionId, side),
            JobEvent::Uploaded { .. } => at(Point::UploadConfirmed, side),
            JobEvent::Intent { .. } => at(Point::RunIntent, side),
            JobEvent::Answered { .. } => at(Point::RunEnd, side),
            JobEvent::Observed { .. } | JobEvent::DraftRead { .. } => at(Point::DraftSaved, side),
            JobEvent::ExportChosen { .. } => at(Point::RenderIntent, side),
            JobEvent::Rendered { .. } => at(Point::OutputUrl, side),
            JobEvent::Delivered { .. } => at(Point::Done, side),
            _ => {}
        }
    }
}

#[cfg(not(feature = "crash-points"))]
mod armed {
    use super::{Loop, Point, Side};

    pub(crate) const fn at(_: Point, _: Side) {}

    pub(crate) const fn turn(_: Loop) {}

    pub(crate) const fn is_intent_late() -> bool {
        false
    }
}

#[cfg(feature = "crash-points")]
mod armed {
    use std::path::PathBuf;
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

    use rustix::process::{Signal, getpid, kill_process};

    use super::{Loop, Point, Side};

    /// The place that is to be the last, and at which of its times.
    static LAST: LazyLock<Option<(Point, Side, u32)>> = LazyLock::new(|| {
        let asked = std::env::var("DAKBOX_CRASH_AT").ok()?;
        let read = read(&asked);
        if read.is_none() {
            eprintln!("DAKBOX_CRASH_AT names no crash point: {asked}");
        }
        read
    });
    static LATE: LazyLock<bool> =
        LazyLock::new(|| std::env::var("DAKBOX_SABOTAGE").is_ok_and(|what| what == "no-intent"));
    static TIMES: AtomicU32 = AtomicU32::new(0);
    static ROWS: AtomicU64 = AtomicU64::new(0);

    fn read(asked: &str) -> Option<(Point, Side, u32)> {
        let mut parts = asked.split(':');
        let point = parts.next().and_then(named)?;
        let (mut side, mut times) = (Side::Before, 1);
        for part in parts {
            match part {
                "before" => side = Side::Before,
                "after" => side = Side::After,
                count => times = count.parse().ok().filter(|n| *n > 0)?,
            }
        }
        Some((point, side, times))
    }

    fn named(name: &str) -> Option<Point> {
        Some(match name {
            "claim" => Point::Claim,
            "session-id" => Point::SessionId,
            "upload-sent" => Point::UploadSent,
            "upload-confirmed" => Point::UploadConfirmed,
            "run-intent" => Point::RunIntent,
            "run-first-byte" => Point::RunFirstByte,
            "run-head" => Point::RunHead,
            "run-end" => Point::RunEnd,
            "draft-saved" => Point::DraftSaved,
            "render-intent" => Point::RenderIntent,
            "render-accepted" => Point::RenderAccepted,
            "output-url" => Point::OutputUrl,
            "part-fsync" => Point::PartFsync,
            "rename" => Point::Rename,
            "folder-fsync" => Point::FolderFsync,
            "done" => Point::Done,
            "archived" => Point::Archived,
            "call" => Point::Call,
            _ => return None,
        })
    }

    /// Whether this place is to be the last.
    pub(crate) fn is_armed(point: Point, side: Side) -> bool {
        LAST.is_some_and(|(at, on, _)| (at, on) == (point, side))
    }

    /// The process dies here, if it is told to, as by `kill -9`.
    pub(crate) fn at(point: Point, side: Side) {
        let Some((_, _, last)) = LAST.filter(|(at, on, _)| (*at, *on) == (point, side)) else { return };
        let time = TIMES.fetch_add(1, Ordering::SeqCst) + 1;
        if time == last {
            let rows = ROWS.load(Ordering::SeqCst);
            eprintln!("crash point {point:?}:{side:?}:{time} is hit, {rows} rows of the ledger were read");
            let _ = kill_process(getpid(), Signal::KILL);
            std::process::abort();
        }
    }

    /// The loop that is to stand still, and the file at whose sight it does.
    static STANDSTILL: LazyLock<Option<(Loop, PathBuf)>> = LazyLock::new(|| {
        let which = match std::env::var("DAKBOX_STANDSTILL").ok()?.as_str() {
            "dispatcher" => Loop::Dispatcher,
            "intake" => Loop::Intake,
            _ => return None,
        };
        Some((which, std::env::var_os("DAKBOX_STANDSTILL_AT")?.into()))
    });
    /// A loop comes round: and stands still from now on, with the thread that it runs on, if it is told to.
    pub(crate) fn turn(which: Loop) {
        let Some((_, at)) = STANDSTILL.as_ref().filter(|(told, _)| *told == which) else { return };
        if at.exists() {
            eprintln!("the loop of the {which:?} stands still");
            loop {
                std::thread::park();
            }
        }
    }

    /// Sabotage, by which the campaign is shown to find what it looks for: intents are only recorded once their
    /// message has ended.
    pub(crate) fn is_intent_late() -> bool {
        *LATE
    }

    /// Counts rows of the ledger that were read.
    pub(crate) fn read_row(count: u64) {
        ROWS.fetch_add(count, Ordering::SeqCst);
    }
}
