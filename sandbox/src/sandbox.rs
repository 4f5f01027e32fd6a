//! The sandbox as its handlers see it: options, world, fault plan, running tasks and tools.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

use crate::error::Error;
use crate::faults::Plan;
use crate::film::Tools;
use crate::options::{Ffmpeg, Options};
use crate::tasks::Tasks;
use crate::world::World;

/// All of one running sandbox.
pub(crate) struct Sandbox {
    pub(crate) options: Options,
    pub(crate) plan: Plan,
    pub(crate) tasks: Tasks,
    /// ffmpeg, ffprobe and the font, where they are.
    pub(crate) tools: Option<Tools>,
    pub(crate) address: SocketAddr,
    work: TempDir,
    world: Mutex<World>,
}

impl Sandbox {
    /// A fresh world. Errors: the work folder can't be made.
    pub(crate) fn new(options: Options, address: SocketAddr) -> Result<Self, Error> {
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix("dakbox-sandbox-");
        let work = match &options.work_dir {
            Some(dir) => std::fs::create_dir_all(dir).and_then(|()| builder.tempdir_in(dir)),
            None => builder.tempdir(),
        };
        Ok(Self {
            plan: Plan::new(options.faults.clone()),
            tasks: Tasks::default(),
            tools: Tools::find(&options.ffmpeg),
            address,
            work: work.map_err(Error::WorkDir)?,
            world: Mutex::new(World::new(&options)),
            options,
        })
    }

    /// The world, for as long as the guard lives. Never held over an `await`.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder for uploads and films.
    pub(crate) fn work(&self) -> &Path {
        self.work.path()
    }

    /// Whether uploads are kept: without a tool that reads them there is no use in it.
    pub(crate) fn keeps_uploads(&self) -> bool {
        self.tools.is_some()
    }

    /// Whether films are the sample although real ones were wanted.
    pub(crate) fn lacks_tools(&self) -> bool {
        self.tools.is_none() && self.options.ffmpeg != Ffmpeg::Off
    }
}
