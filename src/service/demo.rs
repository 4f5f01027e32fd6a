//! The demo: service, daemon and a clip on this machine, and nothing outside it.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dakbox_sandbox::{Options, SAMPLE_CLIP, SAMPLE_CLIP_NAME};
use tokio::net::TcpListener;

use super::console::Console;
use super::entry::runtime;
use super::error::StartError;
use super::logging;
use super::run::{Daemon, RunFlags};
use super::signals::Signals;
use crate::config::{self, Env};
use crate::job::End;
use crate::ledger::Overview;
use crate::worker::Stops;

/// The demo's sidecar: subtitles in Bangla, asked for in Bangla.
const SIDECAR: &str = "Language: bn\n\nএই ভিডিওতে বাংলা সাবটাইটেল যোগ করুন\n";

/// How the demo is asked for.
#[derive(Clone, Debug, Default)]
pub struct DemoFlags {
    /// Where its folders are made; a temporary folder otherwise.
    pub dir: Option<PathBuf>,
    /// Whether it goes on watching after the first film.
    pub keep: bool,
}

/// Runs the demo; the path of the finished film.
///
/// # Errors
/// Where a folder, a port or the daemon is not to be had; [`DemoError::NoFilm`] where none came.
pub fn demo(flags: &DemoFlags, say: impl Fn(&str)) -> Result<PathBuf, DemoError> {
    let dir = match &flags.dir {
        Some(dir) => std::path::absolute(dir)?,
        None => tempfile::Builder::new().prefix("dakbox-demo-").tempdir()?.keep(),
    };
    fs::create_dir_all(&dir)?;
    let runtime = runtime()?;
    let film = runtime.block_on(show(&dir, flags.keep, &say));
    runtime.shutdown_timeout(Duration::from_secs(2));
    film
}

/// Why the demo came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A file or a port.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The daemon.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The settings made for it.
    #[error("the demo's own settings are wrong: {0}")]
    Settings(config::Problems),
    /// The stand-in service.
    #[error("the stand-in service ended: {0}")]
    Sandbox(#[from] dakbox_sandbox::Error),
    /// It ran, and no film came.
    #[error("no film came: {0}")]
    NoFilm(String),
}

async fn show(dir: &Path, keep: bool, say: &impl Fn(&str)) -> Result<PathBuf, DemoError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let service = listener.local_addr()?;
    let stops = Stops::default();
    let sandbox = dakbox_sandbox::serve(listener, sandbox_options(), stops.cut.clone().cancelled_owned());
    let loaded = settings(dir, service)?;
    let console = Console::new();
    logging::start(&loaded.config.log, Some(&console))?;
    say(&format!("A stand-in for the service listens on http://{service}; nothing leaves this machine."));
    drop_clip(&loaded.config.folders.inbox)?;
    say(&format!("Dropped {SAMPLE_CLIP_NAME} and its text into {}", loaded.config.folders.inbox.display()));
    let ledger = loaded.config.ledger.file.clone();
    let outbox = loaded.config.folders.outbox.clone();
    let inbox = loaded.config.folders.inbox.clone();
    let daemon = Daemon::prepare(Arc::new(loaded.config), &Env::default(), stops.clone(), console)?;
    let signals = Signals::listen()?;
    let follow = async {
        let film = follow(&ledger, &outbox).await?;
        if keep {
            say(&format!("The film is at {}", film.display()));
            say(&format!("Drop clips of your own into {}; Ctrl-C ends it.", inbox.display()));
            stops.drain.cancelled().await;
        }
        stops.drain.cancel();
        Ok::<_, DemoError>(film)
    };
    let work = async {
        let work = async { daemon.run(RunFlags::default()).await.map_err(DemoError::from) };
        let (film, _) = tokio::try_join!(follow, work)?;
        Ok(film)
    };
    let film = tokio::select! {
        film = work => film,
        ended = sandbox => Err(ended.err().map_or_else(|| DemoError::NoFilm("the stand-in service ended".into()), Into::into)),
        () = signals.obey(stops.clone(), || {}) => Err(DemoError::NoFilm("it was stopped".into())),
    };
    stops.cut.cancel();
    film
}

/// The second stage comes well within the time between two readings of the state: else the film would lack it.
fn sandbox_options() -> Options {
    Options {
        message_time: Duration::from_millis(1500),
        second_stage: Some(Duration::from_millis(100)),
        ..Options::default()
    }
}

/// Settings under which a clip is through in seconds.
fn settings(dir: &Path, service: SocketAddr) -> Result<config::Loaded, DemoError> {
    let at = |name: &str| toml::Value::String(dir.join(name).display().to_string());
    let text = format!(
        "[folders]\nroot = {root}\n\
         [watch]\nsettle = \"500ms\"\nsidecar_wait = \"5s\"\nfolder_wait = \"5s\"\n\
         [api]\nurl = \"http://{service}\"\nweb_url = \"http://{service}\"\nstate_interval = \"300ms\"\n\
         [export]\npoll_interval = \"250ms\"\n\
         [state]\ndir = {state}\n\
         [web]\nlisten = \"off\"\n",
        root = at("clips"),
        state = at("state"),
    );
    config::parse(&text, Path::new("the demo's settings"), &Env::default()).map_err(DemoError::Settings)
}

/// The clip and its words, as a person would put them there.
fn drop_clip(inbox: &Path) -> io::Result<()> {
    fs::create_dir_all(inbox)?;
    let text = Path::new(SAMPLE_CLIP_NAME).with_extension("txt");
    fs::write(inbox.join(SAMPLE_CLIP_NAME), SAMPLE_CLIP)?;
    fs::write(inbox.join(text), SIDECAR)
}

/// Waits for the first job to end.
async fn follow(ledger: &Path, outbox: &Path) -> Result<PathBuf, DemoError> {
    loop {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let Ok(jobs) = Overview::open(ledger).and_then(|view| view.jobs(None)) else { continue };
        let Some(job) = jobs.iter().find(|job| job.is_ended() || job.waiting.is_some()) else { continue };
        return match (&job.end, &job.delivered, &job.waiting) {
            (Some(End::Delivered), Some(film), _) => Ok(film.below(outbox)),
            (Some(End::Failed(why)), ..) | (_, _, Some(why)) => Err(DemoError::NoFilm(why.to_string())),
            _ => Err(DemoError::NoFilm("the clip was taken away".into())),
        };
    }
}
