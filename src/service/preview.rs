//! A dry run: what would be taken, with which words. Touches nothing.

use std::collections::BTreeSet;
use std::fmt;

use crate::config::Config;
use crate::inbox::{self, Arrival, LoneText, Means, ProjectFound, Reason, Withheld};
use crate::job::{Job, Order, RelPath, Stamp};
use crate::ledger::Overview;
use crate::worker::{self, Admission};

use super::error::StartError;
use super::records::Records;

/// What a run would do with a file. `Display` is its line.
#[derive(Debug)]
pub struct Preview {
    /// `take`, `put aside`, `go on with` or `leave`.
    pub does: &'static str,
    /// Where it lies below the inbox.
    pub path: String,
    /// With which words, or why.
    pub text: String,
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<10} {}: {}", self.does, self.path, self.text)
    }
}

/// One line for each file that a run would take, put aside or leave.
///
/// # Errors
/// Where the inbox can't be read.
pub(super) fn lines(config: &Config) -> Result<Vec<Preview>, StartError> {
    let found = match inbox::survey(&config.folders.inbox, &config.watch) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StartError::Thread(error)),
    };
    let ledger = Overview::open(&config.ledger.file).ok();
    let records = ledger.as_ref().and_then(|ledger| Records::new(config, ledger).ok());
    let taken = found.arrivals.iter().map(|arrival| arrived(config, records.as_ref(), arrival));
    let taken = taken.chain(found.projects.iter().map(|project| folder(config, records.as_ref(), project)));
    let mut lines: Vec<Preview> = taken.collect();
    let mut told = BTreeSet::new();
    for lone in &found.texts {
        if let Some(line) = text(config, records.as_ref(), lone) {
            told.insert(&lone.text.path);
            lines.push(line);
        }
    }
    lines.extend(found.withheld.iter().filter(|held| !told.contains(&held.path)).map(withheld));
    Ok(lines)
}

/// A text alone, where a run would do something with it, or has.
fn text(config: &Config, records: Option<&Records<'_>>, lone: &LoneText) -> Option<Preview> {
    let path = &lone.text.path;
    let to = |does, text| Some(Preview { does, path: path.to_string(), text });
    if lone.means != Means::Answer {
        let read = worker::order_of_lone(lone, config);
        let known = known(records, (path, &lone.text.stamp), read.as_ref().ok(), |job| job.work.is_text());
        if let Some((does, text)) = known {
            return to(does, text);
        }
    }
    let open = records.and_then(|records| records.ledger.open_jobs().ok()).unwrap_or_default();
    let film = records
        .filter(|_| worker::is_of_film(lone.means))
        .and_then(|records| records.ledger.film_line(&path.parent(), &worker::film_of(path)).ok().flatten());
    match worker::preview_text(lone, config, (&open, film)) {
        Ok((what, order)) => to("take", format!("{what}: {}", asked(&order))),
        Err(Some(why)) => to("leave", why),
        Err(None) => None,
    }
}

fn arrived(config: &Config, records: Option<&Records<'_>>, arrival: &Arrival) -> Preview {
    let to = |does, text| Preview { does, path: arrival.clip.to_string(), text };
    if let Err(failure) = &arrival.verdict {
        return to("put aside", failure.to_string());
    }
    let order = match worker::order_of(arrival, config) {
        Ok(order) => order,
        Err(failure) => return to("put aside", failure.to_string()),
    };
    let known = known(records, (&arrival.clip, &arrival.stamp), Some(&order), |job| job.work.is_file());
    let (does, text) = known.unwrap_or_else(|| ("take", asked(&order)));
    to(does, text)
}

fn folder(config: &Config, records: Option<&Records<'_>>, found: &ProjectFound) -> Preview {
    let to = |does, text| Preview { does, path: found.folder.to_string(), text };
    let order = match worker::order_of_text(&found.text, config) {
        Ok(order) => order,
        Err(failure) => return to("put aside", failure.to_string()),
    };
    let of_project = |job: &Job| job.work.project().is_some();
    let known = known(records, (&found.text.path, &found.text.stamp), Some(&order), of_project);
    let words = || format!("a project of {} files: {}", found.parts.len(), asked(&order));
    let (does, text) = known.unwrap_or_else(|| ("take", words()));
    to(does, text)
}

/// What a run would do with what a job knows already.
fn known(
    records: Option<&Records<'_>>,
    file: (&RelPath, &Stamp),
    order: Option<&Order>,
    is_kind: impl Fn(&Job) -> bool,
) -> Option<(&'static str, String)> {
    match records?.admission(file, order, is_kind).ok()? {
        Admission::New => None,
        Admission::Known(job) | Admission::Reopens(job) => {
            Some(("go on with", format!("job {}, {}", job.id, job.state())))
        }
        Admission::Finished => Some(("leave", "it is done already".to_owned())),
    }
}

fn asked(order: &Order) -> String {
    format!("\u{201c}{}\u{201d} ({})", plain(&order.words), order.language)
}

fn plain(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn withheld(withheld: &Withheld) -> Preview {
    let reason = match withheld.reason {
        Reason::Held(code) => code.to_string(),
        Reason::Settling => "it is being changed".to_owned(),
        Reason::AwaitsSidecar => "its text may still come".to_owned(),
        Reason::FolderArriving => "its folder is still arriving".to_owned(),
        Reason::AwaitsClip => "a text without its clip".to_owned(),
    };
    let detail = if withheld.detail.is_empty() { String::new() } else { format!(": {}", withheld.detail) };
    Preview { does: "leave", path: withheld.path.to_string(), text: reason + &detail }
}
