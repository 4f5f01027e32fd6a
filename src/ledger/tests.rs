//! Stories of a ledger on disk.

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::job::Work;
use crate::job::{
    Clip, Code, ContentHash, Failure, Job, JobEvent, JobId, Moment, Order, RelPath, SessionId, Stamp, Step,
    StreamEnd, TextRef, WordsFrom,
};

fn admitted(name: &[u8], ino: u64) -> JobEvent {
    let stamp = Stamp { dev: u64::MAX, ino, size: 3, mtime_ns: 4, ctime_ns: 5 };
    let order = Order {
        words: "make it short".into(),
        messages: vec!["make it short".into()],
        language: "bn".into(),
        quality: "high".into(),
        output: None,
        priority: 1,
        again: false,
        cost_ok: false,
        asked: None,
        from: WordsFrom::Default,
    };
    JobEvent::Admitted {
        clip: Clip { root: 1, path: RelPath::from_bytes(name).unwrap(), stamp },
        order,
        work: Work::Clip,
        batch: None,
    }
}

/// Takes a job up to where its message can be sent.
pub(super) async fn up_to_the_message(ledger: &Ledger, name: &[u8], ino: u64) -> Job {
    let job = ledger.found(vec![admitted(name, ino)], Moment(1)).await.unwrap();
    let stamp = job.clip.stamp;
    let events = vec![
        JobEvent::Started { step: Step::Session },
        JobEvent::SessionOpened { session: SessionId::new("9007199254740993"), task: None, account: None },
        JobEvent::Started { step: Step::Upload },
        JobEvent::Uploaded { content: ContentHash::new([7; 32]), stamp, applied: true },
        JobEvent::Started { step: Step::Instruct(0) },
    ];
    ledger.append(job.id, events, Moment(2)).await.unwrap()
}

pub(super) fn intent(job: &Job) -> JobEvent {
    let key = job.key(0).unwrap();
    JobEvent::Intent { n: 0, again: job.again(0), key, baseline: "{}".into(), credits: None }
}

struct Disk {
    dir: TempDir,
}

impl Disk {
    fn new() -> Self {
        Self { dir: TempDir::new().unwrap() }
    }

    fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("ledger.db")
    }

    fn open(&self) -> Ledger {
        Ledger::open(&self.path()).unwrap()
    }

    fn sql(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

#[tokio::test]
async fn what_was_recorded_is_there_after_a_restart() {
    let disk = Disk::new();
    let ledger = disk.open();
    let id = ledger.id().to_owned();
    let job = up_to_the_message(&ledger, b"talk\xff.mp4", 1).await;
    drop(ledger);
    let again = disk.open();
    assert_eq!(again.id(), id);
    assert_eq!(again.open_jobs().await.unwrap(), std::slice::from_ref(&job));
    assert_eq!(again.job_at(1, job.clip.path.clone()).await.unwrap(), Some(job.clone()));
    assert_eq!(again.job_of_file(job.clip.stamp).await.unwrap(), Some(job.clone()));
    assert_eq!(again.rebuild(job.id).await.unwrap(), job, "the row says what the events say");
    assert_eq!(again.events(job.id).await.unwrap().len(), 6);
}

#[tokio::test]
async fn the_same_message_has_one_intent_over_all_jobs() {
    let disk = Disk::new();
    let ledger = disk.open();
    let (first, second) =
        (up_to_the_message(&ledger, b"a.mp4", 1).await, up_to_the_message(&ledger, b"b.mp4", 2).await);
    let sent = ledger.append(first.id, vec![intent(&first)], Moment(3)).await.unwrap();
    assert_eq!(ledger.intents().await.unwrap(), 1);
    let refused = ledger.append(second.id, vec![intent(&second)], Moment(3)).await.unwrap_err();
    assert!(matches!(refused, LedgerError::KeyTaken { by } if by == first.id), "{refused}");
    assert!(!refused.is_fatal());
    assert_eq!(ledger.job(second.id).await.unwrap(), Some(second.clone()), "nothing of it was recorded");
    assert_eq!(ledger.intents().await.unwrap(), 1);

    // Only a refusal by the service frees the key.
    let at = sent.message(0).unwrap().intent;
    ledger.append(first.id, vec![JobEvent::Refused { n: 0, intent: at }], Moment(4)).await.unwrap();
    ledger.append(second.id, vec![intent(&second)], Moment(5)).await.unwrap();
    assert_eq!(ledger.intents().await.unwrap(), 2, "the count only grows");
}

#[tokio::test]
async fn a_text_consents_to_pay_once_more_exactly_once() {
    // One that was saved again in other bytes says the same.
    let says = Some(ContentHash::new([8; 32]));
    for (says, bytes) in [(None, 9), (says, 9), (says, 7)] {
        let disk = Disk::new();
        let ledger = disk.open();
        let first = up_to_the_message(&ledger, b"a.mp4", 1).await;
        ledger.append(first.id, vec![intent(&first)], Moment(3)).await.unwrap();
        let text = |bytes| TextRef {
            path: RelPath::from_bytes(b"b.txt").unwrap(),
            stamp: first.clip.stamp,
            hash: ContentHash::new([bytes; 32]),
            says,
        };
        let consent = |bytes| vec![JobEvent::Consent { n: 0, again: 1, text: Some(text(bytes)) }];
        let second = up_to_the_message(&ledger, b"b.mp4", 2).await;
        let second = ledger.append(second.id, consent(9), Moment(4)).await.unwrap();
        let second = ledger.append(second.id, vec![intent(&second)], Moment(5)).await.unwrap();
        assert_eq!(second.message(0).unwrap().again, 1);
        // The same text beside a third copy of the clip: it has had its say.
        let third = up_to_the_message(&ledger, b"c.mp4", 3).await;
        let used = ledger.append(third.id, consent(bytes), Moment(6)).await.unwrap_err();
        assert!(matches!(used, LedgerError::ConsentUsed), "{used}");
        assert_eq!(ledger.intents().await.unwrap(), 2);
    }
}

#[tokio::test]
async fn all_events_of_a_call_or_none() {
    let disk = Disk::new();
    let ledger = disk.open();
    let job = up_to_the_message(&ledger, b"a.mp4", 1).await;
    let answered = JobEvent::Answered { n: 0, intent: 99, end: StreamEnd::Clean, words: String::new() };
    let illegal = ledger.append(job.id, vec![intent(&job), answered], Moment(3)).await.unwrap_err();
    assert!(matches!(illegal, LedgerError::Illegal(_)), "{illegal}");
    assert_eq!(ledger.job(job.id).await.unwrap(), Some(job));
    assert_eq!(ledger.intents().await.unwrap(), 0);
    let missing = ledger.append(JobId(77), vec![JobEvent::GoesOn], Moment(3)).await.unwrap_err();
    assert!(matches!(missing, LedgerError::NoJob(JobId(77))));
}

#[tokio::test]
async fn a_flipped_byte_is_found_before_it_is_believed() {
    let disk = Disk::new();
    let ledger = disk.open();
    let job = up_to_the_message(&ledger, b"a.mp4", 1).await;
    ledger.append(job.id, vec![intent(&job)], Moment(3)).await.unwrap();
    disk.sql()
        .execute("UPDATE event SET body = replace(body, 'upload', 'tidied') WHERE seq = 4", [])
        .unwrap();
    let damaged = ledger.rebuild(job.id).await.unwrap_err();
    assert!(damaged.is_fatal() && damaged.to_string().contains("event 4 of job 1"), "{damaged}");

    let refused = ledger.intents().await.unwrap_err();
    assert!(matches!(refused, LedgerError::Closed), "after damage nothing more is believed: {refused}");

    disk.sql().execute("UPDATE intent SET state = 'refused'", []).unwrap();
    let ledger = disk.open();
    let other = up_to_the_message(&ledger, b"b.mp4", 2).await;
    let damaged = ledger.append(other.id, vec![intent(&other)], Moment(4)).await.unwrap_err();
    assert!(damaged.is_fatal(), "{damaged}");
}

#[tokio::test]
async fn a_ledger_of_a_newer_dakbox_is_left_untouched() {
    let disk = Disk::new();
    drop(disk.open());
    // Its thread closes the file in its own time; the last one that does removes the log.
    let log = disk.path().with_extension("db-wal");
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while log.exists() && std::time::Instant::now() < until {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    disk.sql().pragma_update(None, "user_version", 4000).unwrap();
    let before = std::fs::read(disk.path()).unwrap();
    let Err(error) = Ledger::open(&disk.path()) else { panic!("it was opened") };
    assert!(matches!(error, LedgerError::Newer { found: 4000, .. }), "{error}");
    assert!(Overview::open(&disk.path()).is_err());
    assert_eq!(std::fs::read(disk.path()).unwrap(), before);
}

#[tokio::test]
async fn observers_read_beside_the_daemon_and_never_write() {
    let disk = Disk::new();
    let ledger = disk.open();
    let job = up_to_the_message(&ledger, b"a.mp4", 1).await;
    let failure = Failure::new(Code::NoCredits, "no credits", "top up");
    let parked =
        ledger.found(vec![admitted(b"b.mp4", 2), JobEvent::Waits { failure, until: None }], Moment(2)).await;
    let progress = Progress { job: job.id, step: "upload".into(), done: 3, total: 9, at: Moment(4) };
    ledger.show_progress(vec![progress.clone()]).await.unwrap();
    let seen = Sighting {
        path: RelPath::from_bytes(b"x\xff.mp4").unwrap(),
        code: Some(Code::NotWhole),
        detail: "ends in zeros".into(),
        at: Moment(5),
        seen: Some(Seen {
            reason: "held".into(),
            since: Moment(3),
            until: None,
            noted: true,
            first: Some((Moment(2), true)),
            stamp: None,
        }),
    };
    ledger.show_sightings(vec![seen.clone()]).await.unwrap();

    let view = Overview::open(&disk.path()).unwrap();
    assert_eq!(view.summary().unwrap(), Summary { working: 1, waiting: 1, ..Summary::default() });
    assert_eq!(view.jobs(Some("waiting")).unwrap(), [parked.unwrap()]);
    assert_eq!(view.open_jobs().unwrap().len(), 2);
    assert_eq!((view.progress().unwrap(), view.sightings().unwrap()), (vec![progress], vec![seen.clone()]));
    assert_eq!(view.job(JobId(99)).unwrap(), None);

    let many = (0..MOST_SIGHTINGS + 3).map(|n| Sighting {
        path: RelPath::from_bytes(format!("{n}.mp4").as_bytes()).unwrap(),
        ..seen.clone()
    });
    ledger.show_sightings(many.collect()).await.unwrap();
    assert_eq!((view.sightings().unwrap().len(), view.sightings_left_out().unwrap()), (MOST_SIGHTINGS, 3));
    ledger.show_sightings(vec![seen]).await.unwrap();
    assert_eq!(view.sightings_left_out().unwrap(), 0);
}

#[tokio::test]
async fn a_commit_is_on_disk_and_others_may_not_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let disk = Disk::new();
    let ledger = disk.open();
    let job = up_to_the_message(&ledger, b"a.mp4", 1).await;
    let mode =
        |name: &str| std::fs::metadata(disk.dir.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("ledger.db"), mode("ledger.db-wal")), (0o600, 0o600));
    // A copy of the files, taken with the daemon alive, is what a power cut would leave.
    let copy = TempDir::new().unwrap();
    for name in ["ledger.db", "ledger.db-wal"] {
        std::fs::copy(disk.dir.path().join(name), copy.path().join(name)).unwrap();
    }
    let other = Ledger::open(&copy.path().join("ledger.db")).unwrap();
    assert_eq!(other.job(job.id).await.unwrap(), Some(job));
}

#[tokio::test]
async fn roots_are_known_by_their_mark() {
    let disk = Disk::new();
    let ledger = disk.open();
    let path = std::path::PathBuf::from("/srv/clips");
    assert_eq!(ledger.root_by_path(path.clone()).await.unwrap(), None);
    let about = ledger.note_root(path.clone(), "m1".into(), RootState::Marking).await.unwrap();
    assert_eq!(ledger.root_by_path(path.clone()).await.unwrap(), Some(about.clone()));
    let known = ledger.note_root(path.clone(), "m1".into(), RootState::Known).await.unwrap();
    assert_eq!((known.id, known.state), (about.id, RootState::Known));
    let moved = ledger.note_root("/srv/other".into(), "m1".into(), RootState::Known).await.unwrap();
    assert_eq!(moved.id, about.id, "the same root, mounted elsewhere");
    assert_eq!(ledger.root_by_mark("m2".into()).await.unwrap(), None);
}

#[tokio::test]
async fn what_was_seen_of_an_older_job_is_not_recorded() {
    let disk = Disk::new();
    let ledger = disk.open();
    let old = ledger.found(vec![admitted(b"a.mp4", 1)], Moment(1)).await.unwrap();
    let JobEvent::Admitted { clip, order, .. } = admitted(b"a.mp4", 1) else { unreachable!() };
    ledger.append(old.id, vec![JobEvent::Rebound { clip, order }], Moment(2)).await.unwrap();
    let late = ledger.append_at(old.id, old.seq, vec![JobEvent::Unsettled], Moment(3)).await.unwrap_err();
    assert!(matches!(late, LedgerError::MovedOn(_)) && !late.is_fatal(), "{late}");
    ledger.append_at(old.id, old.seq + 1, vec![JobEvent::Unsettled], Moment(3)).await.unwrap();
}

#[tokio::test]
async fn a_ledger_of_an_older_dakbox_is_brought_up_to_date_after_a_copy() {
    let disk = Disk::new();
    let ledger = disk.open();
    let (first, second) =
        (up_to_the_message(&ledger, b"a.mp4", 1).await, up_to_the_message(&ledger, b"b.mp4", 2).await);
    let sent = ledger.append(first.id, vec![intent(&first)], Moment(3)).await.unwrap();
    let at = sent.message(0).unwrap().intent;
    ledger.append(first.id, vec![JobEvent::Refused { n: 0, intent: at }], Moment(4)).await.unwrap();
    let JobEvent::Intent { n, again, key, baseline, .. } = intent(&second) else { unreachable!() };
    let credits = Some(crate::job::Balance { available: 7.5, frozen: 0.0, at: None });
    let paid = JobEvent::Intent { n, again, key, baseline, credits };
    ledger.append(second.id, vec![paid], Moment(5)).await.unwrap();
    drop(ledger);
    let read = || {
        let read = super::Overview::open(&disk.path()).unwrap().credits_read(Moment(0)).unwrap();
        read.into_iter().map(|read| (read.at, read.available)).collect::<Vec<_>>()
    };
    assert_eq!(read(), [(Moment(5), 7.5)]);
    let copy = disk.dir.path().join("ledger.before-2.db");
    assert!(!copy.exists(), "a new ledger needs none");
    disk.sql()
        .execute_batch(
            "DELETE FROM meta WHERE key IN ('reused', 'consents'); DROP TABLE request;
             DROP INDEX job_by_state; DROP INDEX job_by_state_and_change; DROP TABLE balance;
             DROP TRIGGER job_comes; DROP TRIGGER job_goes; DROP TRIGGER job_changes; DROP TABLE tally;
             DROP INDEX event_of_account;
             ALTER TABLE consent DROP COLUMN checksum; ALTER TABLE sighting DROP COLUMN seen;
             DROP INDEX job_by_film_key; DROP INDEX job_by_clip_key; DROP INDEX job_by_line; DROP INDEX job_by_same; DROP INDEX job_by_unit;
             ALTER TABLE job DROP COLUMN film_key; ALTER TABLE job DROP COLUMN clip_key;
             ALTER TABLE job DROP COLUMN line; ALTER TABLE job DROP COLUMN same_as; ALTER TABLE job DROP COLUMN unit;
             INSERT INTO consent (key, text, job) VALUES ('k1', 't1', 1), ('k1', 't2', 2);
             PRAGMA user_version = 1",
        )
        .unwrap();

    let ledger = disk.open();
    let mode = std::os::unix::fs::PermissionsExt::mode(&copy.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "nobody else reads what was asked for");
    assert_eq!(read(), [(Moment(5), 7.5)], "it is found again in the events");
    let third = up_to_the_message(&ledger, b"c.mp4", 3).await;
    let taken = ledger.append(third.id, vec![intent(&third)], Moment(6)).await.unwrap_err();
    assert!(
        matches!(taken, LedgerError::KeyTaken { by } if by == second.id),
        "what was paid is sound: {taken}"
    );
}
