//! What messages have cost: read from the events, so that no kill makes dakbox forget it.

use rusqlite::{Connection, params};

use super::query::{raw_event, read_event};
use super::{Ledger, LedgerError};
use crate::job::{AccountId, CLIPS_KEPT, JobId, Moment, Sent, note_sent};

/// Jobs of the account, and of none that is known: what may be its own counts.
const OURS: &str = "(?1 IS NULL OR coalesce(json_extract(job.body, '$.account'), ?1) = ?1)";

impl Ledger {
    /// The account's messages that may have been paid for, by when the credits before them were read: all since `midnight`, those on their way, and
    /// those of the last delivered clips.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn sent_since(
        &self,
        midnight: Moment,
        account: Option<AccountId>,
    ) -> Result<Vec<Sent>, LedgerError> {
        self.call(move |db| sent_since(db, midnight, account.as_ref().map(AccountId::as_str))).await
    }
}

fn sent_since(db: &Connection, midnight: Moment, account: Option<&str>) -> Result<Vec<Sent>, LedgerError> {
    let first = format!(
        "SELECT coalesce(min(at), ?2) FROM intent WHERE job IN (
             SELECT id FROM job WHERE state = 'delivered' AND id IN (SELECT job FROM intent) AND {OURS}
             ORDER BY changed DESC LIMIT ?3)"
    );
    let kept = i64::try_from(CLIPS_KEPT).unwrap_or(i64::MAX);
    let first: i64 =
        db.prepare_cached(&first)?.query_row(params![account, midnight.0, kept], |row| row.get(0))?;
    let events = format!(
        "SELECT event.seq, event.at, event.version, event.body, event.checksum, job.id, job.state = 'delivered'
         FROM job JOIN event ON event.job = job.id
         WHERE job.id IN (SELECT job FROM intent WHERE state = 'open')
         AND (job.changed >= ?2 OR job.ended = 0) AND {OURS}
         AND event.name IN ('intent', 'refused', 'answered', 'observed', 'waits', 'failed', 'withdrawn')
         ORDER BY job.id, event.seq"
    );
    let mut rows = db.prepare_cached(&events)?;
    let mut rows = rows.query(params![account, first.min(midnight.0)])?;
    let mut sent = Vec::new();
    while let Some(row) = rows.next()? {
        let of = (JobId(row.get(5)?), row.get(6)?);
        let recorded = read_event(of.0, raw_event(row)?)?;
        note_sent(&mut sent, of, recorded.seq, recorded.at, &recorded.event);
    }
    sent.sort_by_key(|s: &Sent| s.read);
    Ok(sent)
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;
    use crate::job::{Balance, Job, JobEvent, Step, StreamEnd};
    use crate::ledger::tests::{intent, up_to_the_message};

    fn credits(available: f64) -> Balance {
        Balance { available, frozen: 0.0, at: None }
    }

    /// The intent of the job's message, read at 500 credits.
    fn begun(job: &Job) -> JobEvent {
        let JobEvent::Intent { n, again, key, baseline, .. } = intent(job) else { unreachable!() };
        JobEvent::Intent { n, again, key, baseline, credits: Some(credits(500.0)) }
    }

    #[tokio::test]
    async fn a_message_counts_from_its_intent_and_not_where_it_was_refused() {
        let top = tempfile::tempdir().unwrap();
        let file = top.path().join("ledger.db");
        let ledger = Ledger::open(&file).unwrap();
        let mut job = up_to_the_message(&ledger, b"talk.mp4", 1).await;
        let all = || async { ledger.sent_since(Moment(0), None).await.unwrap() };
        assert_eq!(all().await, []);
        job = ledger.append(job.id, vec![begun(&job)], Moment(10)).await.unwrap();
        let sent = |intent| Sent {
            job: JobId(1),
            delivered: false,
            intent,
            begun: Moment(10),
            read: Moment(10),
            before: Some(500.0),
            over: None,
            after: None,
        };
        let n = 0;
        let first = job.messages[0].intent;
        assert_eq!(all().await, [sent(first)]);
        job = ledger.append(job.id, vec![JobEvent::Refused { n, intent: first }], Moment(20)).await.unwrap();
        assert_eq!(all().await, []);

        let events = vec![JobEvent::Started { step: job.step }, begun(&job)];
        job = ledger.append(job.id, events, Moment(30)).await.unwrap();
        let intent = job.messages.last().unwrap().intent;
        let answered = JobEvent::Answered { n, intent, end: StreamEnd::Clean, words: String::new() };
        ledger.append(job.id, vec![answered], Moment(40)).await.unwrap();
        let second = Sent { begun: Moment(30), read: Moment(30), over: Some(Moment(40)), ..sent(intent) };
        assert_eq!(all().await, slice::from_ref(&second));
        let observed = JobEvent::Observed { n, intent, reading: "{}".into(), credits: Some(credits(450.0)) };
        let events = vec![JobEvent::Started { step: Step::Observe(0) }, observed];
        ledger.append(job.id, events, Moment(50)).await.unwrap();
        let second = Sent { over: Some(Moment(50)), after: Some(450.0), ..second };
        assert_eq!(all().await, slice::from_ref(&second));

        // It has not ended: it counts however long ago it was begun. Of another account it doesn't.
        let of = |account| ledger.sent_since(Moment(1000), account);
        assert_eq!(of(None).await.unwrap(), slice::from_ref(&second));
        let mine = AccountId::new("anon_1");
        assert_eq!(of(Some(mine.clone())).await.unwrap(), slice::from_ref(&second));
        let beside = Connection::open(&file).unwrap();
        beside.execute("UPDATE job SET body = json_set(body, '$.account', 'anon_1')", []).unwrap();
        assert_eq!(of(Some(mine)).await.unwrap(), [second]);
        assert_eq!(of(Some(AccountId::new("anon_2"))).await.unwrap(), []);
    }
}
