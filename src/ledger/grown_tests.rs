//! What observers ask takes SQLite no more steps over a long past than over a short one. The steps are counted, not timed.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::trace::{TraceEvent, TraceEventCodes};
use rusqlite::{Connection, StatementStatus, params};

use super::tests::{intent, up_to_the_message};
use super::{Ledger, Overview, query};
use crate::job::{Balance, Code, Failure, JobEvent, JobId, Moment, Step, StreamEnd};

/// Jobs of the past, and how far apart they are.
const FEW: i64 = 100;
const MANY: i64 = 2000;
const APART: i64 = 3_600_000;
/// When the newest ones were.
const NOW: i64 = 100_000 * APART;
/// What is asked of days reaches so far back; both pasts reach further.
const SINCE: Moment = Moment(NOW - 50 * APART);

/// A ledger with so many jobs behind it that were paid for and so many that failed, and one that waits.
async fn grown(file: &Path, jobs: i64) {
    let ledger = Ledger::open(file).unwrap();
    let job = up_to_the_message(&ledger, b"a.mp4", 1).await;
    let JobEvent::Intent { n, again, key, baseline, .. } = intent(&job) else { unreachable!() };
    let credits = |available| Some(Balance { available, frozen: 0.0, at: None });
    let paid = JobEvent::Intent { n, again, key, baseline, credits: credits(9.0) };
    let job = ledger.append(job.id, vec![paid], Moment(NOW)).await.unwrap();
    let end = StreamEnd::Clean;
    let answered = JobEvent::Answered { n: 0, intent: job.seq, end, words: String::new() };
    let reading =
        JobEvent::Observed { n: 0, intent: job.seq, reading: "{}".to_owned(), credits: credits(5.0) };
    let events = vec![answered, JobEvent::Started { step: Step::Observe(0) }, reading];
    ledger.append(job.id, events, Moment(NOW + 1)).await.unwrap();
    let failed = up_to_the_message(&ledger, b"b.mp4", 2).await;
    let failure = Failure::new(Code::NotMedia, "why", "what to do");
    ledger.append(failed.id, vec![JobEvent::Failed { failure: failure.clone() }], Moment(NOW)).await.unwrap();
    let waits = up_to_the_message(&ledger, b"c.mp4", 3).await;
    let waiting = JobEvent::Waits { failure: failure.waiting(), until: None };
    ledger.append(waits.id, vec![waiting], Moment(NOW)).await.unwrap();
    drop(ledger);
    let db = Connection::open(file).unwrap();
    db.execute_batch(
        "BEGIN; UPDATE job SET state = 'delivered' WHERE id = 1; UPDATE job SET ended = 1 WHERE id < 3;
         CREATE TEMP TABLE many (i INTEGER)",
    )
    .unwrap();
    let numbers =
        "INSERT INTO many WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                   SELECT i FROM n";
    db.execute(numbers, [jobs]).unwrap();
    // The two that have ended, copied under other numbers into the past.
    for sql in [
        "INSERT INTO job (id, root, path, dev, ino, size, ended, state, step, code, film, changed, body)
         SELECT 2 * i + id + 10, root, path, dev, ino, size, ended, state, step, code, film, ?1 - i * ?2, body
         FROM job, many WHERE id < 3",
        "INSERT INTO event SELECT 2 * i + job + 10, seq, ?1 - i * ?2 + seq, version, name, body, checksum
         FROM event, many WHERE job < 3",
        "INSERT INTO balance SELECT ?1 - i * ?2 + seq, 2 * i + job + 10, seq, account, available FROM balance, many",
    ] {
        db.execute(sql, params![NOW, APART]).unwrap();
    }
    db.execute_batch("COMMIT").unwrap();
}

/// What is asked of a ledger.
type Ask = fn(&Overview);

/// How many steps SQLite takes to answer.
fn steps(file: &Path, ask: Ask) -> u64 {
    let mut view = Overview::open(file).unwrap();
    let steps = Arc::new(AtomicU64::new(0));
    let sum = Arc::clone(&steps);
    view.db
        .trace_v2(
            TraceEventCodes::SQLITE_TRACE_PROFILE,
            Some(move |event: TraceEvent<'_>| {
                if let TraceEvent::Profile(statement, _) = event {
                    let taken = statement.get_status(StatementStatus::VmStep);
                    sum.fetch_add(u64::try_from(taken).unwrap(), Ordering::SeqCst);
                }
            }),
        )
        .unwrap();
    ask(&view);
    drop(view);
    steps.load(Ordering::SeqCst)
}

#[tokio::test]
async fn what_observers_ask_does_not_grow_with_the_past() {
    let dir = tempfile::tempdir().unwrap();
    let (few, many) = (dir.path().join("few.db"), dir.path().join("many.db"));
    grown(&few, FEW).await;
    grown(&many, MANY).await;
    let asks: [(&str, Ask); 11] = [
        ("summary", |view| assert_eq!(view.summary().unwrap().waiting, 1)),
        ("reasons", |view| assert_eq!(view.reasons().unwrap().len(), 2)),
        ("cost", |view| assert_eq!(view.cost(JobId(1)).unwrap(), Some(4.0))),
        ("others", |view| {
            // The same for the report: two that were paid for in that time.
            let others = query::others_between(&view.db, JobId(1), Moment(NOW - 2 * APART), Moment(NOW));
            assert_eq!(others.unwrap(), 2);
        }),
        ("lately", |view| assert_eq!(view.lately("failed", 30).unwrap().len(), 30)),
        ("open jobs", |view| assert_eq!(view.open_jobs().unwrap().len(), 1)),
        ("a page of all", |view| assert_eq!(view.some_jobs(None, 0, 51).unwrap().len(), 51)),
        ("a page of a state", |view| {
            assert_eq!(view.jobs_after(Some("failed"), Some(JobId(200)), 51).unwrap().len(), 51);
        }),
        ("took", |view| assert!(view.took(SINCE).unwrap().len() > 90)),
        ("ended", |view| assert_eq!(view.ended(SINCE).unwrap().len(), 102)),
        ("credits", |view| assert_eq!(view.credits_read(SINCE).unwrap().len(), 102)),
    ];
    for (name, ask) in asks {
        let (of_few, of_many) = (steps(&few, ask), steps(&many, ask));
        eprintln!("{name}: {of_few} steps over {FEW} jobs, {of_many} over {MANY}");
        assert!(of_few > 0 && of_many * 10 <= of_few * 13, "{name}: {of_few} steps become {of_many}");
    }
}
