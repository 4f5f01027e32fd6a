//! What the file system of a folder can do, tried out with hidden files of our own that are gone afterwards.

use std::io::{self, Write};
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags, fstatvfs, fsync, linkat, renameat_with};
use rustix::io::Errno;

use super::temp::temp_names_with_accent;
use super::{Dir, resolve, stamp_of, temp_name};
use crate::job::RelPath;

/// How a file gets a name without taking anybody else's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Naming {
    /// The kernel does it in one step.
    OneCall,
    /// By a second name, and then the first one goes.
    SecondName,
    /// By an empty file that keeps the place.
    Placeholder,
    /// Not at all: what was there was overwritten.
    Overwrites,
}

/// What a file system can do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Abilities {
    /// How names are given.
    pub naming: Naming,
    /// Whether a file can have two names.
    pub hard_links: bool,
    /// How long a small file took to last; the error where it can't be made to.
    pub fsync: Result<Duration, String>,
    /// Whether the names in a folder can be made to last; the error where trying failed.
    pub fsync_folder: Result<bool, String>,
    /// Whether `A` opens `a`.
    pub folds_case: bool,
    /// Whether an `é` of one character opens one of two.
    pub folds_accents: bool,
    /// How fine times of files are kept; `None` where they can't be set.
    pub time_step: Option<Duration>,
    /// How far its clock is ahead of ours, in ms, at least: a new file's time was so far outside the time it took to
    /// make it.
    pub ahead_ms: i64,
}

/// Room that is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room {
    /// Bytes.
    pub bytes: u64,
    /// Files; `None` where there is no such limit.
    pub files: Option<u64>,
}

/// Files of ours that go when this does.
struct Litter<'a> {
    dir: &'a Dir,
    names: Vec<RelPath>,
}

impl Litter<'_> {
    fn new_name(&mut self) -> RelPath {
        self.take(temp_name())
    }

    fn take(&mut self, name: RelPath) -> RelPath {
        self.names.push(name.clone());
        name
    }
}

impl Drop for Litter<'_> {
    fn drop(&mut self) {
        for name in &self.names {
            // What stays all the same has a name that the next start sweeps away.
            let _ = self.dir.remove(name);
        }
    }
}

impl Dir {
    /// Tries what the file system of this folder can do. `wall` says the time in ms. Nothing stays behind.
    ///
    /// # Errors
    /// Those of making a file: no permission, read-only, full.
    pub fn abilities(&self, wall: impl Fn() -> i64) -> io::Result<Abilities> {
        let mut litter = Litter { dir: self, names: Vec::new() };
        let name = litter.new_name();
        let before = wall();
        let mut file = self.create_new(&name, 0o600)?;
        file.write_all(b"dakbox tries this disk\n")?;
        let begun = Instant::now();
        let synced = file.sync_all();
        let took = begun.elapsed();
        let stamp = stamp_of(&file)?;
        let ahead_ms = outside(stamp.mtime_ns.div_euclid(1_000_000), (before, wall()));
        let upper = RelPath::from_bytes(&name.name().to_ascii_uppercase()).ok_or(Errno::INVAL)?;
        let found = self.stat(&upper)?;
        let time_step = time_step(&file);
        let (naming, hard_links) = self.naming(&mut litter, &name)?;
        Ok(Abilities {
            naming,
            hard_links,
            fsync: synced.map(|()| took).map_err(|error| error.to_string()),
            fsync_folder: self.syncs_names().map_err(|error| error.to_string()),
            folds_case: found.is_some_and(|entry| entry.stamp.same_file(&stamp)),
            folds_accents: self.folds_accents(&mut litter)?,
            time_step,
            ahead_ms,
        })
    }

    /// Room that is left for this process.
    ///
    /// # Errors
    /// Those of `statvfs`.
    pub fn room(&self) -> io::Result<Room> {
        let stat = fstatvfs(self.as_fd())?;
        let bytes = stat.f_bavail.saturating_mul(stat.f_frsize);
        Ok(Room { bytes, files: (stat.f_files > 0).then_some(stat.f_favail) })
    }

    /// Whether a folder's names can be made to last, which some file systems neither can nor need.
    fn syncs_names(&self) -> io::Result<bool> {
        let fd = resolve::open(self.as_fd(), &RelPath::root(), OFlags::DIRECTORY, Mode::empty())?;
        match fsync(fd) {
            Ok(()) => Ok(true),
            Err(Errno::INVAL | Errno::NOTSUP) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// How names are given here, tried on `file`: to a free name, since a taken one is refused before the file system
    /// is asked at all, and then to a taken one.
    fn naming(&self, litter: &mut Litter<'_>, file: &RelPath) -> io::Result<(Naming, bool)> {
        let (second, third, taken) = (litter.new_name(), litter.new_name(), litter.new_name());
        let links = linkat(self.as_fd(), file.name(), self.as_fd(), second.name(), AtFlags::empty());
        let hard_links = match links {
            Ok(()) => true,
            Err(Errno::PERM | Errno::NOTSUP | Errno::NOSYS | Errno::MLINK | Errno::INVAL) => false,
            Err(error) => return Err(error.into()),
        };
        let rename = |from: &RelPath, to: &RelPath| {
            renameat_with(self.as_fd(), from.name(), self.as_fd(), to.name(), RenameFlags::NOREPLACE)
        };
        let in_one = match rename(file, &third) {
            Ok(()) => true,
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => false,
            Err(error) => return Err(error.into()),
        };
        drop(self.create_new(&taken, 0o600)?);
        let from = if in_one { &third } else { file };
        let kept =
            self.rename_new(from, self, &taken).is_err_and(|e| e.kind() == io::ErrorKind::AlreadyExists);
        let step = match (kept, in_one, hard_links) {
            (false, ..) => Naming::Overwrites,
            (true, true, _) => Naming::OneCall,
            (true, false, true) => Naming::SecondName,
            (true, false, false) => Naming::Placeholder,
        };
        Ok((step, hard_links))
    }

    fn folds_accents(&self, litter: &mut Litter<'_>) -> io::Result<bool> {
        let [composed, decomposed] = temp_names_with_accent();
        match self.create_new(&litter.take(composed), 0o600) {
            Ok(file) => drop(file),
            // A file system without such characters has nothing to fold.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Ok(false),
            Err(error) if error.raw_os_error() == Some(Errno::ILSEQ.raw_os_error()) => return Ok(false),
            Err(error) => return Err(error),
        }
        Ok(self.stat(&decomposed)?.is_some())
    }
}

/// How far a moment lies after (or, below zero, before) a span.
fn outside(at: i64, (from, to): (i64, i64)) -> i64 {
    if at > to { at - to } else { (at - from).min(0) }
}

/// How fine a time is kept, by one that was set.
fn time_step(file: &std::fs::File) -> Option<Duration> {
    // An odd second, and a fraction without a round digit.
    const GIVEN: u128 = 1_700_000_001_123_456_789;
    let given = Duration::new(1_700_000_001, 123_456_789);
    file.set_modified(SystemTime::UNIX_EPOCH + given).ok()?;
    let kept = u128::try_from(stamp_of(file).ok()?.mtime_ns).ok()?;
    let steps = [1, 100, 1_000, 1_000_000, 1_000_000_000, 2_000_000_000_u64];
    steps.into_iter().find(|step| kept == GIVEN - GIVEN % u128::from(*step)).map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_disk_can_do_it_all_and_nothing_stays() {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap();
        let able = dir.abilities(|| 0).unwrap();
        assert_eq!((able.naming, able.hard_links, able.folds_case), (Naming::OneCall, true, false));
        assert!(able.fsync.is_ok() && able.fsync_folder == Ok(true) && !able.folds_accents);
        assert!(able.time_step.is_some());
        assert!(able.ahead_ms > 1_000_000_000_000, "a clock that stands at its beginning is behind");
        assert_eq!(std::fs::read_dir(top.path()).unwrap().count(), 0);
        assert!(dir.room().unwrap().bytes > 0);
    }

    #[test]
    fn how_far_outside() {
        for (at, wanted) in [(5, -5), (10, 0), (15, 0), (20, 0), (23, 3)] {
            assert_eq!(outside(at, (10, 20)), wanted, "{at}");
        }
    }
}
