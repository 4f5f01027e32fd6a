//! Into the background without a service manager: the starting shell hears when the daemon is ready, or why it isn't.
//!
//! The crate `daemonize` forks twice and leaves the terminal. Its faults are worked around here: it takes a locked pid
//! file for success (ours is locked before, see `pidfile.rs`), it sets a umask of its own (the user's is handed in), it
//! throws away what the daemon has to say before it is ready (a pipe carries it), and it changes users without their
//! supplementary groups (it is never asked to: dakbox runs as whoever starts it).

use std::fs::{self, OpenOptions};
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use daemonize::{Daemonize, Outcome};
use rustix::fs::Mode;
use serde::{Deserialize, Serialize};

use super::error::StartError;
use super::pidfile::PidFile;
use crate::config::{Config, State};

/// What the process is to be.
#[derive(Clone, Debug, Default)]
pub struct ProcessFlags {
    /// Go into the background.
    pub daemonize: bool,
    /// Where its number is written.
    pub pid_file: Option<PathBuf>,
}

/// Which of the processes this one is.
pub enum Begun {
    /// The one that works.
    Worker(Process),
    /// The one that was started from the shell: the daemon is ready, and this is what there is to say of it.
    Starter(Started),
}

/// A daemon that is ready.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Started {
    /// Its number.
    pub pid: u32,
    /// Where its log files are.
    pub log: PathBuf,
    /// Why it works on nothing yet, where it doesn't.
    pub waits: Option<String>,
}

/// What the working process holds until its end.
#[derive(Default)]
pub struct Process {
    pub(super) shell: Shell,
    pub(super) in_background: bool,
    pub(super) pid_file: Option<PidFile>,
}

/// The shell that started a daemon, and waits to hear of it; nobody, for a process in the foreground.
#[derive(Default)]
pub(super) struct Shell(Mutex<Option<PipeWriter>>);

/// What the daemon has to say to the shell that started it.
#[derive(Serialize, Deserialize)]
enum Word {
    Ready { waits: Option<String> },
    Failed { message: String, usage: bool },
}

impl Shell {
    /// It works, or waits for that; says so once.
    pub(super) fn ready(&self, waits: Option<&str>) {
        self.tell(&Word::Ready { waits: waits.map(str::to_owned) });
    }

    /// It does not start.
    pub(super) fn failed(&self, error: &StartError) {
        self.tell(&Word::Failed { message: error.to_string(), usage: error.is_usage() });
    }

    fn tell(&self, word: &Word) {
        let pipe = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some(mut pipe), Ok(text)) = (pipe, serde_json::to_vec(&(std::process::id(), word))) {
            // A shell that has gone meanwhile does not want to know.
            let _ = pipe.write_all(&text);
        }
    }
}

/// Takes the pid file, and goes into the background where that is asked for. To be called before any thread exists:
/// of a process that forks, only the thread that does so lives on.
///
/// # Errors
/// Where the pid file is another's, or the daemon does not start: its own error then.
pub fn begin(config: &mut Config, flags: &ProcessFlags) -> Result<Begun, StartError> {
    if !flags.daemonize {
        let mut pid_file = flags.pid_file.as_deref().map(PidFile::take).transpose()?;
        pid_file.as_mut().map_or(Ok(()), PidFile::write)?;
        return Ok(Begun::Worker(Process { pid_file, ..Process::default() }));
    }
    refuse_under_systemd()?;
    stand_alone().map_err(StartError::Thread)?;
    anchor(config).map_err(StartError::Thread)?;
    let log = config.log.dir.get_or_insert_with(|| config.state.dir.join("log")).clone();
    let mut pid_file = flags.pid_file.as_deref().map(PidFile::take).transpose()?;
    let (listen, say) = io::pipe().map_err(StartError::Thread)?;
    let daemon = prepared(&config.state, &log)?;
    match daemon.execute() {
        Outcome::Parent(forked) => {
            drop(say);
            forked.map_err(not_forked)?;
            if let Some(file) = &mut pid_file {
                file.leave();
            }
            heard(listen, log).map(Begun::Starter)
        }
        Outcome::Child(child) => {
            drop(listen);
            let shell = Shell(Mutex::new(Some(say)));
            let mut process = Process { shell, in_background: true, pid_file };
            let written = process.pid_file.as_mut().map_or(Ok(()), PidFile::write);
            let written = written.map_err(StartError::PidFile).and(child.map(drop).map_err(not_forked));
            match written {
                Ok(()) => Ok(Begun::Worker(process)),
                Err(error) => {
                    process.shell.failed(&error);
                    Err(error)
                }
            }
        }
    }
}

/// Whether this process is its only thread: the others would be gone after a fork, and what they hold would not.
fn stand_alone() -> io::Result<()> {
    match fs::read_dir("/proc/self/task").map(Iterator::count) {
        Ok(2..) => Err(io::Error::other("a process of several threads can't go into the background")),
        // Without /proc nobody knows better than whoever calls.
        _ => Ok(()),
    }
}

/// The daemon to be. What goes to its standard error all the same, such as a panic, is kept beside the log.
fn prepared(state: &State, log: &Path) -> Result<Daemonize<()>, StartError> {
    if log.starts_with(&state.dir) {
        let wrong = |source| StartError::State { path: state.dir.display().to_string(), source };
        super::identity::make_state(&state.dir).map_err(wrong)?;
    }
    let stderr = fs::create_dir_all(log)
        .and_then(|()| OpenOptions::new().append(true).create(true).open(log.join("dakbox.stderr")));
    let stderr = stderr.map_err(|source| StartError::Log { path: log.display().to_string(), source })?;
    Ok(Daemonize::new().working_directory("/").umask(umask()).stderr(stderr))
}

/// The umask as the user has set it. It can only be read by setting another one.
fn umask() -> u32 {
    let mask = rustix::process::umask(Mode::from_raw_mode(0o077));
    rustix::process::umask(mask);
    mask.as_raw_mode()
}

fn not_forked(error: daemonize::Error) -> StartError {
    StartError::Thread(io::Error::other(error))
}

/// Waits for the daemon's word.
fn heard(mut listen: PipeReader, log: PathBuf) -> Result<Started, StartError> {
    let mut text = Vec::new();
    listen.read_to_end(&mut text).map_err(StartError::Thread)?;
    match serde_json::from_slice(&text) {
        Ok((pid, Word::Ready { waits })) => Ok(Started { pid, log, waits }),
        Ok((_, Word::Failed { message, usage })) => Err(StartError::Background { message, usage }),
        // It was killed, or has panicked.
        Err(_) => {
            let message =
                format!("the daemon ended before it was ready; what it said is in {}", log.display());
            Err(StartError::Background { message, usage: false })
        }
    }
}

/// systemd watches the process that it started: one that forks and ends is taken for one that has died.
fn refuse_under_systemd() -> Result<(), StartError> {
    let is_unit = std::env::var("SYSTEMD_EXEC_PID").is_ok_and(|pid| pid == std::process::id().to_string());
    if is_unit || std::env::var_os("NOTIFY_SOCKET").is_some() {
        return Err(StartError::Supervised);
    }
    Ok(())
}

/// Makes every path absolute: a daemon's working folder is `/`, so that it keeps no disk from being unmounted.
fn anchor(config: &mut Config) -> io::Result<()> {
    let Config { folders, api, ledger, state, log, web, .. } = config;
    let own = [&mut folders.root, &mut folders.inbox, &mut folders.outbox, &mut folders.archive];
    let more = [&mut folders.failed, &mut ledger.file, &mut state.dir];
    let optional =
        [&mut api.token_file, &mut web.token_file, &mut log.dir].into_iter().filter_map(Option::as_mut);
    for path in own.into_iter().chain(more).chain(optional) {
        *path = std::path::absolute(&*path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Env, parse};

    /// Each path of the settings, by a file that sets them all to relative ones: what `Debug` shows of them begins at `/`.
    #[test]
    fn no_path_of_the_settings_stays_relative() {
        let text = "[folders]\nroot='r'\ninbox='i'\noutbox='o'\narchive='a'\nfailed='f'\n[api]\ntoken_file='t'\n\
                    [state]\ndir='s'\n[ledger]\nurl='sqlite:l/x.db'\n[log]\ndir='g'\n";
        let mut config = parse(text, Path::new("c.toml"), &Env::default()).unwrap().config;
        let relative = |config: &Config| {
            let shown = format!("{config:?}");
            ["r", "i", "o", "a", "f", "t", "s", "l/x.db", "g"]
                .into_iter()
                .filter(|name| shown.contains(&format!("\"{name}\"")))
                .collect::<Vec<_>>()
        };
        assert_eq!(relative(&config), ["r", "i", "o", "a", "f", "t", "s", "l/x.db", "g"]);
        anchor(&mut config).unwrap();
        assert_eq!(relative(&config), [""; 0]);
        assert_eq!(config.folders.root, std::env::current_dir().unwrap().join("r"));
    }

    #[test]
    fn a_daemon_that_dies_without_a_word_did_not_start() {
        let (listen, say) = io::pipe().unwrap();
        drop(say);
        let died = heard(listen, "/var/log/x".into()).unwrap_err();
        assert!(!died.is_usage() && died.to_string().contains("/var/log/x"), "{died}");
    }

    #[test]
    fn a_process_of_several_threads_does_not_fork() {
        let other = std::thread::spawn(std::thread::park);
        assert!(stand_alone().is_err());
        other.thread().unpark();
        other.join().unwrap();
    }
}
