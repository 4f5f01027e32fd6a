//! Whether anything was written to the ledger: a look at its files costs less than a question to its thread.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};

/// After so many looks it counts as changed, whatever the files say.
const AT_LEAST_EVERY: u32 = 60;

/// When a file was written last, and how long it is; nothing where there is none.
type State = Option<(i64, i64, u64, u64)>;

/// Looks every so often, and says so where something was written since. A word that was not read yet counts for all that
/// came after it. Where no thread is to be had the channel is closed.
pub fn watch(ledger: &Path, every: Duration) -> Receiver<()> {
    let mut log = ledger.as_os_str().to_owned();
    log.push("-wal");
    let files = [ledger.to_owned(), PathBuf::from(log)];
    let (say, changes) = mpsc::channel(1);
    let looked = std::thread::Builder::new().name("requests".into()).spawn(move || look(&files, every, &say));
    if let Err(error) = looked {
        tracing::warn!(%error, "no thread looks for requests");
    }
    changes
}

fn look(files: &[PathBuf; 2], every: Duration, say: &Sender<()>) {
    let mut seen = Seen::default();
    while !say.is_closed() {
        let tells = seen.tells(files.each_ref().map(|file| state(file)));
        if tells && matches!(say.try_send(()), Err(TrySendError::Closed(()))) {
            return;
        }
        std::thread::sleep(every);
    }
}

/// What the looks so far have seen.
#[derive(Default)]
struct Seen {
    known: [State; 2],
    /// The last look saw a change. A second one within the same tick of the file's clock looks like none, so the look after
    /// counts as well.
    was_fresh: bool,
    quiet: u32,
}

impl Seen {
    /// Whether what lies there now is to be told of.
    fn tells(&mut self, now: [State; 2]) -> bool {
        let is_fresh = now != self.known;
        let tells = is_fresh || self.was_fresh || self.quiet + 1 >= AT_LEAST_EVERY;
        (self.known, self.was_fresh) = (now, is_fresh);
        self.quiet = if tells { 0 } else { self.quiet + 1 };
        tells
    }
}

fn state(file: &Path) -> State {
    let data = fs::metadata(file).ok()?;
    Some((data.mtime(), data.mtime_nsec(), data.size(), data.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_write_is_told_of_and_silence_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let files = [folder.path().join("l.db"), folder.path().join("l.db-wal")];
        let mut seen = Seen::default();
        let mut look = || seen.tells(files.each_ref().map(|file| state(file)));
        fs::write(&files[0], "a").unwrap();
        assert_eq!([look(), look(), look()], [true, true, false], "what lay there, and the look after it");
        for (file, text) in [(&files[1], "a"), (&files[0], "ab"), (&files[1], "ab")] {
            fs::write(file, text).unwrap();
            assert_eq!([look(), look(), look()], [true, true, false], "{} {text}", file.display());
        }
        let told: Vec<_> = (1..=2 * AT_LEAST_EVERY).filter(|_| look()).collect();
        assert_eq!(
            told,
            [AT_LEAST_EVERY - 1, 2 * AT_LEAST_EVERY - 1],
            "now and then it is told all the same"
        );
    }
}
