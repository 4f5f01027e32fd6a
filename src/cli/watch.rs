//! `dakbox status --watch`: the standing, said anew each time that it changes, until Ctrl-C.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Signal, getpid, kill_process};
use tokio::signal::unix::{Signal as Heard, SignalKind, signal};
use tokio::sync::watch::{Receiver, channel};

use super::out::{self, Screen};
use super::standing::{Standing, brake_of, is_paused};
use super::{Exit, calls, status, view};
use crate::config::{Config, Env};
use crate::ledger::watch_changes;

/// Between two looks whether the ledger was written to.
const LOOK: Duration = Duration::from_millis(200);
/// Between two looks at what no ledger tells: the clock, the brake, whether the daemon runs and whether anybody reads.
const TICK: Duration = Duration::from_secs(1);

/// Says what is going on until Ctrl-C, or until nobody reads any more.
pub(super) fn watch(config: &Config, env: &Env, as_json: bool) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(watched(config, env, as_json));
    // The brake's looker may stand before a share that hangs.
    runtime.shutdown_background();
    done
}

async fn watched(config: &Config, env: &Env, as_json: bool) -> anyhow::Result<Exit> {
    let mut signals = Signals::listen()?;
    let mut changes = watch_changes(&config.ledger.file, LOOK);
    let mut brake = brake(config);
    let mut page = Page::open(!as_json && Screen::is_terminal(env))?;
    loop {
        let standing = Standing::look(config, *brake.borrow_and_update())?;
        let said = status::said(&standing, config, (!as_json).then(|| Screen::of(env)).as_ref())?;
        if !page.show(said, as_json)? {
            return Ok(Exit::Done);
        }
        loop {
            tokio::select! {
                Some(()) = changes.recv() => break,
                Ok(()) = brake.changed() => break,
                word = signals.next() => match word {
                    Word::End => return Ok(Exit::Done),
                    Word::Resized => break page.forget(),
                    Word::Sleep => {
                        page.sleep()?;
                        break;
                    }
                },
                () = tokio::time::sleep(TICK) => {
                    if out::is_unread() {
                        return Ok(Exit::Done);
                    }
                    let daemon = view::daemon(&calls::lock_of(&config.ledger.file));
                    if standing.moves() || daemon != standing.daemon {
                        break;
                    }
                }
            }
        }
    }
}

/// Whether the brake is on. A share may hang, so one thread looks, however long that takes.
fn brake(config: &Config) -> Receiver<bool> {
    let (say, heard) = channel(is_paused(config));
    let brake: PathBuf = brake_of(&config.folders.root);
    // Where no thread is to be had the first word stays.
    let _ = std::thread::Builder::new().name("brake".to_owned()).spawn(move || {
        while !say.is_closed() {
            let now = brake.symlink_metadata().is_ok();
            say.send_if_modified(|known| std::mem::replace(known, now) != now);
            std::thread::sleep(TICK);
        }
    });
    heard
}

/// What a person or the terminal says meanwhile.
enum Word {
    End,
    Resized,
    Sleep,
}

struct Signals {
    interrupt: Heard,
    terminate: Heard,
    quit: Heard,
    hangup: Heard,
    resized: Heard,
    stop: Heard,
}

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        let hear = |kind| signal(kind).context("signals can't be heard");
        Ok(Self {
            interrupt: hear(SignalKind::interrupt())?,
            terminate: hear(SignalKind::terminate())?,
            quit: hear(SignalKind::quit())?,
            hangup: hear(SignalKind::hangup())?,
            resized: hear(SignalKind::window_change())?,
            stop: hear(SignalKind::from_raw(Signal::TSTP.as_raw()))?,
        })
    }

    async fn next(&mut self) -> Word {
        tokio::select! {
            _ = self.interrupt.recv() => Word::End,
            _ = self.terminate.recv() => Word::End,
            _ = self.quit.recv() => Word::End,
            _ = self.hangup.recv() => Word::End,
            _ = self.resized.recv() => Word::Resized,
            _ = self.stop.recv() => Word::Sleep,
        }
    }
}

/// What is written on: a terminal's second screen, so that the first is whole afterwards, or plain blocks.
struct Page {
    screen: bool,
    shown: Option<String>,
}

impl Page {
    fn open(screen: bool) -> anyhow::Result<Self> {
        let page = Self { screen, shown: None };
        page.enter()?;
        Ok(page)
    }

    fn enter(&self) -> anyhow::Result<()> {
        if self.screen {
            out::print("\u{1b}[?1049h\u{1b}[?25l\u{1b}[2J")?;
        }
        Ok(())
    }

    fn leave(&self) {
        if self.screen {
            let mut out = io::stdout().lock();
            // Whoever can't be written to has no terminal any more.
            let _ = out.write_all(b"\x1b[?25h\x1b[?1049l").and_then(|()| out.flush());
        }
    }

    /// Shows it where it is not there already; says whether anybody still reads.
    fn show(&mut self, said: String, as_json: bool) -> anyhow::Result<bool> {
        if self.shown.as_ref() == Some(&said) {
            return Ok(true);
        }
        let gap = if self.shown.is_some() && !as_json { "\n" } else { "" };
        let text = if self.screen { framed(&said, Screen::height()) } else { format!("{gap}{said}") };
        self.shown = Some(said);
        out::print(&text)
    }

    fn forget(&mut self) {
        self.shown = None;
    }

    /// Ctrl-Z: the terminal is the shell's again until `fg`.
    fn sleep(&mut self) -> anyhow::Result<()> {
        self.leave();
        kill_process(getpid(), Signal::STOP)?;
        self.forget();
        self.enter()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.leave();
    }
}

/// The text from the screen's first line on, over what stood there; what finds no room is counted.
fn framed(said: &str, height: Option<usize>) -> String {
    let lines: Vec<&str> = said.lines().collect();
    let room = height.unwrap_or(usize::MAX).max(2);
    let (shown, more) = if lines.len() > room - 1 { lines.split_at(room - 2) } else { (&lines[..], &[][..]) };
    let mut frame = "\u{1b}[H".to_owned();
    for line in shown {
        frame += line;
        frame += "\u{1b}[K\r\n";
    }
    if !more.is_empty() {
        let _ = write!(frame, "… {} lines more\u{1b}[K\r\n", more.len());
    }
    frame + "\u{1b}[J"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_room_is_counted() {
        let table = [
            (None, "a\u{1b}[K\r\nb\u{1b}[K\r\nc\u{1b}[K\r\n"),
            (Some(4), "a\u{1b}[K\r\nb\u{1b}[K\r\nc\u{1b}[K\r\n"),
            (Some(3), "a\u{1b}[K\r\n… 2 lines more\u{1b}[K\r\n"),
            (Some(1), "… 3 lines more\u{1b}[K\r\n"),
        ];
        for (height, want) in table {
            assert_eq!(framed("a\nb\nc\n", height), format!("\u{1b}[H{want}\u{1b}[J"), "{height:?}");
        }
    }
}
