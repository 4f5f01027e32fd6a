//! What messages have cost, and whether one more may be begun. Pure.
//!
//! The rule. A message costs the account's credits before it less those after it. Messages whose times touch, each from the
//! reading of its credits on, share what they have cost together, in equal parts. Where that is not known (a balance that could not be read, credits that came
//! in meanwhile, a fate that is open), and while a message is on its way, it counts as much as a clip is likely to cost:
//! the median of the past clips, [`UNKNOWN`] where there are none. It counts for the day that it was begun in, and for
//! the one that it was over in; what was provably refused counts nothing. What else is spent from the account is not
//! seen.

use std::collections::{BTreeMap, BTreeSet};

use super::{JobEvent, JobId, Moment};

/// What a clip is taken to cost while none has shown it.
const UNKNOWN: f64 = 100.0;
/// How many past clips count.
pub const CLIPS_KEPT: usize = 50;

/// Limits in credits; `None`: no limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// No message is begun once so much was spent since midnight, or would be.
    pub per_day: Option<u32>,
    /// A clip likely to cost more waits for consent.
    pub ask_above: Option<u32>,
}

/// A message that may have been paid for.
#[derive(Clone, PartialEq, Debug)]
pub struct Sent {
    /// Its job.
    pub job: JobId,
    /// Whether that job's film was delivered: what it has cost says what others will.
    pub delivered: bool,
    /// Its intent's event.
    pub intent: u32,
    /// When it was begun.
    pub begun: Moment,
    /// When the credits before it were read: not after it was begun.
    pub read: Moment,
    /// The account's credits before it.
    pub before: Option<f64>,
    /// When it was over; `None`: it is on its way.
    pub over: Option<Moment>,
    /// The account's credits after it, where the draft changed by it.
    pub after: Option<f64>,
}

/// Takes one event more of a job; they come in their order, job by job.
pub fn note_sent(
    sent: &mut Vec<Sent>,
    (job, delivered): (JobId, bool),
    seq: u32,
    at: Moment,
    event: &JobEvent,
) {
    let of = |sent: &Sent, intent: u32| sent.job == job && sent.intent == intent;
    match event {
        JobEvent::Intent { credits, .. } => {
            let before = credits.map(|balance| balance.available);
            let read = credits.and_then(|balance| balance.at).map_or(at, |read| read.min(at));
            sent.push(Sent { job, delivered, intent: seq, begun: at, read, before, over: None, after: None });
        }
        JobEvent::Refused { intent, .. } => sent.retain(|s| !of(s, *intent)),
        JobEvent::Answered { intent, .. } => {
            if let Some(sent) = sent.iter_mut().find(|s| of(s, *intent)) {
                sent.over.get_or_insert(at);
            }
        }
        JobEvent::Observed { intent, credits, .. } => {
            if let Some(sent) = sent.iter_mut().find(|s| of(s, *intent)) {
                (sent.over, sent.after) = (Some(at), credits.map(|balance| balance.available));
            }
        }
        // Nobody waits for it any more.
        JobEvent::Waits { .. } | JobEvent::Failed { .. } | JobEvent::Withdrawn { .. } => {
            sent.iter_mut().filter(|s| s.job == job).for_each(|sent| {
                sent.over.get_or_insert(at);
            });
        }
        _ => {}
    }
}

/// What is known when a message is to be begun.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The messages of the account, by when the credits before them were read: all since midnight, and those of the past
    /// clips.
    pub sent: &'a [Sent],
    /// The jobs that are about to begin a message, besides this one.
    pub about_to: &'a BTreeSet<JobId>,
    /// The last local midnight.
    pub midnight: Moment,
    /// The job.
    pub job: JobId,
    /// Nobody need be asked: its text says `Cost: ok`, or something was paid for it already.
    pub agreed: bool,
}

/// Whether a message may be begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It may.
    Begin,
    /// The clip is likely to cost so much, and a person is to agree.
    Ask(u64),
    /// So much was spent today, or is on its way, and this one would be too much.
    Reached(u64),
}

/// Whether a message may be begun.
pub fn judge(limits: Limits, facts: &Facts<'_>) -> Verdict {
    let costs = costs(facts.sent);
    let median = median(facts.sent, &costs);
    let likely = median.unwrap_or(UNKNOWN);
    if limits.ask_above.is_some_and(|limit| likely > f64::from(limit)) && !facts.agreed {
        return Verdict::Ask(whole(likely));
    }
    let Some(per_day) = limits.per_day.map(f64::from) else { return Verdict::Begin };
    let today =
        |sent: &Sent| sent.begun >= facts.midnight || sent.over.is_none_or(|over| over >= facts.midnight);
    let each = facts.sent.iter().zip(&costs);
    let spent: f64 = each.clone().filter(|(s, _)| today(s)).map(|(_, cost)| cost.unwrap_or(likely)).sum();
    let on_its_way = |job: &&JobId| facts.sent.iter().any(|s| s.job == **job && s.over.is_none());
    let spent = facts.about_to.iter().filter(|job| !on_its_way(job)).fold(spent, |sum, _| sum + likely);
    // A clip of which a part is paid costs only the rest.
    let paid: f64 = each.filter(|(s, _)| s.job == facts.job).filter_map(|(_, cost)| *cost).sum();
    let next = median.map_or(0.0, |median| (median - paid).max(0.0));
    if spent >= per_day || spent + next > per_day { Verdict::Reached(whole(spent)) } else { Verdict::Begin }
}

/// What each has cost, where that is known.
fn costs(sent: &[Sent]) -> Vec<Option<f64>> {
    let mut costs = Vec::with_capacity(sent.len());
    while let Some(first) = sent.get(costs.len()) {
        let (rest, mut last, mut many) = (&sent[costs.len()..], first, 1);
        for next in &rest[1..] {
            if last.over.is_some_and(|over| next.read > over) {
                break;
            }
            if last.over.is_some() && next.over.is_none_or(|over| last.over < Some(over)) {
                last = next;
            }
            many += 1;
        }
        let together = first.before.zip(last.after).map(|(before, after)| before - after);
        let share = together.filter(|cost| *cost >= 0.0).map(|cost| cost / f64::from(many));
        costs.extend((0..many).map(|_| share));
    }
    costs
}

/// The median of what the last delivered clips have cost.
fn median(sent: &[Sent], costs: &[Option<f64>]) -> Option<f64> {
    let mut clips: BTreeMap<JobId, (Moment, Option<f64>)> = BTreeMap::new();
    for (sent, cost) in sent.iter().zip(costs).filter(|(sent, _)| sent.delivered) {
        let clip = clips.entry(sent.job).or_insert((sent.begun, Some(0.0)));
        *clip = (sent.begun, clip.1.zip(*cost).map(|(sum, cost)| sum + cost));
    }
    let mut known: Vec<_> = clips.into_values().filter_map(|(at, cost)| Some((at, cost?))).collect();
    known.sort_by_key(|(at, _)| *at);
    let mut last: Vec<f64> = known.iter().rev().take(CLIPS_KEPT).map(|(_, cost)| *cost).collect();
    last.sort_by(f64::total_cmp);
    // Of two in the middle the dearer one.
    last.get(last.len() / 2).copied()
}

/// In whole credits, rounded up.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn whole(credits: f64) -> u64 {
    credits.ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Job, begun, over (0: on its way), credits before and after (negative: not known).
    type Row = (i64, i64, i64, f64, f64);

    fn sent(rows: &[Row]) -> Vec<Sent> {
        let known = |credits: f64| (credits >= 0.0).then_some(credits);
        let row = |(job, begun, over, before, after): &Row| Sent {
            job: JobId(*job),
            delivered: *job < 90,
            intent: 1,
            begun: Moment(*begun),
            read: Moment(*begun),
            before: known(*before),
            over: (*over > 0).then_some(Moment(*over)),
            after: known(*after),
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn what_messages_cost() {
        let table: &[(&[Row], &[Option<f64>])] = &[
            (&[], &[]),
            (&[(1, 10, 20, 500.0, 450.0)], &[Some(50.0)]),
            (&[(1, 10, 20, 500.0, 450.0), (2, 30, 40, 450.0, 350.0)], &[Some(50.0), Some(100.0)]),
            // Two at once share.
            (&[(1, 10, 30, 500.0, 420.0), (2, 20, 40, 480.0, 400.0)], &[Some(50.0), Some(50.0)]),
            (&[(1, 10, 60, 500.0, 400.0), (2, 20, 30, 500.0, 450.0)], &[Some(50.0), Some(50.0)]),
            // One on its way, a balance that is not known, credits that came in.
            (&[(1, 10, 20, 500.0, 450.0), (2, 30, 0, 450.0, -1.0)], &[Some(50.0), None]),
            (&[(1, 10, 20, -1.0, 450.0)], &[None]),
            (&[(1, 10, 20, 500.0, -1.0)], &[None]),
            (&[(1, 10, 20, 500.0, 900.0)], &[None]),
            (&[(1, 10, 0, 500.0, -1.0), (2, 20, 30, 500.0, 450.0)], &[None, None]),
        ];
        for (rows, want) in table {
            assert_eq!(costs(&sent(rows)), *want, "{rows:?}");
        }
    }

    #[test]
    fn a_message_that_left_long_after_its_balance_was_read_shares_with_those_in_between() {
        let mut both = sent(&[(1, 30, 40, 500.0, 400.0), (2, 15, 25, 500.0, 450.0)]);
        both[0].read = Moment(10);
        assert_eq!(costs(&both), [Some(50.0), Some(50.0)]);
        // Its own, where nothing was sent in between.
        both[1].read = Moment(50);
        (both[1].begun, both[1].over) = (Moment(50), Some(Moment(60)));
        assert_eq!(costs(&both)[0], Some(100.0));
    }

    #[test]
    fn verdicts() {
        // Yesterday's are before 100. Job 99 asks; it and 90 to 98 are not delivered.
        let past: Row = (1, 10, 20, 500.0, 450.0);
        let today: Row = (2, 110, 120, 450.0, 400.0);
        let on_its_way: Row = (90, 130, 0, 400.0, -1.0);
        let (begin, reached) = (Verdict::Begin, Verdict::Reached);
        let table: &[(&[Row], &[i64], u32, Verdict)] = &[
            (&[], &[], 1, begin),
            // One on its way, or about to be, counts even where nothing is known.
            (&[on_its_way], &[], 100, reached(100)),
            (&[], &[90], 100, reached(100)),
            (&[on_its_way], &[90], 101, begin),
            // What is known of yesterday is only what a clip is likely to cost.
            (&[past], &[], 50, begin),
            (&[past], &[], 49, reached(0)),
            (&[past, today], &[], 100, begin),
            (&[past, today], &[], 99, reached(50)),
            (&[past, today, on_its_way], &[], 150, begin),
            (&[past, today, on_its_way], &[], 149, reached(100)),
            (&[past, today, on_its_way], &[91], 150, reached(150)),
            // Over midnight, it counts for both days.
            (&[(2, 90, 110, 450.0, 400.0)], &[], 99, reached(50)),
            // Of a fate that nobody knows.
            (&[past, (91, 110, 120, 450.0, -1.0)], &[], 99, reached(50)),
            // A part of the clip is paid already.
            (&[past, (99, 110, 120, 450.0, 420.0)], &[], 50, begin),
            (&[past, (99, 110, 120, 450.0, 420.0)], &[], 49, reached(30)),
        ];
        for (rows, about_to, per_day, want) in table {
            let limits = Limits { per_day: Some(*per_day), ask_above: None };
            let about_to = about_to.iter().copied().map(JobId).collect();
            let facts = Facts {
                sent: &sent(rows),
                about_to: &about_to,
                midnight: Moment(100),
                job: JobId(99),
                agreed: false,
            };
            assert_eq!(judge(limits, &facts), *want, "{per_day}: {rows:?} {about_to:?}");
            assert_eq!(judge(Limits { per_day: None, ..limits }, &facts), begin);
        }
    }

    #[test]
    fn when_a_person_is_asked() {
        let dear: Row = (3, 50, 60, 400.0, 200.0);
        let cheap = [(1, 10, 20, 500.0, 450.0), (2, 30, 40, 450.0, 400.0), dear];
        let table: &[(&[Row], u32, bool, Verdict)] = &[
            (&[], 99, false, Verdict::Ask(100)),
            (&[], 100, false, Verdict::Begin),
            (&[], 1, true, Verdict::Begin),
            (&cheap[..2], 49, false, Verdict::Ask(50)),
            (&cheap[..2], 50, false, Verdict::Begin),
            (&cheap, 50, false, Verdict::Begin),
            (&[dear], 50, false, Verdict::Ask(200)),
            // What a clip has cost that was not delivered says nothing.
            (&[(90, 10, 20, 500.0, 499.0)], 50, false, Verdict::Ask(100)),
        ];
        for (rows, ask_above, agreed, want) in table {
            let limits = Limits { per_day: None, ask_above: Some(*ask_above) };
            let none = BTreeSet::new();
            let (sent, midnight, agreed) = (&sent(rows), Moment(100), *agreed);
            let facts = Facts { sent, about_to: &none, midnight, job: JobId(99), agreed };
            assert_eq!(judge(limits, &facts), *want, "{ask_above}: {rows:?}");
        }
    }
}
