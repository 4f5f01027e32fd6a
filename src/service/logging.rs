//! Logs: to the terminal or the journal, and to daily files; as text or as JSON; never a secret.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use super::console::Console;
use crate::config::{Log, LogFormat};

/// Crates that print headers and bodies at their lower levels: they are kept at `info`, whatever is asked for.
const TALKATIVE: &str = "hyper=info,hyper_util=info,h2=info,reqwest=info,rustls=info,notify=info,tower=info";

/// Starts logging, for the rest of the process; to no console where there is none.
///
/// # Errors
/// Where the folder for log files can't be made or written.
pub(super) fn start(log: &Log, console: Option<&Console>) -> io::Result<()> {
    let mut layers: Vec<Boxed> = Vec::new();
    layers.extend(console.map(|console| layer(log, console.clone(), console.is_terminal())));
    if let Some(dir) = &log.dir {
        layers.push(layer(log, daily(dir, log.keep)?, false));
    }
    // A second start in one process keeps the first one's.
    let _ = tracing_subscriber::registry().with(layers).try_init();
    Ok(())
}

type Boxed = Box<dyn Layer<Registry> + Send + Sync>;

fn layer<W>(log: &Log, writer: W, colour: bool) -> Boxed
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    match log.format {
        LogFormat::Json => {
            fmt::layer().json().flatten_event(true).with_writer(writer).with_filter(filter(log)).boxed()
        }
        LogFormat::Text => {
            let colour = colour && std::env::var_os("NO_COLOR").is_none();
            fmt::layer()
                .with_target(false)
                .with_ansi(colour)
                .with_writer(writer)
                .with_filter(filter(log))
                .boxed()
        }
    }
}

fn filter(log: &Log) -> EnvFilter {
    EnvFilter::new(format!("{},{TALKATIVE}", log.filter))
}

/// One file a day. The appender says nothing useful where its folder is missing, and on a restart it deletes one file
/// more than it is told to keep.
fn daily(dir: &Path, keep: u32) -> io::Result<Daily> {
    fs::create_dir_all(dir)?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("dakbox")
        .filename_suffix("log")
        .max_log_files(keep as usize + 1)
        .build(dir)
        .map_err(io::Error::other)?;
    Ok(Daily(files))
}

struct Daily(RollingFileAppender);

impl<'a> MakeWriter<'a> for Daily {
    type Writer = Box<dyn Write + 'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Box::new(self.0.make_writer())
    }
}
