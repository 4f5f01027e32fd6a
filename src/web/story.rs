//! What happened to a job, as one column of steps, newest last. Pure.

use std::fmt::Write as _;

use super::html::{Html, escaped};
use super::row::{When, note, shape};
use crate::job::{Failure, Job, JobEvent, Moment, Phase, Step};
use crate::ledger::Recorded;
use crate::words::{About, Tongue};
use crate::worker::{Around, doing, on_clock};

/// Steps that are told; of a longer story the last ones.
const MOST: usize = 80;

/// One step of the story.
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) class: &'static str,
    pub(super) shape: &'static str,
    pub(super) said: Html,
    pub(super) when: When,
    /// The clock, and the date where it is another one than above.
    pub(super) clock: String,
    pub(super) took: Option<String>,
}

/// A step while the story is read.
struct Told {
    class: &'static str,
    said: String,
    at: Moment,
    until: Option<Moment>,
    step: Option<Step>,
    tries: u64,
    /// The reason of a wait: one that is only looked at again is no new one.
    why: Option<Failure>,
}

/// The story of a job so far, and how many of its first steps are left out.
pub(super) fn story(t: Tongue, job: &Job, events: &[Recorded], around: &Around<'_>) -> (Vec<Entry>, usize) {
    let mut teller = Teller { t, job, told: Vec::new() };
    for recorded in events {
        teller.hear(recorded.at, &recorded.event);
    }
    if job.phase == Phase::Running || (job.end.is_none() && job.waiting.is_none()) {
        teller.now(around);
    }
    let skip = teller.told.len().saturating_sub(MOST);
    let told = teller.told.into_iter().enumerate().skip(skip);
    let mut day = String::new();
    let entries = told.map(|(n, told)| {
        let whole = on_clock(told.at);
        let (date, clock) = whole.split_once(' ').unwrap_or(("", &whole));
        let clock = if date == day { clock } else { &whole };
        let clock = t.number(clock);
        date.clone_into(&mut day);
        entry(t, n, told, (around.now, clock))
    });
    (entries.collect(), skip)
}

fn entry(t: Tongue, n: usize, told: Told, (now, clock): (Moment, String)) -> Entry {
    let took = told.until.map(|until| until.since(told.at)).filter(|took| took.as_millis() >= 1000);
    let mut said = told.said;
    if told.tries > 0 {
        let _ = write!(said, "<p class=\"soft\">{}</p>", escaped(&t.count("story-tries", told.tries)));
    }
    Entry {
        id: format!("s{n}"),
        class: told.class,
        shape: shape(told.class),
        said: Html(said),
        when: When::of(t, told.at, now),
        clock,
        took: took.map(|took| t.lasting(took.as_secs())),
    }
}

struct Teller<'a> {
    t: Tongue,
    job: &'a Job,
    told: Vec<Told>,
}

impl Teller<'_> {
    fn hear(&mut self, at: Moment, event: &JobEvent) {
        match event {
            JobEvent::Started { step } => self.started(at, *step),
            JobEvent::SessionOpened { .. }
            | JobEvent::Uploaded { .. }
            | JobEvent::PartUploaded { .. }
            | JobEvent::Answered { .. }
            | JobEvent::Observed { .. }
            | JobEvent::Rendered { .. }
            | JobEvent::Fetched { .. }
            | JobEvent::Delivered { .. }
            | JobEvent::Tidied { .. } => self.done(at),
            JobEvent::Tried { .. } => {
                if let Some(open) = self.told.last_mut() {
                    open.tries += 1;
                }
            }
            JobEvent::Waits { failure, .. } => self.waits(at, failure),
            JobEvent::GoesOn => self.close(at),
            JobEvent::Failed { failure } | JobEvent::Withdrawn { failure } => {
                self.undone();
                self.close(at);
                self.reason(at, failure, "failed");
            }
            JobEvent::SameAs { job, .. } => {
                self.undone();
                let number = self.t.number(&job.to_string());
                let said = self.t.say("story-same", About::default().with("job", number));
                self.past(at, &said);
            }
            event => {
                let Some(message) = plainly(event) else { return };
                if !goes_on_meanwhile(event) {
                    self.undone();
                }
                if let JobEvent::Refused { n, .. } = event {
                    self.told.pop_if(|last| last.step == Some(Step::Instruct(*n)));
                }
                self.past(at, &self.t.word(message));
            }
        }
    }

    /// What is no step. One that runs meanwhile stays the last.
    fn past(&mut self, at: Moment, said: &str) {
        let runs = self.told.pop_if(|last| last.class == "work");
        self.close(at);
        self.push(at, "past", format!("<p>{}</p>", escaped(said)), None);
        self.told.extend(runs);
    }

    /// The step that ran was not done: its name would say that it was.
    fn undone(&mut self) {
        self.told.pop_if(|last| last.class == "work");
    }

    fn push(&mut self, at: Moment, class: &'static str, said: String, step: Option<Step>) {
        self.told.push(Told { class, said, at, until: None, step, tries: 0, why: None });
    }

    /// What the last one was ends.
    fn close(&mut self, at: Moment) {
        if let Some(last) = self.told.last_mut().filter(|last| last.until.is_none() && last.step.is_some()) {
            last.until = Some(at);
            if last.class == "work" {
                last.class = "past";
                if let Some(Step::Instruct(n)) = last.step {
                    // It went out; nobody said that it was carried out.
                    let sent = self.t.say("story-sent", About::default().count("n", u64::from(n) + 1));
                    last.said = format!("<p>{}</p>", escaped(&sent));
                }
            }
        }
        if let Some(last) = self.told.last_mut().filter(|last| last.class == "waits") {
            last.until.get_or_insert(at);
        }
    }

    fn started(&mut self, at: Moment, step: Step) {
        // The parts of a project go up one by one: it is one step.
        let goes_on = |last: &&mut Told| last.class == "work" || step == Step::Upload;
        if let Some(last) = self.told.last_mut().filter(|last| last.step == Some(step)).filter(goes_on) {
            (last.until, last.class) = (None, "work");
            return;
        }
        self.close(at);
        let n = match step {
            Step::Instruct(n) | Step::Observe(n) => u64::from(n) + 1,
            _ => 0,
        };
        let parts = self.job.work.project().filter(|_| step == Step::Upload).map(|of| of.parts.len() as u64);
        let said = match parts {
            Some(parts) => self.t.count("step-parts", parts),
            None => self.t.say(&format!("step-{}", step.name()), About::default().count("n", n)),
        };
        self.push(at, "work", format!("<p>{}</p>", escaped(&said)), Some(step));
    }

    fn done(&mut self, at: Moment) {
        if let Some(last) = self.told.last_mut().filter(|last| last.step.is_some()) {
            (last.until, last.class) = (Some(at), "done");
        }
    }

    fn waits(&mut self, at: Moment, failure: &Failure) {
        if self.told.iter().rev().find(|told| told.class == "waits").is_some_and(|last| {
            last.until.is_none() && last.why.as_ref().is_some_and(|why| why.code == failure.code)
        }) {
            // It was looked at again, and nothing came of it.
            while self.told.last().is_some_and(|last| last.class != "waits") {
                self.told.pop();
            }
            return;
        }
        self.undone();
        self.reason(at, failure, "waits");
    }

    fn reason(&mut self, at: Moment, failure: &Failure, class: &'static str) {
        let name = self.job.dropped().to_string();
        let said = self.t.happened(&note(&name, self.job, failure));
        self.push(at, class, format!("<p>{said}</p>"), None);
        if let Some(last) = self.told.last_mut() {
            last.why = Some(failure.clone());
        }
    }

    /// What goes on at this moment.
    fn now(&mut self, around: &Around<'_>) {
        let said = self.t.doing(&doing(self.job, around));
        match self.told.last_mut().filter(|last| last.class == "work") {
            Some(last) => last.said = said,
            None if self.job.end.is_none() => self.push(self.job.changed, "work", said, None),
            None => {}
        }
    }
}

/// Whether a step that runs when this happens goes on.
const fn goes_on_meanwhile(event: &JobEvent) -> bool {
    matches!(
        event,
        JobEvent::Rebound { .. }
            | JobEvent::Renamed { .. }
            | JobEvent::Refined { .. }
            | JobEvent::Consent { .. }
            | JobEvent::TakenOver
            | JobEvent::FilmLost
    )
}

/// What is said of events that are no step.
const fn plainly(event: &JobEvent) -> Option<&'static str> {
    Some(match event {
        JobEvent::Admitted { .. } => "story-admitted",
        JobEvent::Rebound { .. } => "story-rebound",
        JobEvent::Replaced { .. } => "story-replaced",
        JobEvent::Renamed { .. } => "story-renamed",
        JobEvent::Refined { .. } => "story-refined",
        JobEvent::Unsettled => "story-unsettled",
        JobEvent::Replied { .. } => "story-replied",
        JobEvent::SessionDropped => "story-session-dropped",
        JobEvent::TakenOver => "story-taken-over",
        JobEvent::Refused { .. } => "story-refused",
        JobEvent::RenderFailed { .. } => "story-render-failed",
        JobEvent::FilmLost => "story-film-lost",
        JobEvent::Consent { .. } => "story-consent",
        JobEvent::Cancelled => "story-cancelled",
        JobEvent::Reopened { .. } => "story-reopened",
        _ => return None,
    })
}
