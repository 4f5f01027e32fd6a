//! Whose folders they are: marked as this ledger's before anything is taken, and never silently taken over.

use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::config::{AfterSuccess, Config, Folders as Places};
use crate::inbox::survey;
use crate::job::{Code, Failure, JobEvent, Past, RelPath};
use crate::ledger::{Ledger, LedgerError, Root, RootState};
use crate::mount::{Dir, Keeper, Known, Mark, Relation, Verdict, relation, verdict};
use crate::worker::Folders;
use crate::worker::clock::wall;

const FOREIGN: &str = "another ledger's mark is on it";
const BEHIND: &str = "its mark tells of messages that this ledger does not know: the ledger is an old copy";

/// Whether the folders may be worked in.
pub(super) enum Whose {
    /// They are ours.
    Ours(Folders),
    /// Nothing is taken, and nothing is paid, until that changes.
    Held(Failure),
}

/// What a person has said about folders that are not taken unasked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Adopt {
    /// Nothing.
    Nothing,
    /// By `take-all.txt`: the many clips of a folder that nobody has worked in yet.
    New,
    /// By `--adopt`: whatever it is.
    All,
}

/// Why it could not be found out.
#[derive(Debug, thiserror::Error)]
pub enum OwnershipError {
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A folder can't be made or marked.
    #[error("{path}: {source}")]
    Folder {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Two folders are one, or one lies inside the other.
    #[error("the folders `{first}` and `{second}` {how}: give each a place of its own")]
    Nested {
        /// One.
        first: &'static str,
        /// The other.
        second: &'static str,
        /// How they lie to each other.
        how: &'static str,
    },
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> OwnershipError {
    move |source| OwnershipError::Folder { path: path.display().to_string(), source }
}

/// Looks whose the folders are, and marks them where they are nobody's. `adopt` is a person's word to take them over.
///
/// # Errors
/// See [`OwnershipError`].
pub(super) async fn look(config: &Config, ledger: &Ledger, adopt: Adopt) -> Result<Whose, OwnershipError> {
    let keeper =
        Keeper { ledger: Uuid::try_parse(ledger.id()).unwrap_or_default(), count: ledger.intents().await? };
    let (mut marked, mut unmarked) = (Vec::new(), Vec::new());
    for place in marked_places(&config.folders, ledger).await? {
        match claim(config, ledger, keeper, &place, adopt).await {
            Ok(Ok(mark)) => marked.push((place, mark)),
            Ok(Err(failure)) => return Ok(Whose::Held(failure)),
            // It is known by its device and inode as long as this process runs.
            Err(error) if may_stay_unmarked(config, &place, &error) => {
                let shown = place.display();
                tracing::info!("{shown} can't be written, and carries no mark: {error}");
                let identity = Dir::open(&place).and_then(|dir| dir.identity()).map_err(at(&place))?;
                unmarked.push((place, identity));
            }
            Err(error) => return Err(error),
        }
    }
    for (_, folder) in config.folders.named() {
        Dir::make(folder).map_err(at(folder))?;
    }
    keep_apart(&config.folders)?;
    let root = ledger.root_by_path(config.folders.root.clone()).await?.map_or(0, |root| root.id);
    Ok(Whose::Ours(Folders::new(config.folders.clone(), root, marked, unmarked)))
}

/// An inbox that is only read works where clips are left in it: nothing is ever written there, so nobody else's work is in
/// danger. A share of its own below the root is covered by the root's mark; that it can't be written, or is full, is found
/// again, and told of, before anything is paid.
fn may_stay_unmarked(config: &Config, place: &Path, error: &OwnershipError) -> bool {
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    let OwnershipError::Folder { source, .. } = error else { return false };
    let read_only = matches!(source.kind(), ReadOnlyFilesystem | PermissionDenied);
    let below_root = place.starts_with(&config.folders.root);
    if place == config.folders.inbox && !below_root {
        return read_only && config.folders.after_success == AfterSuccess::Leave;
    }
    let full = matches!(source.kind(), StorageFull | QuotaExceeded);
    (read_only || full) && below_root && place != config.folders.root
}

/// The root, and each folder that lies outside it.
pub(super) fn places_apart(folders: &Places) -> Vec<PathBuf> {
    let outside =
        folders.named().into_iter().map(|(_, path)| path).filter(|path| !path.starts_with(&folders.root));
    std::iter::once(folders.root.clone()).chain(outside.map(Path::to_owned)).collect()
}

/// The root, each folder that lies outside it, and each that is a share of its own: one that was mounted, by the ledger's
/// word, must not be taken for its bare mount point.
async fn marked_places(folders: &Places, ledger: &Ledger) -> Result<Vec<PathBuf>, OwnershipError> {
    let root = mount_of(&folders.root);
    let mut places = vec![folders.root.clone()];
    for (_, path) in folders.named() {
        let has_own = |mount: u64| root.is_some_and(|root| root != mount);
        let apart = !path.starts_with(&folders.root) || mount_of(path).is_some_and(has_own);
        if apart || (*path != folders.root && ledger.root_by_path(path.to_owned()).await?.is_some()) {
            places.push(path.to_owned());
        }
    }
    Ok(places)
}

fn mount_of(path: &Path) -> Option<u64> {
    Some(Dir::open(path).ok()?.stat(&RelPath::root()).ok()??.mount)
}

async fn claim(
    config: &Config,
    ledger: &Ledger,
    keeper: Keeper,
    place: &Path,
    adopt: Adopt,
) -> Result<Result<Mark, Failure>, OwnershipError> {
    let root = ledger.root_by_path(place.to_owned()).await?;
    let dir = match Dir::open(place) {
        Ok(dir) => dir,
        Err(error) if root.is_none() && error.kind() == io::ErrorKind::NotFound => {
            Dir::make(place).map_err(at(place))?
        }
        Err(error) => return Ok(Err(away(place, &error.to_string()))),
    };
    let mark = match Mark::read(&dir) {
        Ok(mark) => mark,
        Err(error) => return Ok(Err(not_ours(place, &error.to_string()))),
    };
    let root = match (&root, &mark) {
        // The same share, mounted elsewhere.
        (None, Some(mark)) => ledger.root_by_mark(mark.id.to_string()).await?,
        _ => root,
    };
    let known = known(root.as_ref());
    let judged = verdict(mark.as_ref(), known, keeper);
    if let Some(held) = held(config, &dir, place, judged, adopt).map_err(at(place))? {
        return Ok(Err(held));
    }
    if let (Verdict::LedgerBehind | Verdict::Foreign, Some(root)) = (judged, &root) {
        doubt(ledger, root.id).await?;
    }
    Ok(Ok(write(ledger, keeper, &dir, mark, (known, judged)).await?))
}

/// Others have worked here since, or this very ledger has and does not remember: what its jobs have still to send may have
/// been sent. Recorded before the mark is written anew, so that a stop between the two leaves the folders held.
async fn doubt(ledger: &Ledger, root: i64) -> Result<(), LedgerError> {
    for job in ledger.open_jobs().await? {
        if job.clip.root != root || job.past == Past::Doubtful || job.closing() {
            continue;
        }
        ledger.append(job.id, vec![JobEvent::TakenOver], wall()).await?;
        let clip = job.dropped();
        tracing::warn!(job = %job.id, "{clip}: what is still to be sent may have been sent already, so it is asked about first");
    }
    Ok(())
}

/// What the ledger knows of a root, as the verdict takes it.
pub(super) fn known(root: Option<&Root>) -> Known {
    let id = |root: &Root| Uuid::try_parse(&root.mark).unwrap_or_default();
    match root {
        None => Known::No,
        Some(root) if root.state == RootState::Marking => Known::Marking(id(root)),
        Some(root) => Known::Yes(id(root)),
    }
}

/// Why a place is not worked in, unless a person said that it is to be.
fn held(
    config: &Config,
    dir: &Dir,
    place: &Path,
    judged: Verdict,
    adopt: Adopt,
) -> io::Result<Option<Failure>> {
    let said = match adopt {
        Adopt::All => true,
        Adopt::New => judged == Verdict::New,
        Adopt::Nothing => false,
    };
    if said {
        return Ok(None);
    }
    Ok(match judged {
        Verdict::New | Verdict::Marking if dir.is_bare_mount_point()? => {
            Some(away(place, "nothing is mounted there"))
        }
        Verdict::Ours | Verdict::Marking => None,
        Verdict::New => too_many(config)?,
        Verdict::Away => Some(away(place, "its mark is not there")),
        Verdict::Foreign => Some(not_ours(place, FOREIGN)),
        Verdict::LedgerBehind => Some(not_ours(place, BEHIND)),
    })
}

/// More clips than a first run takes unasked.
fn too_many(config: &Config) -> io::Result<Option<Failure>> {
    let found = match survey(&config.folders.inbox, &config.watch) {
        Ok(survey) => {
            survey.arrivals.len()
                + survey.withheld.iter().filter(|w| w.what == crate::inbox::What::Clip).count()
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    let limit = config.folders.first_run_limit as usize;
    Ok((found > limit).then(|| {
        Failure::new(
            Code::FirstRun,
            format!("{found} clips lie in a folder that dakbox has never worked in"),
            "Rename the note to `take-all.txt`, or run `dakbox run --adopt`, to have all of them worked.",
        )
        .about(found.to_string())
    }))
}

/// The mark as it has to be, written where it isn't yet: the ledger first, then the mark, then the ledger.
async fn write(
    ledger: &Ledger,
    keeper: Keeper,
    dir: &Dir,
    mark: Option<Mark>,
    (known, judged): (Known, Verdict),
) -> Result<Mark, OwnershipError> {
    let place = dir.path().to_owned();
    let id = match (known, &mark) {
        (Known::Marking(id) | Known::Yes(id), None) => id,
        (_, Some(mark)) => mark.id,
        (Known::No, None) => Uuid::new_v4(),
    };
    let ours = Mark { id, ledger: keeper.ledger, count: keeper.count };
    let note = |state| ledger.note_root(place.clone(), id.to_string(), state);
    match judged {
        Verdict::Ours => {}
        Verdict::New | Verdict::Marking | Verdict::Away => {
            // Where nothing can be written, nothing is noted as about to be.
            dir.prove_changeable(&RelPath::root()).map_err(at(&place))?;
            note(RootState::Marking).await?;
            ours.write_new(dir).map_err(at(&place))?;
        }
        Verdict::Foreign | Verdict::LedgerBehind => {
            note(RootState::Marking).await?;
            ours.replace(dir).map_err(at(&place))?;
        }
    }
    note(RootState::Known).await?;
    Ok(ours)
}

/// No two folders are one, however they are reached.
fn keep_apart(folders: &Places) -> Result<(), OwnershipError> {
    let named = folders.named();
    for (i, (first, path)) in named.iter().enumerate() {
        for (second, other) in &named[i + 1..] {
            let (one, two) = (Dir::open(path).map_err(at(path))?, Dir::open(other).map_err(at(other))?);
            let how = match relation(&one, &two).map_err(at(path))? {
                Relation::Apart => continue,
                Relation::Same => "are one folder",
                _ => "lie one inside the other",
            };
            return Err(OwnershipError::Nested { first, second, how });
        }
    }
    Ok(())
}

fn away(place: &Path, why: &str) -> Failure {
    Failure::new(
        Code::ShareAway,
        format!("{}: {why}", place.display()),
        "Mount the share; it goes on by itself. If this folder is a new one, run `dakbox run --adopt` once.",
    )
}

/// The folders do not answer at all.
pub(super) fn hangs(config: &Config) -> Failure {
    away(&config.folders.root, "its share does not answer")
}

/// All that a ledger whose folders they are not says of them.
pub(super) fn said_by_others(folders: &Places) -> Vec<Failure> {
    let both = |place: &PathBuf| [FOREIGN, BEHIND].map(|why| not_ours(place, why));
    places_apart(folders).iter().flat_map(both).collect()
}

fn not_ours(place: &Path, why: &str) -> Failure {
    Failure::new(
        Code::NotOurs,
        format!("{}: {why}", place.display()),
        "If no other dakbox works this folder, run `dakbox run --adopt` once.",
    )
}
