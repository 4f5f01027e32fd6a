//! The folders of a root, opened anew for each use: a share that went away and came back is another one.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::config;
use crate::job::{Code, Failure, RelPath};
use crate::mount::{Dir, Mark};

use super::stop::Stop;

/// Which folder.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Inbox,
    Outbox,
    Archive,
    Failed,
}

impl Place {
    const fn opening(self) -> &'static str {
        match self {
            Self::Inbox => "opening the inbox",
            Self::Outbox => "opening the outbox",
            Self::Archive => "opening the archive",
            Self::Failed => "opening the folder of failed clips",
        }
    }
}

/// The folders dakbox works in, below roots that are marked as this ledger's.
#[derive(Clone, Debug)]
pub struct Folders {
    config: config::Folders,
    root: i64,
    marked: Vec<(PathBuf, Mark)>,
    unmarked: Vec<(PathBuf, (u64, u64))>,
}

impl Folders {
    /// The folders of the root with that number in the ledger; the marks found in it and in shares of their own; and those
    /// that can't be written, known by device and inode.
    pub const fn new(
        config: config::Folders,
        root: i64,
        marked: Vec<(PathBuf, Mark)>,
        unmarked: Vec<(PathBuf, (u64, u64))>,
    ) -> Self {
        Self { config, root, marked, unmarked }
    }

    /// The root's number in the ledger.
    pub const fn root(&self) -> i64 {
        self.root
    }

    /// Whether everyone's brake is on: `pause.txt` in the root. Asks the file system, which may hang.
    pub fn paused(&self) -> bool {
        self.config.root.join("pause.txt").symlink_metadata().is_ok()
    }

    /// One of the folders, opened where a hung share holds no task.
    ///
    /// # Errors
    /// Those of opening, as a passing failure.
    pub(super) async fn open(&self, place: Place) -> Result<Dir, Stop> {
        let folders = self.clone();
        match blocking(move || Ok(folders.present())).await {
            Ok(Err(failure)) => Err(Stop::failed(failure)),
            _ => self.try_open(place).await.map_err(|error| Stop::local(place.opening(), &error)),
        }
    }

    /// The same, with the system's own word.
    pub(super) async fn try_open(&self, place: Place) -> io::Result<Dir> {
        let folders = self.clone();
        let open = move || match place {
            Place::Inbox => folders.inbox(),
            Place::Outbox => folders.outbox(),
            Place::Archive => folders.archive(),
            Place::Failed => folders.failed(),
        };
        blocking(open).await
    }

    /// The inbox.
    pub fn inbox(&self) -> io::Result<Dir> {
        self.present().map_err(io::Error::other)?;
        Dir::open(&self.config.inbox)
    }

    /// The outbox; made again where it is missing below a marked root.
    pub fn outbox(&self) -> io::Result<Dir> {
        self.made(&self.config.outbox)
    }

    /// The archive, likewise.
    pub fn archive(&self) -> io::Result<Dir> {
        self.made(&self.config.archive)
    }

    /// The folder of failed clips, likewise.
    pub fn failed(&self) -> io::Result<Dir> {
        self.made(&self.config.failed)
    }

    /// The root, where the page for whoever has only the share lies.
    pub fn top(&self) -> io::Result<Dir> {
        self.present().map_err(io::Error::other)?;
        Dir::open(&self.config.root)
    }

    /// Where the outbox and the folder of failed clips lie below the root, each where it does.
    pub(super) fn below_root(&self) -> [Option<RelPath>; 2] {
        let below = |path: &Path| {
            RelPath::from_bytes(path.strip_prefix(&self.config.root).ok()?.as_os_str().as_bytes())
        };
        [below(&self.config.outbox), below(&self.config.failed)]
    }

    /// Whether that page is wanted.
    pub(super) const fn wants_page(&self) -> bool {
        self.config.share_page
    }

    fn made(&self, path: &Path) -> io::Result<Dir> {
        // A bare mount point may hold a folder of that name as well: what is put there is not seen again.
        self.present().map_err(io::Error::other)?;
        match Dir::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Dir::make(path),
            opened => opened,
        }
    }

    /// Every mark is where it was: nothing is taken for deleted, and nothing is made, on a bare mount point.
    pub fn present(&self) -> Result<(), Failure> {
        for (path, mark) in &self.marked {
            let found = Dir::open(path).ok().and_then(|dir| Mark::read(&dir).ok().flatten());
            if found.is_none_or(|found| found.id != mark.id || found.ledger != mark.ledger) {
                return Err(away(path));
            }
        }
        for (path, known) in &self.unmarked {
            if Dir::open(path).and_then(|dir| dir.identity()).ok() != Some(*known) {
                return Err(away(path));
            }
        }
        Ok(())
    }

    /// What it means that a clip is not there: it was taken away, or its whole share was.
    pub(super) async fn vanished(&self, clip: &RelPath) -> Stop {
        let (folders, folder) = (self.clone(), clip.parent());
        match blocking(move || Ok(folders.present().and_then(|()| folders.mounted(&folder)))).await {
            Ok(Ok(())) => Stop::Vanished,
            Ok(Err(failure)) => Stop::failed(failure),
            Err(error) => Stop::local("looking at the folders", &error),
        }
    }

    /// No folder on the way to this one is a mount point on which nothing is mounted.
    fn mounted(&self, folder: &RelPath) -> Result<(), Failure> {
        let found = Dir::open(&self.config.inbox).and_then(|inbox| inbox.below(folder));
        match found.and_then(|dir| dir.is_bare_mount_point()) {
            Ok(true) => Err(away(&folder.below(&self.config.inbox))),
            _ => Ok(()),
        }
    }

    /// Writes the count of intents into every mark: one fsync each.
    ///
    /// # Errors
    /// Where one can't be written: then nothing may be sent.
    pub async fn count(&self, intents: u64) -> Result<(), Stop> {
        let marked = self.marked.clone();
        let counted = blocking(move || {
            for (path, mark) in &marked {
                let dir = Dir::open(path)?;
                mark.count(&dir, intents)
                    .map_err(|e| io::Error::other(format!("{}: {e}", path.display())))?;
            }
            Ok(())
        });
        counted.await.map_err(|error| {
            let why = format!("the mark of the folder can't be written, so nothing is sent: {error}");
            Stop::failed(Failure::new(
                Code::ShareAway,
                why,
                "When the share is back and can be written, it goes on.",
            ))
        })
    }
}

fn away(path: &Path) -> Failure {
    Failure::new(
        Code::ShareAway,
        format!("the folder {} is not the one that dakbox knows: its share is away", path.display()),
        "When it is mounted again, work goes on by itself.",
    )
}

/// Runs work on files where it may block; a share that hangs holds one thread, and no task.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
