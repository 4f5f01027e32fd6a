//! Power cuts: whatever of the log beside the ledger is left, the ledger is one that was, and no other.

use rusqlite::Connection;
use tempfile::TempDir;

use super::tests::{intent, up_to_the_message};
use super::{Ledger, LedgerError, query, root, schema, trust};
use crate::job::Moment;

/// A frame of the log: a page of 4096 bytes behind a head of 24.
const FRAME: usize = 4096 + 24;
/// The log's own head.
const HEAD: usize = 32;

/// The two files of a ledger in which three messages were promised, as a cut would leave them.
async fn files() -> (Vec<u8>, Vec<u8>) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("ledger.db");
    let ledger = Ledger::open(&path).unwrap();
    ledger.settle().await.unwrap();
    for (ino, name) in [&b"a.mp4"[..], b"b.mp4", b"c.mp4"].into_iter().enumerate() {
        let job = up_to_the_message(&ledger, name, ino as u64).await;
        let _ = ledger.append(job.id, vec![intent(&job)], Moment(3)).await;
    }
    (std::fs::read(&path).unwrap(), std::fs::read(path.with_extension("db-wal")).unwrap())
}

/// Opens what a cut has left; how many events there are, each as it was written.
fn events_after(files: (&[u8], &[u8])) -> Result<usize, LedgerError> {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("ledger.db");
    std::fs::write(&path, files.0).unwrap();
    std::fs::write(path.with_extension("db-wal"), files.1).unwrap();
    let db: Connection = schema::open(&path)?;
    root::ledger_id(&db)?;
    trust::paid(&db)?;
    let mut events = 0;
    for job in query::open_jobs(&db)? {
        assert_eq!(query::rebuild(&db, job.id)?, job, "the row says what the events say");
        events += query::events(&db, job.id)?.len();
    }
    Ok(events)
}

fn cut_at(offsets: impl Iterator<Item = usize>, (db, log): (&[u8], &[u8])) {
    let (mut last, mut seen) = (0, std::collections::BTreeSet::new());
    for offset in offsets {
        let events = events_after((db, &log[..offset])).unwrap_or_else(|e| panic!("cut at {offset}: {e}"));
        assert!(events >= last, "cut at {offset}: more is left of the log, and less of the ledger");
        seen.insert(events);
        last = events;
    }
    assert_eq!(Some(&last), seen.last());
    assert!(seen.len() > 3 && last > 15, "every commit was cut off once: {seen:?}");
}

#[tokio::test]
async fn a_log_cut_anywhere_loses_its_end_and_nothing_else() {
    let (db, log) = files().await;
    let frames = (log.len() - HEAD) / FRAME;
    let around = |frame: usize| {
        let at = HEAD + frame * FRAME;
        [at - 1, at, at + 1, at + 24, at + 2000].into_iter().filter(|at| *at <= log.len())
    };
    cut_at((0..=frames).flat_map(around).chain([log.len()]), (&db, &log));
}

/// At each byte of every frame's head and around it, and at each sixteenth of its page.
#[tokio::test]
#[ignore = "slow: opens a ledger for each of these bytes"]
async fn a_log_cut_at_every_byte_loses_its_end_and_nothing_else() {
    let (db, log) = files().await;
    let matters = |offset: &usize| {
        let at = (offset + FRAME - HEAD) % FRAME;
        *offset < HEAD || !(64..=FRAME - 32).contains(&at) || at.is_multiple_of(16)
    };
    cut_at((0..=log.len()).filter(matters), (&db, &log));
}

#[tokio::test]
async fn a_byte_of_the_log_that_flipped_cuts_it_there() {
    let (db, log) = files().await;
    let whole = events_after((&db, &log)).unwrap();
    for at in (HEAD..log.len()).step_by(997) {
        let mut flipped = log.clone();
        flipped[at] ^= 0x10;
        let events = events_after((&db, &flipped)).unwrap_or_else(|e| panic!("flipped at {at}: {e}"));
        assert!(events <= whole, "flipped at {at}");
    }
}
