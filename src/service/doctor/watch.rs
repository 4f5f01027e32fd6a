//! How the inbox will be watched: by the kernel's events, as far as its limits let us, or by polling.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
use rustix::io::Errno;

use super::line::Line;
use crate::config::{Watch, WatchMode};
use crate::job::RelPath;
use crate::mount::{Dir, FsKind, Type};

/// So long folders are counted; a share with more is told as "more than".
const COUNTING: Duration = Duration::from_secs(3);
/// Where the kernel keeps fewer events than this, a burst is lost, and found by a rescan.
const SMALL_QUEUE: u64 = 4096;

/// What decides how the inbox is watched.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    kind: FsKind,
    /// Folders in the inbox, itself too; and whether there may be more.
    folders: (u64, bool),
    limits: Limits,
    /// What came of watching one folder more.
    tried: Result<(), Errno>,
    /// What is mounted inside, and of what kind it is.
    nested: Vec<(PathBuf, FsKind)>,
}

/// The kernel's limits for a user.
#[derive(Clone, Copy, Default, Debug)]
struct Limits {
    watches: Option<u64>,
    queue: Option<u64>,
}

/// Looks at the inbox; nothing where it is not there.
pub(super) fn look(inbox: &Path) -> Option<Facts> {
    let dir = Dir::open(inbox).ok()?;
    let limit = |name: &str| {
        std::fs::read_to_string(format!("/proc/sys/fs/inotify/{name}")).ok()?.trim().parse().ok()
    };
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let real = std::fs::canonicalize(inbox).ok()?;
    let kind_at = |path: PathBuf| Some((path.clone(), Dir::open(&path).ok()?.fs_kind().ok()?));
    Some(Facts {
        kind: dir.fs_kind().ok()?,
        folders: count(&dir),
        limits: Limits { watches: limit("max_user_watches"), queue: limit("max_queued_events") },
        tried: init(CreateFlags::CLOEXEC).and_then(|fd| add_watch(fd, &real, WatchFlags::CREATE).map(drop)),
        nested: inside(&real, &mounts).into_iter().filter_map(kind_at).collect(),
    })
}

fn count(inbox: &Dir) -> (u64, bool) {
    let (until, mut seen, mut open) = (Instant::now() + COUNTING, 0, vec![RelPath::root()]);
    while let Some(folder) = open.pop() {
        if Instant::now() > until {
            return (seen, true);
        }
        // What lies on another file system, or is closed to us, is not watched either.
        let Ok(names) = inbox.below(&folder).and_then(|here| here.list(&RelPath::root())) else { continue };
        seen += 1;
        let folders = names.iter().filter(|(_, kind)| matches!(kind, Type::Folder | Type::Unknown));
        open.extend(folders.filter_map(|(name, _)| folder.join(name)));
    }
    (seen, false)
}

/// The mount points below a folder, in the kernel's table.
fn inside(folder: &Path, mounts: &str) -> Vec<PathBuf> {
    let points = mounts.lines().filter_map(|line| line.split(' ').nth(4));
    let plain = |point: &str| PathBuf::from(point.replace("\\040", " "));
    points.map(plain).filter(|point| point.starts_with(folder) && point != folder).collect()
}

/// Judges it.
pub(super) fn judge(inbox: &Path, facts: &Facts, watch: &Watch) -> Vec<Line> {
    let target = format!("inbox {}", inbox.display());
    let mut lines = vec![mode(&target, facts, watch)];
    if is_native(facts, watch) {
        lines.extend(limits(&target, facts));
    }
    for (point, kind) in &facts.nested {
        let message = format!("{} is mounted here, inside the inbox: its clips are not taken", kind.name);
        let mend = "Mount it elsewhere, and give it a dakbox of its own, or copy its clips into the inbox.";
        lines.push(Line::warn("watch", point.display(), message, mend));
    }
    lines
}

fn is_native(facts: &Facts, watch: &Watch) -> bool {
    watch.mode == WatchMode::Native || (watch.mode == WatchMode::Auto && facts.kind.has_events())
}

fn mode(target: &str, facts: &Facts, watch: &Watch) -> Line {
    let (kind, poll) = (facts.kind.name, watch.poll_interval);
    if watch.mode == WatchMode::Native && facts.kind.remote {
        let message = format!(
            "{kind} does not tell of what other machines write: clips are found every {:?} only",
            watch.rescan
        );
        return Line::warn(
            "watch",
            target,
            message,
            "Write `mode = \"auto\"` under `[watch]`: it is polled then.",
        );
    }
    let polled = format!("is looked at every {poll:?} (polled)");
    match watch.mode {
        WatchMode::Poll => Line::ok("watch", target, format!("{polled}, as [watch] mode says")),
        WatchMode::Auto if facts.kind.remote => {
            Line::ok("watch", target, format!("{polled}: {kind} does not tell of what other machines write"))
        }
        WatchMode::Auto if !facts.kind.has_events() => {
            Line::ok("watch", target, format!("{polled}: what its file system tells of is not known"))
        }
        _ => Line::ok(
            "watch",
            target,
            format!("by the kernel's events, and looked at every {:?} besides", watch.rescan),
        ),
    }
}

/// No line where the folder's own says that we may not look into it.
fn limits(target: &str, facts: &Facts) -> Option<Line> {
    let (count, more) = facts.folders;
    let (more, plural) = (if more { "more than " } else { "" }, if count == 1 { "" } else { "s" });
    let folders = format!("{more}{count} folder{plural} to be watched");
    let room = (4 * count).next_power_of_two().max(65_536);
    let warn = |message: String, (key, value): (&str, u64)| {
        let set = format!("fs.inotify.{key}={value}");
        let mend = format!(
            "`sudo sysctl {set}`, and for good: `echo {set} | sudo tee -a /etc/sysctl.d/60-dakbox.conf`"
        );
        Some(Line::warn("inotify", target, message, mend))
    };
    let polled = "the inbox is polled instead";
    match (facts.tried, facts.limits) {
        (Err(Errno::ACCESS | Errno::PERM | Errno::NOENT), _) => None,
        (Err(Errno::MFILE), _) => {
            warn(format!("this user has no watcher left: {polled}"), ("max_user_instances", 512))
        }
        (Err(Errno::NOSPC), _) => {
            warn(format!("this user has no watch left: {polled}"), ("max_user_watches", room))
        }
        (Err(error), _) => {
            let message = format!("it can't be watched ({error}): {polled}");
            Some(Line::warn("inotify", target, message, "Write `mode = \"poll\"` under `[watch]`."))
        }
        (Ok(()), Limits { watches: Some(most), .. }) if count >= most => {
            warn(format!("{folders}, of at most {most}: {polled}"), ("max_user_watches", room))
        }
        (Ok(()), Limits { queue: Some(most), .. }) if most < SMALL_QUEUE => {
            let message = format!(
                "the kernel keeps {most} events: in a burst some are lost, and found by the next full look"
            );
            warn(message, ("max_queued_events", 16_384))
        }
        (Ok(()), Limits { watches: Some(most), .. }) => {
            Some(Line::ok("inotify", target, format!("{folders}, of at most {most}")))
        }
        (Ok(()), Limits { .. }) => Some(Line::ok("inotify", target, folders)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::service::doctor::Health::{Ok as Well, Warn};

    const EXT4: FsKind = FsKind { name: "ext4", remote: false };
    const NFS: FsKind = FsKind { name: "NFS", remote: true };
    const ODD: FsKind = FsKind { name: "unknown", remote: false };

    fn usual() -> Facts {
        Facts {
            kind: EXT4,
            folders: (12, false),
            limits: Limits { watches: Some(16_384), queue: Some(16_384) },
            tried: Ok(()),
            nested: Vec::new(),
        }
    }

    #[test]
    fn every_case() {
        let many = (20_000, true);
        let few = Limits { watches: Some(8), queue: Some(16_384) };
        let short = Limits { watches: Some(16_384), queue: Some(100) };
        let (auto, native, poll) = (WatchMode::Auto, WatchMode::Native, WatchMode::Poll);
        for (facts, mode, check, result, part) in [
            (usual(), auto, "watch", Well, "events"),
            (usual(), poll, "watch", Well, "as [watch] mode says"),
            (Facts { kind: NFS, ..usual() }, auto, "watch", Well, "NFS"),
            (Facts { kind: NFS, ..usual() }, native, "watch", Warn, "mode = \"auto\""),
            (Facts { kind: ODD, ..usual() }, auto, "watch", Well, "not known"),
            (usual(), auto, "inotify", Well, "12 folders to be watched, of at most 16384"),
            (Facts { folders: (1, false), ..usual() }, auto, "inotify", Well, "1 folder to"),
            (Facts { folders: many, ..usual() }, auto, "inotify", Warn, "fs.inotify.max_user_watches=131072"),
            (Facts { limits: few, ..usual() }, auto, "inotify", Warn, "fs.inotify.max_user_watches=65536"),
            (Facts { limits: short, ..usual() }, auto, "inotify", Warn, "fs.inotify.max_queued_events=16384"),
            (
                Facts { tried: Err(Errno::MFILE), ..usual() },
                auto,
                "inotify",
                Warn,
                "fs.inotify.max_user_instances=512",
            ),
            (
                Facts { tried: Err(Errno::NOSPC), ..usual() },
                auto,
                "inotify",
                Warn,
                "fs.inotify.max_user_watches=65536",
            ),
            (Facts { tried: Err(Errno::NOSYS), ..usual() }, auto, "inotify", Warn, "mode = \"poll\""),
            (Facts { limits: Limits::default(), ..usual() }, auto, "inotify", Well, "12 folders"),
        ] {
            let watch = Watch { mode, ..Config::default().watch };
            let lines = judge(Path::new("/in"), &facts, &watch);
            let line = lines.iter().find(|line| line.check == check).unwrap();
            let all = format!("{} {}", line.message, line.mend.as_deref().unwrap_or_default());
            assert_eq!(line.result, result, "{line:?}");
            assert!(all.contains(part), "{part}: {all}");
        }
        let closed = Facts { tried: Err(Errno::ACCESS), ..usual() };
        assert_eq!(
            judge(Path::new("/in"), &closed, &Config::default().watch).len(),
            1,
            "its folder's line says it"
        );
        let polled = Facts { kind: NFS, tried: Err(Errno::MFILE), ..usual() };
        assert_eq!(
            judge(Path::new("/in"), &polled, &Config::default().watch).len(),
            1,
            "no limit matters then"
        );
    }

    #[test]
    fn what_is_mounted_inside() {
        let table = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n40 22 0:40 / /in rw - cifs x rw\n\
            41 40 0:41 / /in/nas\\040a rw - nfs y rw\n42 22 0:42 / /inner rw - nfs z rw\n";
        assert_eq!(inside(Path::new("/in"), table), [Path::new("/in/nas a")]);
        let facts = Facts { nested: vec![("/in/nas a".into(), NFS)], ..usual() };
        let lines = judge(Path::new("/in"), &facts, &Config::default().watch);
        assert!(lines.iter().any(|l| l.result == Warn && l.target == "/in/nas a"), "{lines:?}");
    }
}
