//! A folder that dakbox works in, and what is seen of it. What is tried leaves nothing behind.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::whose::Claim;
use crate::config::Config;
use crate::job::RelPath;
use crate::mount::{Abilities, Dir, FsKind, Room};
use crate::outbox;
use crate::worker::clock::wall;

/// What a folder is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Root,
    Inbox,
    Outbox,
    Archive,
    Failed,
    State,
    Ledger,
    Log,
}

impl Role {
    /// As people call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Inbox => "inbox",
            Self::Outbox => "outbox",
            Self::Archive => "archive",
            Self::Failed => "failed",
            Self::State => "state",
            Self::Ledger => "ledger's folder",
            Self::Log => "log",
        }
    }

    /// Whether people reach into it, and not dakbox alone.
    pub(super) const fn is_shared(self) -> bool {
        matches!(self, Self::Root | Self::Inbox | Self::Outbox | Self::Archive | Self::Failed)
    }
}

/// A folder of the settings.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) role: Role,
    pub(super) path: PathBuf,
    /// Where the mark is that says whose it is; the ledger's own folders have none.
    marked: Option<PathBuf>,
    ledger: PathBuf,
}

/// What is seen of it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) found: Found,
    /// Whose the marked folder is that it lies in.
    pub(super) claim: Option<Claim>,
}

/// What lies at its path.
#[derive(Clone, Debug)]
pub(super) enum Found {
    Folder(Box<Facts>),
    /// Nothing yet; whether it can be made, or else what is in the way.
    Missing(Result<(), String>),
    /// Something else.
    NoFolder,
    Unreachable(String),
}

/// A folder.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) device: u64,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) mode: u32,
    pub(super) kind: FsKind,
    pub(super) room: Option<Room>,
    pub(super) listed: Result<(), String>,
    pub(super) tried: Tried,
}

/// What came of trying things in it.
#[derive(Clone, Debug)]
pub(super) enum Tried {
    Done(Abilities),
    /// Nothing was: it may be the place of a share that is away.
    Left,
    Failed(ErrorKind, String),
}

/// All folders of these settings, the shared ones first.
pub(super) fn all(config: &Config) -> Vec<Place> {
    let folders = &config.folders;
    let ledger = config.ledger.file.clone();
    let marked = |path: &Path| {
        Some(if path.starts_with(&folders.root) { folders.root.clone() } else { path.to_owned() })
    };
    let beside = ledger.parent().filter(|beside| !beside.as_os_str().is_empty()).map(Path::to_owned);
    let shared = [
        (Role::Root, &folders.root),
        (Role::Inbox, &folders.inbox),
        (Role::Outbox, &folders.outbox),
        (Role::Archive, &folders.archive),
        (Role::Failed, &folders.failed),
    ];
    let own = [
        (Role::State, Some(config.state.dir.clone())),
        (Role::Ledger, beside.filter(|beside| *beside != config.state.dir)),
        (Role::Log, config.log.dir.clone()),
    ];
    let shared = shared.map(|(role, path)| (role, path.clone(), marked(path)));
    let own = own.into_iter().filter_map(|(role, path)| Some((role, path?, None)));
    let place = |(role, path, marked)| Place { role, path, marked, ledger: ledger.clone() };
    shared.into_iter().chain(own).map(place).collect()
}

#[cfg(test)]
pub(super) fn sample(role: Role, path: &str) -> Place {
    Place { role, path: path.into(), marked: None, ledger: "/s/ledger.db".into() }
}

impl Place {
    /// What to call it in a line.
    pub(super) fn target(&self) -> String {
        format!("{} {}", self.role.name(), self.path.display())
    }

    /// Whether its mark lies in it, and not in the root.
    pub(super) fn has_own_mark(&self) -> bool {
        self.marked.as_ref() == Some(&self.path)
    }

    /// Looks at it. May hang, where its share does.
    pub(super) fn look(&self) -> Seen {
        let claim = self.marked.as_ref().map(|marked| Claim::look(marked, &self.ledger));
        let may_try = claim.as_ref().is_none_or(Claim::lets_try);
        let found = match Dir::open(&self.path) {
            Ok(dir) => self.facts(&dir, may_try),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Found::Missing(can_make(&self.path))),
            Err(error) if error.kind() == ErrorKind::NotADirectory => Ok(Found::NoFolder),
            Err(error) => Err(error),
        };
        Seen { found: found.unwrap_or_else(|error| Found::Unreachable(error.to_string())), claim }
    }

    fn facts(&self, dir: &Dir, may_try: bool) -> io::Result<Found> {
        let root = RelPath::root();
        let entry = dir.stat(&root)?.ok_or(ErrorKind::NotFound)?;
        let listed = dir.list(&root).map(drop).map_err(|error| error.to_string());
        if self.role == Role::State {
            // No start sweeps here what an earlier look may have left when it was killed.
            let _ = outbox::sweep_top(dir);
        }
        let tried = if may_try {
            match dir.abilities(|| wall().0) {
                Ok(able) => Tried::Done(able),
                Err(error) => Tried::Failed(error.kind(), error.to_string()),
            }
        } else {
            Tried::Left
        };
        Ok(Found::Folder(Box::new(Facts {
            device: entry.stamp.dev,
            uid: entry.uid,
            gid: entry.gid,
            mode: entry.mode,
            kind: dir.fs_kind()?,
            room: dir.room().ok(),
            listed,
            tried,
        })))
    }
}

/// Whether a folder can be made: by the rights on the deepest folder above it that is there.
fn can_make(path: &Path) -> Result<(), String> {
    let full = std::path::absolute(path).map_err(|error| error.to_string())?;
    let there = full.ancestors().skip(1).find(|above| above.symlink_metadata().is_ok());
    let there = there.unwrap_or(Path::new("/"));
    let dir = Dir::open(there).map_err(|error| format!("{}: {error}", there.display()))?;
    if dir.is_bare_mount_point().unwrap_or(false) {
        return Err(format!("nothing is mounted at {}", there.display()));
    }
    dir.prove_changeable(&RelPath::root()).map_err(|error| format!("{}: {error}", there.display()))
}

impl Seen {
    /// The folder, where there is one.
    pub(super) fn facts(&self) -> Option<&Facts> {
        match &self.found {
            Found::Folder(facts) => Some(facts),
            _ => None,
        }
    }

    /// What the file system can do, where that could be tried.
    pub(super) fn able(&self) -> Option<&Abilities> {
        match &self.facts()?.tried {
            Tried::Done(able) => Some(able),
            _ => None,
        }
    }
}
