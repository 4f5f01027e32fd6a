//! The ledger: whether it can be read, of which version it is, and who works it. Its lock is not touched.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::{major, minor};

use super::line::{Line, typed};
use super::who::Who;
use crate::ledger::{Condition, LedgerError, Overview};

/// Looks at a ledger beside whoever works it.
pub(super) fn look(file: &Path, who: &Who) -> Vec<Line> {
    let target = file.display();
    let there = match file.metadata() {
        Ok(there) => there.len() > 0,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => false,
        Err(error) => return vec![unreachable(file, &error.to_string(), who)],
    };
    if !there {
        return vec![Line::ok("ledger", target, "is not there yet: the first run makes it")];
    }
    let turn = turn();
    let looked = Overview::open(file).and_then(|view| {
        let condition = view.condition()?;
        view.check_pages()?;
        Ok(condition)
    });
    drop(turn);
    let mut lines = vec![judge(file, looked, who)];
    lines.push(worker(file));
    lines
}

/// Who works a ledger.
pub(super) enum Runs {
    /// This process.
    By(u32),
    /// Nobody.
    No,
    /// The kernel does not say.
    Untold,
}

/// Who holds the lock of a ledger, by the kernel's own table.
pub(super) fn runs(file: &Path) -> Runs {
    let lock = file.with_extension("lock");
    let Ok(table) = std::fs::read_to_string("/proc/locks") else { return Runs::Untold };
    let Ok(there) = lock.metadata() else { return Runs::No };
    let pid = std::fs::read_to_string(&lock).ok().and_then(|text| text.trim().parse().ok());
    let place = (major(there.dev()), minor(there.dev()), there.ino());
    holder(place, pid, &table).map_or(Runs::No, Runs::By)
}

/// One look opens the ledger at a time: of two that close it at once none takes away the files that SQLite keeps beside
/// it while it is open.
pub(super) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unreachable(file: &Path, why: &str, who: &Who) -> Line {
    let folder = typed(file.parent().unwrap_or(Path::new(".")));
    let mend =
        format!("`sudo chown -R {}:{} {folder}`, or look as the user that owns it.", who.typed(), who.group);
    Line::fail("ledger", file.display(), format!("can't be read by {}: {why}", who.name), mend)
}

fn judge(file: &Path, looked: Result<Condition, LedgerError>, who: &Who) -> Line {
    let target = file.display();
    let condition = match looked {
        Ok(condition) => condition,
        Err(error @ LedgerError::Newer { .. }) => {
            return Line::fail("ledger", target, error.to_string(), "Install the newer dakbox again.");
        }
        Err(error @ LedgerError::Damaged { .. }) => {
            let mend = "Stop dakbox, and put a copy of the state folder in its place; then `dakbox run --adopt`, once.";
            return Line::fail("ledger", target, error.to_string(), mend);
        }
        Err(error) => return unreachable(file, &error.to_string(), who),
    };
    let Condition { version, known, intents, .. } = condition;
    let messages = if intents == 1 { "1 message was".to_owned() } else { format!("{intents} messages were") };
    if version < known {
        let message = format!("of version {version}: the next start keeps a copy and brings it to {known}");
        return Line::ok("ledger", target, message);
    }
    Line::ok("ledger", target, format!("whole, of version {version}; {messages} ever begun by it"))
}

fn worker(file: &Path) -> Line {
    let lock = file.with_extension("lock");
    let message = match runs(file) {
        Runs::Untold => "whether one runs is not told here".to_owned(),
        Runs::By(pid) => format!("runs, as process {pid}"),
        Runs::No => "none runs on this ledger now".to_owned(),
    };
    Line::ok("daemon", lock.display(), message)
}

/// The process that holds a lock on a file. Some file systems show another device here than `stat` does: then the
/// number that the holder wrote into the file has to agree.
fn holder((major, minor, ino): (u32, u32, u64), pid: Option<u32>, table: &str) -> Option<u32> {
    table.lines().find_map(|line| {
        let fields: Vec<_> = line.split_whitespace().filter(|field| *field != "->").collect();
        let [_, "FLOCK", _, "WRITE", by, file, ..] = fields[..] else { return None };
        let by = by.parse().ok()?;
        let (device, inode) = file.rsplit_once(':')?;
        let is_it = device == format!("{major:02x}:{minor:02x}") || Some(by) == pid;
        (inode.parse() == Ok(ino) && is_it).then_some(by)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::doctor::Health::{Fail, Ok as Well};

    #[test]
    fn every_case() {
        let who = Who { uid: 998, gid: 998, name: "dakbox".into(), group: "dakbox".into() };
        let good = Condition { id: "x".into(), intents: 1, version: 3, known: 3 };
        let denied = LedgerError::Io(std::io::Error::from(ErrorKind::PermissionDenied));
        for (looked, result, part) in [
            (Ok(good.clone()), Well, "1 message was"),
            (Ok(Condition { version: 2, ..good }), Well, "brings it to 3"),
            (Err(LedgerError::Newer { found: 9, known: 3 }), Fail, "newer dakbox"),
            (Err(LedgerError::Damaged { what: "a row".into() }), Fail, "put a copy"),
            (Err(denied), Fail, "chown -R dakbox:dakbox '/a b'"),
        ] {
            let line = judge(Path::new("/a b/ledger.db"), looked, &who);
            let all = format!("{} {}", line.message, line.mend.as_deref().unwrap_or_default());
            assert!(line.result == result && all.contains(part), "{line:?}");
        }
    }

    #[test]
    fn who_holds_the_lock() {
        let table = "1: POSIX  ADVISORY  WRITE 11 fe:00:7 120 120\n2: FLOCK  ADVISORY  WRITE 12 fe:00:7 0 EOF\n\
            2: -> FLOCK  ADVISORY  WRITE 13 fe:00:7 0 EOF\n3: FLOCK  ADVISORY  WRITE 14 00:2a:9 0 EOF\n\
            4: FLOCK  ADVISORY  READ 15 fe:00:8 0 EOF\nodd\n";
        for (file, pid, wanted) in [
            ((0xfe, 0, 7), None, Some(12)),
            ((0xfe, 1, 7), None, None),
            ((0, 0x2b, 9), Some(14), Some(14)),
            ((0xfe, 0, 8), Some(15), None),
            ((0xfe, 0, 10), Some(12), None),
        ] {
            assert_eq!(holder(file, pid, table), wanted, "{file:?}");
        }
    }
}
