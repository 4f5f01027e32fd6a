//! One file's whole trail, gathered: where it lies, what one look says, what the daemon knows, and the jobs it belongs to.
//! Reads, and touches nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::records::Records;
use crate::config::Config;
use crate::inbox::{self, Kind, Means, Trail};
use crate::job::{ContentHash, Failure, Job, Moment, Order, RelPath, Stamp, Work};
use crate::ledger::{LedgerError, Overview, Recorded, Sighting};
use crate::mount::Dir;
use crate::worker::{self, Admission};

/// So many jobs are told of: a `default.txt` may have spoken for hundreds.
const MOST_JOBS: usize = 5;

/// In which of our folders a file lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Where people drop.
    Inbox,
    /// Where people collect.
    Outbox,
    /// Where finished clips go.
    Archive,
    /// Where failed clips go.
    Failed,
    /// In none of them.
    Elsewhere,
}

/// What a file is to a job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Its clip.
    Clip,
    /// Its words.
    Text,
    /// The film it made.
    Film,
    /// Its report.
    Report,
    /// The note that says why it waits or has failed.
    Note,
    /// Another file, with the very bytes of its clip.
    SameBytes,
    /// Another file, with the very bytes of the film it made.
    SameFilm,
}

/// A job that the file belongs to.
#[derive(Debug)]
pub struct About {
    /// What the file is to it.
    pub role: Role,
    /// The job.
    pub job: Job,
    /// Its events, oldest first.
    pub events: Vec<Recorded>,
}

/// What there is to say of a file.
#[derive(Debug)]
pub struct Explained {
    /// Where it lies, or would.
    pub path: PathBuf,
    /// In which of our folders that is.
    pub place: Place,
    /// Where it lies below that folder.
    pub below: RelPath,
    /// Its size and last change; `None` where nothing lies there.
    pub file: Option<(u64, Moment)>,
    /// What one look at the inbox says, or why there can't be one.
    pub trail: Option<Result<Trail, String>>,
    /// For a clip that is ready: what it asks for, or what is wrong with that.
    pub order: Option<Result<Order, Failure>>,
    /// For a clip that is ready: whether it is new, or a job's already.
    pub admission: Option<Admission>,
    /// What the daemon knows, or knew at its end.
    pub sighting: Option<Sighting>,
    /// The daemon's list is too long to be shown whole.
    pub list_is_cut: bool,
    /// Why the folders are not worked in, where they are not.
    pub held: Option<Failure>,
    /// The jobs that it belongs to, the nearest first.
    pub jobs: Vec<About>,
}

/// Tells all that is known of `file`, which may be typed from anywhere, or below the inbox.
///
/// # Errors
/// Where the ledger can't be read.
pub fn explain(config: &Config, ledger: Option<&Overview>, file: &Path) -> Result<Explained, LedgerError> {
    let (path, place, below) = locate(config, file)?;
    let meta = path.symlink_metadata().ok();
    let changed = |meta: &fs::Metadata| {
        let at = std::os::unix::fs::MetadataExt::mtime(meta).saturating_mul(1000);
        (meta.len(), Moment(at))
    };
    let mut told = Explained {
        file: meta.as_ref().map(changed),
        path,
        place,
        below,
        trail: None,
        order: None,
        admission: None,
        sighting: None,
        list_is_cut: false,
        held: None,
        jobs: Vec::new(),
    };
    if place == Place::Inbox {
        let looked = inbox::trail(&config.folders.inbox, &config.watch, &told.below);
        told.trail = Some(looked.map_err(|error| error.to_string()));
    }
    if let Some(Ok(Trail { arrival: Some(arrival), .. })) = &told.trail {
        told.order = Some(arrival.verdict.clone().and_then(|_| worker::order_of(arrival, config)));
    }
    if let Some(Ok(Trail { means: Some(Means::Video), text: Some((_, Ok(text))), .. })) = &told.trail {
        told.order = Some(worker::order_of_words(text, config));
    }
    let Some(ledger) = ledger else { return Ok(told) };
    told.held = ledger.held()?;
    if place == Place::Inbox {
        told.sighting = ledger.sightings()?.into_iter().find(|seen| seen.path == told.below);
        told.list_is_cut = ledger.sightings_left_out()? > 0;
        told.admission = admission(&Records::new(config, ledger)?, &told)?;
    }
    told.jobs = jobs(config, ledger, &told)?;
    Ok(told)
}

/// Where a file lies that a person has typed: from the working folder, or below the inbox.
fn locate(config: &Config, typed: &Path) -> io::Result<(PathBuf, Place, RelPath)> {
    let (from_here, inbox) = (std::path::absolute(typed)?, config.folders.inbox.join(typed));
    let (here, below) = (placed(config, &from_here)?, placed(config, &inbox)?);
    let is_there = |path: &Path| path.symlink_metadata().is_ok();
    Ok(match (here, below) {
        (Some((place, path)), _) if is_there(&from_here) || typed.is_absolute() => (from_here, place, path),
        (_, Some((place, path))) if is_there(&inbox) => (inbox, place, path),
        (Some((place, path)), _) => (from_here, place, path),
        (None, Some((place, path))) if !is_there(&from_here) && typed.is_relative() => (inbox, place, path),
        (None, _) => (from_here, Place::Elsewhere, RelPath::root()),
    })
}

/// In which of our folders a path lies: by its names, else by what the links on the way to it lead to.
fn placed(config: &Config, path: &Path) -> io::Result<Option<(Place, RelPath)>> {
    match named(config, &std::path::absolute(path)?)? {
        None => named(config, &resolved(path)?),
        place => Ok(place),
    }
}

/// The absolute path, with the links on the way to the file resolved, but not the file itself.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    let full = std::path::absolute(path)?;
    Ok(match (full.parent().map(fs::canonicalize), full.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => full,
    })
}

/// In which of our folders a path lies, by its names.
fn named(config: &Config, path: &Path) -> io::Result<Option<(Place, RelPath)>> {
    let folders = &config.folders;
    for (place, folder) in [
        (Place::Inbox, &folders.inbox),
        (Place::Outbox, &folders.outbox),
        (Place::Archive, &folders.archive),
        (Place::Failed, &folders.failed),
    ] {
        let full = std::path::absolute(folder)?;
        let real = fs::canonicalize(&full).unwrap_or_else(|_| full.clone());
        for folder in [real, full] {
            let Ok(below) = path.strip_prefix(&folder) else { continue };
            let bytes = below.as_os_str().as_encoded_bytes();
            let below = if bytes.is_empty() { Some(RelPath::root()) } else { RelPath::from_bytes(bytes) };
            if let Some(below) = below {
                return Ok(Some((place, below)));
            }
        }
    }
    Ok(None)
}

/// What an arrival would be, by the jobs there are.
fn admission(records: &Records<'_>, told: &Explained) -> Result<Option<Admission>, LedgerError> {
    let Some(Ok(Trail { arrival: Some(arrival), .. })) = &told.trail else { return Ok(None) };
    let order = told.order.as_ref().and_then(|order| order.as_ref().ok());
    records.admission((&arrival.clip, &arrival.stamp), order, |job| job.work.is_file()).map(Some)
}

/// The jobs that a file belongs to.
fn jobs(config: &Config, ledger: &Overview, told: &Explained) -> Result<Vec<About>, LedgerError> {
    let stamp = stamp_of(config, told);
    let mut found = Found::default();
    let of = stamp.map(|stamp| ledger.job_of_file(&stamp)).transpose()?.flatten();
    let of = of.filter(|job| stamp.is_some_and(|stamp| job.clip.stamp.same_contents(&stamp)));
    match told.place {
        Place::Elsewhere => return Ok(Vec::new()),
        Place::Inbox => {
            found.add(Role::Clip, of);
            found.add(Role::Clip, Records::new(config, ledger)?.job_at(&told.below)?);
        }
        Place::Archive | Place::Failed => {
            let put = ledger.job_put_at(&told.path)?;
            found.add(Role::Clip, put.map(|id| ledger.job(id)).transpose()?.flatten());
            found.add(Role::Clip, of);
        }
        Place::Outbox => {}
    }
    let bytes = if found.0.is_empty() { Bytes::of(config, told) } else { None };
    for job in ledger.jobs(None)? {
        if let Some(role) = role(told, stamp.as_ref(), bytes.as_ref(), &job) {
            found.add(role, Some(job));
        }
    }
    let about = |(role, job): (Role, Job)| Ok(About { role, events: ledger.events(job.id)?, job });
    found.0.into_iter().map(about).collect()
}

/// Jobs that were found, each once, with what the file is to it.
#[derive(Default)]
struct Found(Vec<(Role, Job)>);

impl Found {
    fn add(&mut self, role: Role, job: Option<Job>) {
        let is_new = |job: &Job| self.0.iter().all(|(_, known)| known.id != job.id);
        if let Some(job) = job.filter(|job| self.0.len() < MOST_JOBS && is_new(job)) {
            self.0.push((role, job));
        }
    }
}

/// What a file is to a job that is not known by its place alone.
fn role(told: &Explained, stamp: Option<&Stamp>, bytes: Option<&Bytes>, job: &Job) -> Option<Role> {
    let text = job.order.from.text();
    let by_name = match told.place {
        Place::Inbox => text.filter(|text| text.path == told.below).map(|_| Role::Text),
        Place::Outbox if job.delivered.as_ref() == Some(&told.below) => {
            Some(if job.work == Work::Ask { Role::Report } else { Role::Film })
        }
        Place::Outbox if worker::report_of(job).as_ref() == Some(&told.below) => Some(Role::Report),
        Place::Outbox if worker::waiting_notes_of(job).contains(&told.below) => Some(Role::Note),
        Place::Failed if worker::error_note_of(job).as_ref() == Some(&told.below) => Some(Role::Note),
        Place::Archive | Place::Failed => {
            let is_it = |text: &&crate::job::TextRef| stamp.is_some_and(|s| text.stamp.same_contents(s));
            text.filter(is_it).map(|_| Role::Text)
        }
        Place::Outbox | Place::Elsewhere => None,
    };
    by_name.or_else(|| {
        let bytes = bytes?;
        let film = job.film.as_ref().filter(|film| film.len == bytes.len);
        if film.is_some_and(|film| bytes.hash() == Some(film.hash)) {
            return Some(Role::SameFilm);
        }
        let same = job.clip.stamp.size == bytes.len && job.content.is_some() && job.content == bytes.hash();
        same.then_some(Role::SameBytes)
    })
}

/// A clip's bytes, read only where a job has as many.
struct Bytes {
    dir: Dir,
    path: RelPath,
    len: u64,
    hash: std::cell::OnceCell<Option<ContentHash>>,
}

impl Bytes {
    fn of(config: &Config, told: &Explained) -> Option<Self> {
        let Some(Ok(Trail { entry: Some(entry), kind: Kind::Clip(_), .. })) = &told.trail else {
            return None;
        };
        let dir = Dir::open(&config.folders.inbox).ok()?;
        Some(Self { dir, path: told.below.clone(), len: entry.stamp.size, hash: std::cell::OnceCell::new() })
    }

    fn hash(&self) -> Option<ContentHash> {
        let read = || {
            let opened = self.dir.open_file(&self.path).ok()?;
            let mut hash = blake3::Hasher::new();
            hash.update_reader(opened.file).ok()?;
            Some(ContentHash::new(*hash.finalize().as_bytes()))
        };
        *self.hash.get_or_init(read)
    }
}

/// What the file is now, seen without following a link.
fn stamp_of(config: &Config, told: &Explained) -> Option<Stamp> {
    let folders = &config.folders;
    let folder = match told.place {
        Place::Inbox => &folders.inbox,
        Place::Outbox => &folders.outbox,
        Place::Archive => &folders.archive,
        Place::Failed => &folders.failed,
        Place::Elsewhere => return None,
    };
    Some(Dir::open(folder).ok()?.stat(&told.below).ok()??.stamp)
}
