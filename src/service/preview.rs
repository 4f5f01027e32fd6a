//! A dry run: what would be taken, with which words. Touches nothing.

use crate::config::Config;
use crate::inbox::{self, Arrival, ProjectFound, Reason, Withheld};
use crate::ledger::Overview;
use crate::worker;

use super::error::StartError;

/// One line for each file that a run would take, put aside or leave.
///
/// # Errors
/// Where the inbox can't be read.
pub(super) fn lines(config: &Config) -> Result<Vec<String>, StartError> {
    let found = match inbox::survey(&config.folders.inbox, &config.watch) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StartError::Thread(error)),
    };
    let ledger = Overview::open(&config.ledger.file).ok();
    let taken = found.arrivals.iter().map(|arrival| arrived(config, ledger.as_ref(), arrival));
    let taken = taken.chain(found.projects.iter().map(|project| folder(config, project)));
    Ok(taken.chain(found.withheld.iter().map(withheld)).collect())
}

fn arrived(config: &Config, ledger: Option<&Overview>, arrival: &Arrival) -> String {
    let clip = &arrival.clip;
    if let Err(failure) = &arrival.verdict {
        return format!("put aside  {clip}: {failure}");
    }
    let order = match worker::order_of(arrival, config) {
        Ok(order) => order,
        Err(failure) => return format!("put aside  {clip}: {failure}"),
    };
    let known = ledger.and_then(|l| l.open_jobs().ok()).unwrap_or_default();
    if let Some(job) = known.iter().find(|job| job.clip.stamp.same_contents(&arrival.stamp)) {
        return format!("go on with {clip}: job {}, {}", job.id, job.state());
    }
    let words = plain(&order.words);
    format!("take       {clip}: \u{201c}{words}\u{201d} ({})", order.language)
}

fn folder(config: &Config, found: &ProjectFound) -> String {
    let (folder, parts) = (&found.folder, found.parts.len());
    match worker::order_of_text(&found.text, config) {
        Ok(order) => {
            let words = plain(&order.words);
            format!(
                "take       {folder}: a project of {parts} files: \u{201c}{words}\u{201d} ({})",
                order.language
            )
        }
        Err(failure) => format!("put aside  {folder}: {failure}"),
    }
}

fn plain(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn withheld(withheld: &Withheld) -> String {
    let reason = match withheld.reason {
        Reason::Held(code) => code.to_string(),
        Reason::Settling => "it is being changed".to_owned(),
        Reason::AwaitsSidecar => "its text may still come".to_owned(),
        Reason::FolderArriving => "its folder is still arriving".to_owned(),
        Reason::AwaitsClip => "a text without its clip".to_owned(),
    };
    let detail = if withheld.detail.is_empty() { String::new() } else { format!(": {}", withheld.detail) };
    format!("leave      {}: {reason}{detail}", withheld.path)
}
