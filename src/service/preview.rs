//! A dry run: what would be taken, with which words. Touches nothing.

use std::collections::BTreeSet;
use std::fmt;

use crate::config::Config;
use crate::inbox::{self, Arrival, LoneText, ProjectFound, Reason, Withheld};
use crate::ledger::Overview;
use crate::worker;

use super::error::StartError;

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
    let taken = found.arrivals.iter().map(|arrival| arrived(config, ledger.as_ref(), arrival));
    let taken = taken.chain(found.projects.iter().map(|project| folder(config, project)));
    let mut lines: Vec<Preview> = taken.collect();
    let mut told = BTreeSet::new();
    for lone in &found.texts {
        if let Some(line) = text(config, ledger.as_ref(), lone) {
            told.insert(&lone.text.path);
            lines.push(line);
        }
    }
    lines.extend(found.withheld.iter().filter(|held| !told.contains(&held.path)).map(withheld));
    Ok(lines)
}

/// A text alone, where a run would do something with it, or has.
fn text(config: &Config, ledger: Option<&Overview>, lone: &LoneText) -> Option<Preview> {
    let path = &lone.text.path;
    let to = |does, text| Some(Preview { does, path: path.to_string(), text });
    let open = ledger.and_then(|ledger| ledger.open_jobs().ok()).unwrap_or_default();
    if let Some(job) = open.iter().find(|job| job.clip.stamp.same_contents(&lone.text.stamp)) {
        return to("go on with", format!("job {}, {}", job.id, job.state()));
    }
    let film = ledger
        .filter(|_| worker::is_of_film(lone.means))
        .and_then(|ledger| ledger.film_line(&path.parent(), &worker::film_of(path)).ok().flatten());
    match worker::preview_text(lone, config, (&open, film)) {
        Ok((what, order)) => {
            to("take", format!("{what}: \u{201c}{}\u{201d} ({})", plain(&order.words), order.language))
        }
        Err(Some(why)) => to("leave", why),
        Err(None) => None,
    }
}

fn arrived(config: &Config, ledger: Option<&Overview>, arrival: &Arrival) -> Preview {
    let to = |does, text| Preview { does, path: arrival.clip.to_string(), text };
    if let Err(failure) = &arrival.verdict {
        return to("put aside", failure.to_string());
    }
    let order = match worker::order_of(arrival, config) {
        Ok(order) => order,
        Err(failure) => return to("put aside", failure.to_string()),
    };
    let known = ledger.and_then(|l| l.open_jobs().ok()).unwrap_or_default();
    if let Some(job) = known.iter().find(|job| job.clip.stamp.same_contents(&arrival.stamp)) {
        return to("go on with", format!("job {}, {}", job.id, job.state()));
    }
    to("take", format!("\u{201c}{}\u{201d} ({})", plain(&order.words), order.language))
}

fn folder(config: &Config, found: &ProjectFound) -> Preview {
    let (path, parts) = (found.folder.clone(), found.parts.len());
    let (what, detail) = match worker::order_of_text(&found.text, config) {
        Ok(order) => {
            let words = plain(&order.words);
            ("take", format!("a project of {parts} files: \u{201c}{words}\u{201d} ({})", order.language))
        }
        Err(failure) => ("put aside", failure.to_string()),
    };
    Preview { does: what, path: path.to_string(), text: detail }
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
