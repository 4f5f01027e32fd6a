//! Where words go: the only file that writes to standard output and standard error.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use jiff::tz::TimeZone;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::config::Env;

/// How words are laid out for whoever reads them.
#[derive(Clone, Debug)]
pub(super) struct Screen {
    /// Columns; `None` where it is no terminal, and nothing is folded.
    pub(super) width: Option<u16>,
    /// Whether state words may be coloured.
    pub(super) colour: bool,
    /// The reader's clock.
    pub(super) zone: TimeZone,
}

impl Screen {
    /// What standard output is.
    pub(super) fn of(env: &Env) -> Self {
        let set = env.get("COLUMNS").and_then(|text| text.to_str()?.parse().ok()).filter(|n| *n > 0);
        Self {
            width: set.or_else(|| comfy_table::Table::new().width()).filter(|n| *n > 0),
            colour: io::stdout().is_terminal() && !env.is_dumb() && env.get("NO_COLOR").is_none(),
            zone: TimeZone::system(),
        }
    }

    /// Whether there is room for what can be left out.
    pub(super) fn is_roomy(&self) -> bool {
        self.width.is_none_or(|width| width >= 72)
    }

    /// Whether there is room for what can be shortened.
    pub(super) fn is_wide(&self) -> bool {
        self.width.is_none_or(|width| width >= 100)
    }

    /// Whether the same place can be written again.
    pub(super) fn is_terminal(env: &Env) -> bool {
        io::stdout().is_terminal() && !env.is_dumb()
    }

    /// Its lines, where it has some.
    pub(super) fn height() -> Option<usize> {
        let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
        Some(usize::from(size.ws_row)).filter(|rows| *rows > 0)
    }
}

/// Writes to standard output; says whether anybody still reads there (`| head` does not).
///
/// # Errors
/// Where it can't be written for another reason than that nobody reads.
pub(super) fn print(text: &str) -> anyhow::Result<bool> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(anyhow::Error::new(error).context("standard output can't be written")),
    }
}

/// Whether whoever read standard output has gone: a pipe tells it before anything is written.
pub(super) fn is_unread() -> bool {
    let out = io::stdout();
    let mut ends = [PollFd::new(&out, PollFlags::empty())];
    poll(&mut ends, Some(&Timespec::default())).is_ok_and(|_| ends[0].revents().contains(PollFlags::ERR))
}

/// Writes a line to standard error. Where even that fails there is nobody left to tell.
pub(super) fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
