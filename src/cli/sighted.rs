//! What the daemon has told of a file, and what that means by now, in sentences.

use super::human::{lasting, plain, time};
use super::standing::brake_of;
use super::trail::{Standpoint, Told, because};
use super::view::Daemon;
use crate::job::Code;
use crate::ledger::Seen;
use crate::service::{Explained, Place};

/// What the daemon knows of it, or that there is none.
pub(super) fn daemon(told: &mut Told, trail: &Explained, point: &Standpoint<'_>) {
    match point.daemon {
        Daemon::Runs(pid) => {
            let pid = pid.map_or_else(String::new, |pid| format!(", as process {pid}"));
            told.line("daemon", format!("dakbox is running{pid}"));
        }
        Daemon::Stopped => told.line("daemon", "dakbox is not running: nothing is taken until it is started"),
        Daemon::Unknown(why) => told.line("daemon", format!("whether dakbox runs can't be found out: {why}")),
    }
    if let Some(held) = &trail.held {
        told.line("folders", format!("nothing is taken: {}", because(held)));
        if matches!(told.state, "ready" | "put-aside") {
            told.say("waits", format!("nothing is taken from these folders: {}", because(held)));
            told.code = Some(held.code);
        }
    }
    if brake_of(&point.config.folders.root).symlink_metadata().is_ok() {
        told.line("paused", "no new message is sent while pause.txt lies in the root");
    }
    if matches!(point.daemon, Daemon::Stopped) || trail.place != Place::Inbox {
        return;
    }
    match trail.sighting.as_ref().and_then(|sighting| sighting.seen.as_ref()) {
        Some(seen) => sighted(told, trail, seen, point),
        None if trail.list_is_cut => {
            told.line("daemon", "too much lies in the inbox for its list to be shown whole");
        }
        None if told.state == "ready" => {
            let rescan = lasting(point.config.watch.rescan);
            told.line(
                "daemon",
                format!("it has not told of this file yet; it looks at everything every {rescan}"),
            );
        }
        None => {}
    }
}

/// What time alone brings, or somebody else; `None` where a code says why it is not taken.
pub(super) fn waits_for(reason: &str) -> Option<&'static str> {
    match reason {
        "settling" => Some("it, or its text, changed a moment ago"),
        "awaits-sidecar" => Some("a text of its own may still come"),
        "folder-arriving" => Some("its folder is still arriving"),
        "awaits-clip" => Some("no clip of its name is there"),
        "awaits-film" => Some("other work on its film comes first"),
        _ => None,
    }
}

/// What the daemon has told of a file: right for the file as it was then.
fn sighted(told: &mut Told, trail: &Explained, seen: &Seen, point: &Standpoint<'_>) {
    if let Some((first, by_event)) = seen.first {
        let (how, word) =
            if by_event { ("an event of the kernel", "event") } else { ("a look at the folder", "scan") };
        told.seen = Some((first, word));
        told.line("seen", format!("first at {}, by {how}", time(first, point.zone)));
    }
    let now = trail.trail.as_ref().and_then(|look| look.as_ref().ok()?.entry).map(|entry| entry.stamp);
    if seen.stamp.is_some() && now != seen.stamp {
        told.line(
            "waits",
            "it has changed since the daemon told of it: its waiting begins anew with each change",
        );
        return;
    }
    let watch = &point.config.watch;
    let why = match seen.reason.as_str() {
        "settling" => format!("it, or its text, has to be unchanged for {}", lasting(watch.settle)),
        "folder-arriving" => {
            format!("nothing in its new folder may change for {}", lasting(watch.folder_wait))
        }
        reason if let Some(why) = waits_for(reason) => why.to_owned(),
        _ => trail
            .sighting
            .as_ref()
            .map(|s| {
                let code = s.code.map_or("", Code::as_str);
                if s.detail.is_empty() {
                    code.to_owned()
                } else {
                    format!("{}: {}", code, plain(&s.detail, 300))
                }
            })
            .unwrap_or_default(),
    };
    let since = format!("{why}; so since {}", time(seen.since, point.zone));
    match seen.until.filter(|until| *until > point.now) {
        Some(until) => {
            told.next = Some(until);
            told.line("waits", format!("{since}, until {} if nothing changes", time(until, point.zone)));
            if told.state == "ready" {
                told.say("waits", format!("{why}: until {} if nothing changes", time(until, point.zone)));
            }
        }
        None if seen.until.is_some() => {
            told.line("waits", format!("{since}; that is over, and it is looked at now"));
        }
        None => {
            let noted =
                if seen.noted { "; there is a note about it" } else { "; waiting alone does not help" };
            told.line("waits", since + noted);
        }
    }
}
