//! The file systems that the folders lie on, a few lines for each: what kind, what they can do, how much room is left.

use std::time::Duration;

use super::line::{Line, size};
use super::place::{Found, Place, Role, Seen};
use crate::mount::{Abilities, FsKind, Naming, Room};

/// Slower than this, each clip's fifteen make a difference.
const SLOW_FSYNC: Duration = Duration::from_millis(500);
/// The ledger can't go on with less.
const LEDGER_ROOM: u64 = 16 << 20;
const FEW_NAMES: u64 = 100;
/// The largest clip that the service takes.
const LARGEST: u64 = 500 << 20;
/// Clocks further apart than this confuse whoever sorts by date.
const SKEW_MS: i64 = 5_000;

/// One file system.
pub(super) struct Disk {
    names: Vec<&'static str>,
    roles: Vec<Role>,
    kind: FsKind,
    room: Option<Room>,
    able: Option<Abilities>,
}

/// What the settings ask of a disk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wishes {
    pub(super) min_free: u64,
    pub(super) settle: Duration,
}

/// The file systems under these folders.
pub(super) fn under(places: &[(Place, Seen)]) -> Vec<Disk> {
    let mut disks: Vec<(u64, Disk)> = Vec::new();
    for (place, seen) in places {
        let Some(facts) = seen.facts() else { continue };
        let at = disks.iter().position(|(device, _)| *device == facts.device).unwrap_or_else(|| {
            let (names, roles) = (Vec::new(), Vec::new());
            let disk = Disk { names, roles, kind: facts.kind, room: facts.room, able: None };
            disks.push((facts.device, disk));
            disks.len() - 1
        });
        let disk = &mut disks[at].1;
        disk.names.push(place.role.name());
        disk.roles.push(place.role);
        if disk.able.is_none() {
            disk.able = seen.able().cloned();
        }
    }
    for (place, _) in places.iter().filter(|(_, seen)| matches!(seen.found, Found::Missing(Ok(())))) {
        // It will be made in the folder above it, and so on that one's file system.
        let above = places.iter().filter(|(other, _)| place.path.starts_with(&other.path));
        let above = above.filter_map(|(other, seen)| Some((other.path.as_os_str().len(), seen.facts()?)));
        let Some((_, above)) = above.max_by_key(|(deep, _)| *deep) else { continue };
        if let Some((_, disk)) = disks.iter_mut().find(|(device, _)| *device == above.device) {
            disk.roles.push(place.role);
        }
    }
    disks.into_iter().map(|(_, disk)| disk).collect()
}

impl Disk {
    /// Judges it.
    pub(super) fn judge(&self, wishes: Wishes) -> Vec<Line> {
        let target = self.names.join(", ");
        let mut lines = vec![self.kind(&target)];
        if let Some(able) = &self.able {
            lines.push(naming(&target, able));
            lines.push(fsync(&target, able));
            lines.push(names(&target, able));
            lines.push(times(&target, able, wishes.settle));
            lines.push(skew(&target, able));
        }
        if let Some(room) = self.room {
            lines.push(self.room(&target, room, wishes));
        }
        lines
    }

    fn keeps_the_ledger(&self) -> bool {
        // Where the ledger lies elsewhere, the state folder holds two small files.
        self.roles.iter().any(|role| matches!(role, Role::Ledger | Role::State))
    }

    fn kind(&self, target: &str) -> Line {
        let name = self.kind.name;
        if self.kind.remote && self.keeps_the_ledger() {
            let message = format!("{name}: a ledger on a network file system would be damaged");
            let mend = "Set `dir` under `[state]` (and `url` under `[ledger]`, if it is set) to a folder on a disk of this machine.";
            return Line::fail("file-system", target, message, mend);
        }
        let place = if self.kind.remote { "reached over a network or through a program" } else { "local" };
        if self.kind.has_events() || self.kind.remote {
            return Line::ok("file-system", target, format!("{name}, {place}"));
        }
        Line::ok("file-system", target, "of a kind not known here: nothing is taken for granted")
    }

    fn room(&self, target: &str, room: Room, wishes: Wishes) -> Line {
        let takes_films = self.roles.contains(&Role::Outbox);
        let free = size(room.bytes);
        let fail = |message: String, mend: String| Line::fail("space", target, message, mend);
        let make = "Make room: delete or move what is not needed there";
        if takes_films && room.bytes < wishes.min_free {
            return fail(
                format!(
                    "{free} free, less than [folders] min_free ({}): nothing is paid for",
                    size(wishes.min_free)
                ),
                format!("{make}, or set a smaller `min_free`."),
            );
        }
        if room.bytes == 0 || (self.keeps_the_ledger() && room.bytes < LEDGER_ROOM) {
            return fail(
                format!("{free} free: the ledger, films or notes can't be written"),
                format!("{make}."),
            );
        }
        if let Some(files) = room.files.filter(|files| *files < FEW_NAMES) {
            return fail(
                format!("only {files} more files can be made, though {free} are free"),
                format!("{make}: many small files (`df -i` shows it)."),
            );
        }
        let clips = room.bytes.saturating_sub(wishes.min_free) / 2;
        if takes_films && clips < LARGEST {
            return Line::ok(
                "space",
                target,
                format!("{free} free: clips of up to {} are taken", size(clips)),
            );
        }
        Line::ok("space", target, format!("{free} free"))
    }
}

fn naming(target: &str, able: &Abilities) -> Line {
    let links = if able.hard_links { "" } else { "; there are no hard links" };
    match able.naming {
        Naming::OneCall => {
            Line::ok("rename", target, format!("a name is given in one step, never over another{links}"))
        }
        Naming::SecondName => {
            Line::ok("rename", target, "a name is given by a hard link, never over another")
        }
        Naming::Placeholder => Line::ok(
            "rename",
            target,
            "neither a rename that spares what is there nor hard links: an empty file keeps a film's name, for an instant",
        ),
        Naming::Overwrites => Line::fail(
            "rename",
            target,
            "a rename went over a file that was there, though it was asked not to",
            "Don't work on this file system: something between here and its server is broken.",
        ),
    }
}

fn fsync(target: &str, able: &Abilities) -> Line {
    let broken = |what: &str, why: &str| {
        let mend = "Look at this disk or share before anything is paid for: `sudo dmesg | tail`.";
        Line::fail("fsync", target, format!("{what} can't be made to last: {why}"), mend)
    };
    let took = match (&able.fsync, &able.fsync_folder) {
        (Err(why), _) => return broken("a file", why),
        (_, Err(why)) => return broken("a name", why),
        (Ok(took), Ok(_)) => *took,
    };
    let ms = took.as_secs_f64() * 1000.0;
    let folder =
        if able.fsync_folder == Ok(true) { "" } else { "; names can't be made to last by themselves here" };
    if took > SLOW_FSYNC {
        let message = format!("a small file takes {ms:.0} ms to last, and a clip needs some fifteen{folder}");
        let mend = "It works, slowly. Is the disk busy or failing (`iostat -x 1`)? The state folder belongs on the fastest one.";
        return Line::warn("fsync", target, message, mend);
    }
    Line::ok("fsync", target, format!("a small file lasts after {ms:.1} ms{folder}"))
}

fn names(target: &str, able: &Abilities) -> Line {
    let message = match (able.folds_case, able.folds_accents) {
        (false, false) => "told apart by case and by spelling",
        (true, false) => "not told apart by case: `A` opens `a`, so `Talk.mp4` and `talk.mp4` are one clip",
        (false, true) => "not told apart by how an accent is spelled",
        (true, true) => "told apart neither by case (`A` opens `a`) nor by how an accent is spelled",
    };
    Line::ok("names", target, message)
}

fn times(target: &str, able: &Abilities, settle: Duration) -> Line {
    match able.time_step {
        None => {
            Line::ok("times", target, "times of files can't be set here, so how fine they are is not known")
        }
        Some(step) if step >= settle => Line::warn(
            "times",
            target,
            format!("times of files are kept in steps of {step:?}: a change within one may go unseen"),
            format!(
                "Let a file be still for longer: `settle = \"{}s\"` under `[watch]`.",
                3 * step.as_secs().max(1)
            ),
        ),
        Some(step) => Line::ok("times", target, format!("times of files are kept in steps of {step:?}")),
    }
}

fn skew(target: &str, able: &Abilities) -> Line {
    let s = able.ahead_ms.unsigned_abs() / 1000;
    // Times kept in steps of two seconds lag by so much.
    if able.ahead_ms.abs() <= SKEW_MS {
        return Line::ok("share-clock", target, "agrees with this machine's clock");
    }
    let how = if able.ahead_ms > 0 { "ahead of" } else { "behind" };
    Line::warn(
        "share-clock",
        target,
        format!("new files are {s} s {how} this machine's clock"),
        "Set both clocks: `sudo timedatectl set-ntp true` here, NTP on the server. dakbox works all the same.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::doctor::Health::{self, Fail, Ok as Well, Warn};

    fn usual() -> Abilities {
        Abilities {
            naming: Naming::OneCall,
            hard_links: true,
            fsync: Ok(Duration::from_millis(2)),
            fsync_folder: Ok(true),
            folds_case: false,
            folds_accents: false,
            time_step: Some(Duration::from_nanos(1)),
            ahead_ms: 0,
        }
    }

    const EXT4: FsKind = FsKind { name: "ext4", remote: false };
    const SMB: FsKind = FsKind { name: "SMB2", remote: true };
    const PLENTY: Room = Room { bytes: 100 << 30, files: Some(1_000_000) };
    const WISHES: Wishes = Wishes { min_free: 200 << 20, settle: Duration::from_secs(10) };

    fn judged(roles: &[Role], kind: FsKind, room: Room, able: Abilities) -> Vec<Line> {
        let names = roles.iter().map(|role| role.name()).collect();
        Disk { names, roles: roles.to_vec(), kind, room: Some(room), able: Some(able) }.judge(WISHES)
    }

    /// All lines are well but one, which says this.
    fn assert_one(lines: &[Line], check: &str, result: Health, part: &str) {
        let (one, rest): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.check == check);
        assert!(rest.iter().all(|line| line.result == Well), "{rest:?}");
        let all = format!("{} {}", one[0].message, one[0].mend.as_deref().unwrap_or_default());
        assert_eq!((one.len(), one[0].result), (1, result), "{one:?}");
        assert!(all.contains(part), "{part}: {all}");
    }

    #[test]
    fn what_a_disk_can_do() {
        let s = Duration::from_secs;
        for (able, check, result, part) in [
            (usual(), "rename", Well, "one step"),
            (Abilities { naming: Naming::SecondName, ..usual() }, "rename", Well, "hard link"),
            (Abilities { naming: Naming::Placeholder, ..usual() }, "rename", Well, "empty file"),
            (Abilities { naming: Naming::Overwrites, ..usual() }, "rename", Fail, "broken"),
            (Abilities { fsync: Err("I/O error".into()), ..usual() }, "fsync", Fail, "I/O error"),
            (Abilities { fsync_folder: Err("I/O error".into()), ..usual() }, "fsync", Fail, "a name"),
            (Abilities { fsync_folder: Ok(false), ..usual() }, "fsync", Well, "by themselves"),
            (Abilities { fsync: Ok(s(2)), ..usual() }, "fsync", Warn, "2000 ms"),
            (Abilities { folds_case: true, ..usual() }, "names", Well, "`A` opens `a`"),
            (Abilities { folds_accents: true, ..usual() }, "names", Well, "accent"),
            (Abilities { time_step: Some(s(2)), ..usual() }, "times", Well, "2s"),
            (Abilities { time_step: Some(s(20)), ..usual() }, "times", Warn, "settle = \"60s\""),
            (Abilities { time_step: None, ..usual() }, "times", Well, "not known"),
            (Abilities { ahead_ms: 90_000, ..usual() }, "share-clock", Warn, "90 s ahead"),
            (Abilities { ahead_ms: -90_000, ..usual() }, "share-clock", Warn, "90 s behind"),
            (Abilities { ahead_ms: -2_000, ..usual() }, "share-clock", Well, "agrees"),
        ] {
            assert_one(&judged(&[Role::Inbox, Role::Outbox], EXT4, PLENTY, able), check, result, part);
        }
    }

    #[test]
    fn kinds_and_room() {
        let films = &[Role::Inbox, Role::Outbox][..];
        let left = |bytes| Room { bytes, ..PLENTY };
        for (roles, kind, room, check, result, part) in [
            (films, SMB, PLENTY, "file-system", Well, "network"),
            (&[Role::State], SMB, PLENTY, "file-system", Fail, "`[state]`"),
            (films, FsKind { name: "unknown", remote: false }, PLENTY, "file-system", Well, "not known"),
            (films, EXT4, PLENTY, "space", Well, "100 GB free"),
            (films, EXT4, left(1 << 30), "space", Well, "clips of up to 412 MB"),
            (films, EXT4, left(100 << 20), "space", Fail, "min_free (200 MB)"),
            (&[Role::Inbox], EXT4, left(100 << 20), "space", Well, "100 MB"),
            (&[Role::Archive], EXT4, left(0), "space", Fail, "Make room"),
            (&[Role::State], EXT4, left(9 << 20), "space", Fail, "ledger"),
            (films, EXT4, Room { files: Some(3), ..PLENTY }, "space", Fail, "df -i"),
            (films, EXT4, Room { files: None, ..PLENTY }, "space", Well, "free"),
        ] {
            assert_one(&judged(roles, kind, room, usual()), check, result, part);
        }
    }
}
