//! The terminal: log lines and progress bars that do not tread on each other; plain lines elsewhere.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tracing_subscriber::fmt::MakeWriter;

use crate::job::JobId;
use crate::ledger::Progress;
use crate::worker::Board;

/// How often bars are drawn anew.
const FRAME: Duration = Duration::from_millis(200);

/// Where log lines and bars go: standard error.
#[derive(Clone)]
pub struct Console {
    bars: Option<MultiProgress>,
}

impl Console {
    /// The console of this process.
    pub fn new() -> Self {
        let terminal = io::stderr().is_terminal()
            && std::env::var_os("NOTIFY_SOCKET").is_none()
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        Self { bars: terminal.then(MultiProgress::new) }
    }

    /// Whether somebody sits before it.
    pub const fn is_terminal(&self) -> bool {
        self.bars.is_some()
    }

    /// Draws a bar for each running step, until it is dropped; returns at once where nobody sits before it.
    pub async fn draw(self, board: Board) {
        let Some(bars) = self.bars else { return };
        let mut shown: BTreeMap<JobId, ProgressBar> = BTreeMap::new();
        loop {
            let rows = board.all();
            shown.retain(|id, bar| {
                let stays = rows.iter().any(|row| row.job == *id);
                if !stays {
                    bar.finish_and_clear();
                }
                stays
            });
            for row in rows {
                let fresh = || {
                    let bar = ProgressBar::hidden();
                    show(&bar, &row);
                    bars.add(bar)
                };
                show(shown.entry(row.job).or_insert_with(fresh), &row);
            }
            tokio::time::sleep(FRAME).await;
        }
    }
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}

fn show(bar: &ProgressBar, row: &Progress) {
    let template = match (row.step.as_str(), row.total) {
        (_, 0) => "{spinner} job {prefix} {msg} {elapsed}",
        ("export", _) => "{spinner} job {prefix} {msg} {bar:30} {percent}%",
        _ => "{spinner} job {prefix} {msg} {bar:30} {bytes} of {total_bytes}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_prefix(row.job.to_string());
    bar.set_message(row.step.clone());
    bar.set_length(row.total);
    bar.set_position(row.done);
    bar.tick();
}

/// Gathers one event's line and puts it above the bars.
pub struct Line {
    bars: Option<MultiProgress>,
    text: Vec<u8>,
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let text = std::mem::take(&mut self.text);
        match &self.bars {
            Some(bars) => bars.suspend(|| io::stderr().write_all(&text)),
            None => io::stderr().write_all(&text),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // Nobody is left to tell when standard error is gone.
        let _ = self.flush();
    }
}

impl MakeWriter<'_> for Console {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        Line { bars: self.bars.clone(), text: Vec::new() }
    }
}
