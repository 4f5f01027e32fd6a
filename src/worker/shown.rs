//! What the page on the share shows: gathered from the ledger at one moment. May block.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::budget::midnight;
use super::clock::wall;
use super::folders::Folders;
use super::telling::{clock, lately, minute, note};
use super::{error_note_of, report_of};
use jiff::tz::TimeZone;

use crate::config::{Config, Report};
use crate::job::{Balance, Code, End, Failure, Job, Moment, Phase, RelPath, Step, Work, due_step};
use crate::ledger::{LedgerError, Overview, Progress, Sighting};
use crate::words::{self, Answer, Doing, Note, Paid, Part, Place, Row, Said, SharePage, Source};

/// Rows of a part that are listed at most: nobody reads more, and a page is loaded over slow networks.
const MOST: usize = 60;
/// Films, and failures, that are listed.
const LATELY: u32 = 30;
/// So many are counted of what was made today.
const TODAY: u32 = 10_000;

/// How it is looked.
pub(super) struct Look {
    pub(super) folders: Folders,
    pub(super) config: Arc<Config>,
    pub(super) paused: bool,
    /// Whether dakbox goes on after this.
    pub(super) runs: bool,
}

/// A page.
pub(super) struct Shown {
    /// Its text.
    pub(super) text: String,
    /// The same without the moment it was written at: what is the same stays.
    pub(super) says: String,
    /// It says something else after so long, if nothing happens.
    pub(super) due: Option<Duration>,
}

/// A job with its name as it is shown.
struct Told {
    name: String,
    job: Job,
}

/// A file that is no job.
struct Lies {
    name: String,
    failure: Option<Failure>,
    why: &'static str,
}

/// What the ledger says.
struct Gathered {
    now: Moment,
    open: Vec<Told>,
    seen: Vec<Lies>,
    left_out: u64,
    failed: Vec<Told>,
    done: Vec<Told>,
    progress: Vec<Progress>,
    held: Option<Failure>,
    inbox_away: bool,
}

impl Look {
    /// The page as it is to be now.
    ///
    /// # Errors
    /// Where the ledger can't be read.
    pub(super) fn shown(&self) -> io::Result<Shown> {
        let gathered = self.gathered(LATELY).map_err(io::Error::other)?;
        let inbox = self.config.folders.inbox.display().to_string();
        let mut page = SharePage {
            at: String::new(),
            runs: self.runs,
            paused: self.paused,
            inbox_away: gathered.inbox_away && self.runs,
            held: gathered.held.as_ref().map(|failure| note(&inbox, failure)),
            parts: self.parts(&gathered),
        };
        let language = self.config.messages.language;
        let says = words::share_page(&page, language);
        page.at = clock(gathered.now);
        Ok(Shown { text: words::share_page(&page, language), says, due: self.due(&gathered) })
    }

    /// The same for a text that asks: the credits where they are given, and what goes on where that is asked.
    ///
    /// # Errors
    /// Where the ledger can't be read.
    pub(super) fn answer(&self, credits: Option<Balance>, goes_on: bool) -> io::Result<String> {
        let mut gathered = self.gathered(TODAY).map_err(io::Error::other)?;
        gathered.open.retain(|told| told.job.work != Work::Ask);
        let midnight = midnight(gathered.now, TimeZone::system());
        let today = |told: &Told| told.job.changed >= midnight;
        let done: Vec<_> = gathered.done.iter().filter(|told| today(told)).collect();
        let mut parts = self.parts(&gathered);
        parts.retain(|(part, ..)| matches!(part, Part::Waits | Part::Work));
        parts.push(cut(Part::Done, done.into_iter().map(|told| row(&told.name, Said::Nothing)), 0));
        let answer = Answer {
            at: &clock(gathered.now),
            credits: credits.map(|balance| (balance.available, balance.frozen)),
            parts: goes_on.then_some(&parts),
            paused: goes_on && self.paused,
        };
        Ok(words::answer(&answer, self.config.messages.language))
    }

    fn gathered(&self, lately: u32) -> Result<Gathered, LedgerError> {
        let view = Overview::open(&self.config.ledger.file)?;
        let told = |jobs: Vec<Job>| jobs.into_iter().map(|job| Told { name: job.dropped().to_string(), job });
        // Left by a daemon that stops: nobody looks at these any more.
        let seen = view.sightings()?.into_iter().filter(|seen| self.runs || seen.code.is_some());
        Ok(Gathered {
            now: wall(),
            open: told(view.open_jobs()?).filter(|told| is_open(&told.job)).collect(),
            seen: seen.map(lies).collect(),
            left_out: view.sightings_left_out()?,
            failed: told(view.lately("failed", LATELY)?).collect(),
            done: told(view.lately("delivered", lately)?).collect(),
            progress: view.progress()?,
            held: view.held()?,
            inbox_away: view.inbox()?.is_some_and(|inbox| inbox.away.is_some()),
        })
    }

    fn parts<'a>(&self, all: &'a Gathered) -> Vec<(Part, Vec<Row<'a>>, u64)> {
        let [outbox, failed] = self.folders.below_root();
        let (waits, works): (Vec<&Told>, Vec<&Told>) =
            all.open.iter().partition(|told| told.job.waiting.is_some());
        let waits = waits.into_iter().map(|told| row(&told.name, reason(told)));
        let around = self.around(all);
        let works = works.into_iter().map(|told| row(&told.name, Said::Doing(doing(&told.job, &around))));
        let lasts = all.failed.iter().map(|told| Row {
            at: Some(minute(told.job.changed)),
            note: error_note_of(&told.job)
                .filter(|_| told.job.is_ended())
                .and_then(|n| place(failed.as_ref(), &n)),
            ..row(&told.name, reason(told))
        });
        let reports = matches!(self.config.messages.report, Report::Text | Report::Both);
        let films = all.done.iter().map(|told| Row {
            at: Some(minute(told.job.changed)),
            film: told.job.delivered.as_ref().and_then(|film| place(outbox.as_ref(), film)),
            note: report_of(&told.job)
                .filter(|_| reports && told.job.is_ended())
                .and_then(|report| place(outbox.as_ref(), &report)),
            ..row(&told.name, Said::Nothing)
        });
        let seen = all.seen.iter().map(|lies| row(&lies.name, lies.said()));
        vec![
            cut(Part::Waits, waits, 0),
            cut(Part::Work, works, 0),
            cut(Part::Seen, seen, all.left_out),
            cut(Part::Failed, lasts, 0),
            cut(Part::Done, films, 0),
        ]
    }

    fn around<'a>(&self, all: &'a Gathered) -> Around<'a> {
        Around {
            now: all.now,
            runs: self.runs,
            paused: self.paused,
            still_working: self.config.jobs.still_working,
            progress: &all.progress,
        }
    }

    /// When the first message that is out counts as long.
    fn due(&self, all: &Gathered) -> Option<Duration> {
        let out = all.open.iter().map(|told| &told.job).filter(|job| {
            job.phase == Phase::Running && matches!(job.step, Step::Instruct(_)) && job.waiting.is_none()
        });
        let left = out.map(|job| job.changed.after(self.config.jobs.still_working).since(all.now));
        left.filter(|left| !left.is_zero()).min()
    }
}

/// What stands around a job while it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// When that is.
    pub now: Moment,
    /// Whether dakbox goes on.
    pub runs: bool,
    /// Whether everyone's brake is on.
    pub paused: bool,
    /// From when on a message counts as long.
    pub still_working: Duration,
    /// How far running steps are.
    pub progress: &'a [Progress],
}

/// What a job does that neither waits nor has ended.
pub fn doing(job: &Job, around: &Around<'_>) -> Doing {
    if job.unsettled {
        return Doing::Plain("page-changing");
    }
    if !around.runs {
        return Doing::Plain("page-down");
    }
    if job.phase == Phase::Running {
        return running(job, around);
    }
    if around.paused && matches!(due_step(job), Step::Instruct(_)) {
        return Doing::Plain("page-held");
    }
    match job.not_before.filter(|_| job.attempts > 0) {
        Some(again) => Doing::Again(lately(again, around.now)),
        None => Doing::Plain("page-next"),
    }
}

fn running(job: &Job, around: &Around<'_>) -> Doing {
    let of_this = |row: &&Progress| row.job == job.id && row.step == job.step.name();
    let moved = around.progress.iter().find(of_this).map(|row| (row.done, row.total));
    match job.step {
        Step::Session => Doing::Plain("page-session"),
        Step::Upload => Doing::Upload(moved),
        Step::Instruct(n) if job.message(n).is_some() => {
            let of = job.order.messages.len() as u64;
            let still = around.now.since(job.changed) >= around.still_working;
            Doing::Instruct(
                lately(job.changed, around.now),
                still,
                (of > 1).then_some((u64::from(n) + 1, of)),
            )
        }
        // What was begun asks for the brake once more before its first byte.
        Step::Instruct(_) => Doing::Plain(if around.paused { "page-held" } else { "page-next" }),
        Step::Observe(_) => Doing::Plain("page-observe"),
        Step::Export => Doing::Export(moved.map(|(percent, _)| percent)),
        Step::Fetch => Doing::Fetch(moved),
        Step::Deliver => Doing::Plain("page-deliver"),
        Step::Tidy => Doing::Plain("page-tidy"),
    }
}

/// Why a file lies there and is no job: what is wrong with it, or else what is said of it by the name of its message.
pub fn lying(seen: &Sighting) -> (Option<Failure>, &'static str) {
    let why = match seen.seen.as_ref().map(|seen| seen.reason.as_str()) {
        Some("awaits-sidecar") => "page-awaits-sidecar",
        Some("folder-arriving") => "page-folder-arriving",
        Some("awaits-clip") => "page-awaits-clip",
        Some("awaits-film") => "page-awaits-film",
        _ => "page-settling",
    };
    // A text alone is no trouble yet.
    let code = seen.code.filter(|code| !matches!(code, Code::AwaitsClip | Code::AwaitsFilm));
    (code.map(|code| Failure::new(code, seen.detail.clone(), "")), why)
}

impl Lies {
    fn said(&self) -> Said<'_> {
        match &self.failure {
            Some(failure) => Said::Why(Box::new(note(&self.name, failure))),
            None => Said::Doing(Doing::Plain(self.why)),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is made into this")]
fn lies(seen: Sighting) -> Lies {
    let (failure, why) = lying(&seen);
    Lies { name: seen.path.to_string(), failure, why }
}

/// Whether there is something to do for it, or to wait for. What is only to be put away is told by its end.
fn is_open(job: &Job) -> bool {
    job.end.is_none() || (job.work == Work::Ask && job.waiting.is_some())
}

/// Why a job waits, or has failed.
fn reason(told: &Told) -> Said<'_> {
    let failure = match &told.job.end {
        Some(End::Failed(failure)) => Some(failure),
        _ => told.job.waiting.as_ref(),
    };
    let (paid, source) = (Paid::from_messages(&told.job.messages), Source::of(&told.job));
    failure.map_or(Said::Nothing, |why| Said::Why(Box::new(Note { paid, source, ..note(&told.name, why) })))
}

fn row<'a>(name: &'a str, said: Said<'a>) -> Row<'a> {
    Row { name, said, at: None, film: None, note: None }
}

/// The rows that are listed, and how many are not.
fn cut<'a>(part: Part, rows: impl Iterator<Item = Row<'a>>, left_out: u64) -> (Part, Vec<Row<'a>>, u64) {
    let mut rows: Vec<_> = rows.collect();
    let more = rows.len().saturating_sub(MOST) as u64 + left_out;
    rows.truncate(MOST);
    (part, rows, more)
}

/// A place below a folder, from the root; nothing where the folder lies elsewhere.
fn place(folder: Option<&RelPath>, path: &RelPath) -> Option<Place> {
    let folder = folder?.as_bytes();
    let between: &[u8] = if folder.is_empty() { b"" } else { b"/" };
    Some([folder, between, path.as_bytes()].concat())
}
