//! What may be spent: asked before each message, and kept free for it until it is over.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::clock::wall;
use super::stop::Stop;
use super::{Tools, claim::Claim};
use crate::job::{Code, Facts, Failure, JobId, Limits, Moment, Verdict, judge_spending};

/// Who is about to begin a message. The ledger knows of it only once its intent is there: two that start at once must
/// not both slip past the limit.
#[derive(Debug, Default)]
pub struct Purse {
    turn: tokio::sync::Mutex<()>,
    about_to: Mutex<BTreeSet<JobId>>,
}

impl Purse {
    fn about_to(&self) -> MutexGuard<'_, BTreeSet<JobId>> {
        self.about_to.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A message's place in the purse, given back when it is dropped.
pub(super) struct Kept<'a>(&'a Purse, JobId);

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        self.0.about_to().remove(&self.1);
    }
}

/// Keeps what a message is likely to cost, where the settings allow it to be spent.
pub(super) async fn keep<'a>(tools: &'a Tools, claim: &Claim) -> Result<Kept<'a>, Stop> {
    let (job, purse, budget) = (claim.job(), &tools.purse, tools.config().budget.clone());
    let _turn = purse.turn.lock().await;
    // Before the ledger is read: whoever leaves it meanwhile is counted there.
    let about_to = purse.about_to().clone();
    let limits = Limits { per_day: budget.per_day, ask_above: budget.ask_above };
    if limits.per_day.is_some() || limits.ask_above.is_some() {
        let midnight = midnight(wall(), TimeZone::system());
        let sent = tools.ledger.sent_since(midnight, job.account.clone()).await?;
        let agreed = job.order.cost_ok || job.may_be_paid();
        let facts = Facts { sent: &sent, about_to: &about_to, midnight, job: job.id, agreed };
        match judge_spending(limits, &facts) {
            Verdict::Begin => {}
            Verdict::Ask(likely) => return Err(Stop::failed(asks(likely))),
            Verdict::Reached(today) => {
                return Err(Stop::failed(reached(today, limits.per_day.unwrap_or_default())));
            }
        }
    }
    purse.about_to().insert(job.id);
    Ok(Kept(purse, job.id))
}

fn asks(likely: u64) -> Failure {
    Failure::new(
        Code::CostAsks,
        format!("it is likely to cost {likely} credits, more than may be spent on a clip unasked"),
        "Write `Cost: ok` as the first line of the text.",
    )
    .about(likely.to_string())
}

fn reached(today: u64, per_day: u32) -> Failure {
    Failure::new(
        Code::BudgetReached,
        format!("{today} credits are spent today or on their way, and {per_day} may be spent a day"),
        "It goes on after midnight, or when `[budget] per_day` is raised.",
    )
    .about(per_day.to_string())
}

/// The last midnight there; a day back where the time zone can't say.
pub(super) fn midnight(now: Moment, zone: TimeZone) -> Moment {
    let start = Timestamp::from_millisecond(now.0).and_then(|now| now.to_zoned(zone).start_of_day());
    start.map_or(Moment(now.0.saturating_sub(86_400_000)), |start| Moment(start.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnights() {
        // 2026-10-25, when summer ends in Berlin, and the day has 25 hours.
        for (zone, now, want) in [
            ("UTC", "2026-11-25T17:43:31Z", "2026-11-25T00:00:00Z"),
            ("UTC", "2026-11-25T00:00:00Z", "2026-11-25T00:00:00Z"),
            ("Asia/Dhaka", "2026-11-25T17:59:59Z", "2026-11-24T18:00:00Z"),
            ("Asia/Dhaka", "2026-11-25T18:00:00Z", "2026-11-25T18:00:00Z"),
            ("Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z"),
        ] {
            let at = |text: &str| Moment(text.parse::<Timestamp>().unwrap().as_millisecond());
            assert_eq!(midnight(at(now), TimeZone::get(zone).unwrap()), at(want), "{zone} {now}");
        }
    }
}
