//! `/metrics`: what goes on and what was done, for Prometheus.
//!
//! What stands in the ledger survives a restart; what is counted since the process began says so in its help. Every label has
//! a closed set of values, so that no name of a clip or a folder ever becomes a series.

use super::exposition::Exposition;
use crate::job::{Balance, Code};
use crate::ledger::{InboxShown, LedgerError, Overview, Summary};
use crate::worker::{Situation, Vitals};

/// What the ledger says.
#[derive(Default)]
pub(super) struct Facts {
    summary: Summary,
    reasons: Vec<(bool, Code, u64)>,
    promised: u64,
    credits: Option<Balance>,
    inbox: Option<InboxShown>,
    held: bool,
    /// Files that wait for time alone, and those that need more.
    files: (u64, u64),
}

impl Facts {
    /// Reads them.
    ///
    /// # Errors
    /// Where the ledger can't be read.
    pub(super) fn read(ledger: &Overview) -> Result<Self, LedgerError> {
        let (waits, held): (Vec<_>, Vec<_>) =
            ledger.sightings()?.into_iter().partition(|seen| seen.code.is_none());
        Ok(Self {
            summary: ledger.summary()?,
            reasons: ledger.reasons()?,
            promised: ledger.promised()?,
            credits: ledger.credits()?,
            inbox: ledger.inbox()?,
            held: ledger.held()?.is_some(),
            files: (waits.len() as u64, held.len() as u64 + ledger.sightings_left_out()?),
        })
    }
}

/// All of it; without the ledger's facts where it can't be read.
pub(super) fn text(facts: Option<&Facts>, vitals: &Vitals, began: i64) -> String {
    let mut all = Exposition::default();
    all.gauge("dakbox_info", "The version that runs.").of(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    let began = u32::try_from(began / 1000).unwrap_or(u32::MAX);
    all.gauge("dakbox_start_time_seconds", "When this process began, in Unix time.").is(began);
    all.gauge("dakbox_ledger_up", "Whether the ledger can be read.").is(facts.is_some());
    if let Some(facts) = facts {
        jobs(&mut all, facts);
        inbox(&mut all, facts);
    }
    now(&mut all, &vitals.situation());
    done(&mut all, vitals);
    all.text()
}

fn jobs(all: &mut Exposition, facts: &Facts) {
    let sum = facts.summary;
    let mut jobs = all.gauge("dakbox_jobs", "Jobs in the ledger, by state.");
    for (state, count) in [
        ("queued", sum.queued),
        ("working", sum.working),
        ("waiting", sum.waiting),
        ("delivered", sum.delivered),
        ("answered", sum.answered),
        ("failed", sum.failed),
        ("cancelled", sum.cancelled),
    ] {
        jobs.count(&[("state", state)], count);
    }
    let mut reasons =
        all.gauge("dakbox_jobs_by_code", "Jobs that wait or have failed, by the reason's code.");
    for (failed, state) in [(false, "waiting"), (true, "failed")] {
        for code in Code::ALL {
            let found = facts.reasons.iter().find(|(ended, of, _)| *ended == failed && of == code);
            let count = found.map_or(0, |(_, _, count)| *count);
            reasons.count(&[("state", state), ("code", code.as_str())], count);
        }
    }
    all.counter(
        "dakbox_messages_total",
        "Messages that were promised, each paid for at most once; from the ledger.",
    )
    .count(&[], facts.promised);
    if let Some(Balance { available, frozen, .. }) = facts.credits {
        all.gauge("dakbox_credits_available", "Credits to be spent, when they were last read.").is(available);
        all.gauge("dakbox_credits_frozen", "Credits held by work in progress, when they were last read.")
            .is(frozen);
    }
}

fn inbox(all: &mut Exposition, facts: &Facts) {
    let mut files =
        all.gauge("dakbox_inbox_files", "Files in the inbox that are no job: still, or not taken.");
    files.count(&[("state", "settling")], facts.files.0);
    files.count(&[("state", "not-taken")], facts.files.1);
    all.gauge("dakbox_folders_held", "Whether nothing is taken because the folders may not be ours.")
        .is(facts.held);
    let Some(inbox) = &facts.inbox else { return };
    let native = inbox.mounts.iter().filter(|mount| mount.native).count() as u64;
    let mut mounts = all.gauge(
        "dakbox_mounts_up",
        "File systems of the inbox that are looked at: by the kernel's events, or polled.",
    );
    mounts.count(&[("mode", "native")], native);
    mounts.count(&[("mode", "poll")], inbox.mounts.len() as u64 - native);
    let missed = inbox.mounts.iter().map(|mount| u64::from(mount.missed)).sum();
    all.counter(
        "dakbox_missed_events_total",
        "Files that no event told of, since the inbox was opened last.",
    )
    .count(&[], missed);
}

fn now(all: &mut Exposition, now: &Situation) {
    all.gauge("dakbox_inbox_up", "Whether the inbox is there.").is(matches!(now.inbox, Some(Ok(()))));
    all.gauge("dakbox_paused", "Whether pause.txt is in the root.").is(now.paused);
    all.gauge("dakbox_service_held", "Whether the service asked to be left alone, or keeps failing.")
        .is(now.held);
    all.gauge("dakbox_steps_running", "Steps that run now.").count(&[], now.working as u64);
    all.gauge("dakbox_messages_running", "Messages that are with the service now.")
        .count(&[], now.paid as u64);
}

fn done(all: &mut Exposition, vitals: &Vitals) {
    let meters = &vitals.meters;
    let mut times = all.histogram(
        "dakbox_step_duration_seconds",
        "How long steps took, well or not, since the process began.",
    );
    for (step, meter) in meters.steps() {
        times.times(&[("step", step)], &meter.times);
    }
    let mut retries =
        all.counter("dakbox_retries_total", "Tries that failed and are made again, since the process began.");
    for (step, meter) in meters.steps() {
        retries.count(&[("step", step)], meter.retries.get());
    }
    all.counter("dakbox_sent_bytes_total", "Bytes of clips that went up, since the process began.")
        .count(&[], meters.sent.get());
    all.counter("dakbox_received_bytes_total", "Bytes of films that came down, since the process began.")
        .count(&[], meters.received.get());
    let mut scans = all.histogram(
        "dakbox_scan_duration_seconds",
        "How long looks at the inbox took, since the process began.",
    );
    scans.times(&[("kind", "full")], &meters.scans);
    scans.times(&[("kind", "poll")], &meters.polls);
}
