//! Lines of films: which delivered film a name means, and what was made of it since.

use rusqlite::{Connection, params};

use super::{LedgerError, Overview, query, record};
use crate::job::{Job, JobId, Moment, RelPath, Work, folded};

/// The key that a delivered film, or its clip, is found by: its folder as it is, and its stem folded.
fn key(folder: &RelPath, stem: &[u8]) -> Vec<u8> {
    [folder.as_bytes(), b"/", &folded(stem)].concat()
}

/// What a job's row says of lines: the keys of film and clip, the first job of the line, the job it is the same as.
pub(super) type Columns = (Option<Vec<u8>>, Option<Vec<u8>>, Option<i64>, Option<i64>);

pub(super) fn columns(job: &Job) -> Columns {
    let of = |path: &RelPath| key(&path.parent(), path.stem());
    let own = || key(&job.home(), job.stem());
    let film = job.delivered.as_ref().filter(|_| job.work != Work::Ask);
    let clip = film.filter(|_| !job.work.is_text()).map(|_| own());
    (film.map(of), clip, job.work.base().map(|base| base.root.0), job.same_as.map(|id| id.0))
}

/// The delivered job that was finished last among those whose film, or else whose clip, has that stem in that folder.
pub(super) fn delivered(db: &Connection, folder: &RelPath, stem: &[u8]) -> Result<Option<Job>, LedgerError> {
    let key = key(folder, stem);
    let by = |column: &str| {
        format!(
            "SELECT body FROM job WHERE {column} = ?1 AND state = 'delivered' AND ended = 1 ORDER BY changed DESC, id DESC LIMIT 1"
        )
    };
    match query::one(db, &by("film_key"), params![key])? {
        Some(job) => Ok(Some(job)),
        None => query::one(db, &by("clip_key"), params![key]),
    }
}

/// A film with all that was made of it since.
#[derive(Clone, Debug)]
pub struct FilmLine {
    /// The first job of the line.
    pub root: Job,
    /// Later versions, oldest first, whatever became of them.
    pub versions: Vec<Job>,
    /// The film that was meant.
    pub film: Option<RelPath>,
}

/// The film of that name in that folder, with all that was made of it since. A film that was delivered once more is of the
/// same project, and so of the same line.
pub(super) fn film_line(
    db: &Connection,
    folder: &RelPath,
    stem: &[u8],
) -> Result<Option<FilmLine>, LedgerError> {
    let Some(job) = delivered(db, folder, stem)? else { return Ok(None) };
    let film = job.work.base().map(|base| &base.film).or(job.delivered.as_ref()).cloned();
    let root = match job.work.base().map(|base| base.root).or(job.same_as) {
        Some(root) => query::job(db, root)?,
        None => Some(job),
    };
    let Some(root) = root else { return Ok(None) };
    let versions = versions(db, root.id)?;
    Ok(Some(FilmLine { root, versions, film }))
}

impl Overview {
    /// The film of that name in that folder, with all that was made of it since.
    pub fn film_line(&self, folder: &RelPath, stem: &[u8]) -> Result<Option<FilmLine>, LedgerError> {
        film_line(&self.db, folder, stem)
    }
}

/// All later versions of the film that job `root` has made, oldest first, whatever became of them.
pub(super) fn versions(db: &Connection, root: JobId) -> Result<Vec<Job>, LedgerError> {
    query::many(db, "SELECT body FROM job WHERE line = ?1 ORDER BY id", [root.0])
}

/// The folder that a job is of, as its row says it: that of a project as it is, that of a batch behind a NUL, which no
/// name has in it.
pub(super) fn unit(job: &Job) -> Option<Vec<u8>> {
    let project = job.work.project().map(|project| project.folder.as_bytes().to_vec());
    project.or_else(|| job.batch.as_ref().map(|batch| of_batch(&batch.folder)))
}

fn of_batch(folder: &RelPath) -> Vec<u8> {
    [b"\0", folder.as_bytes()].concat()
}

/// All jobs of batches of that folder, oldest first.
pub(super) fn batch_of(db: &Connection, root: i64, folder: &RelPath) -> Result<Vec<Job>, LedgerError> {
    let sql = "SELECT body FROM job WHERE unit = ?1 AND root = ?2 ORDER BY id";
    query::many(db, sql, params![of_batch(folder), root])
}

/// The newest job of a project of that folder.
pub(super) fn project_of(db: &Connection, root: i64, folder: &RelPath) -> Result<Option<Job>, LedgerError> {
    let sql = "SELECT body FROM job WHERE unit = ?1 AND root = ?2 ORDER BY id DESC LIMIT 1";
    query::one(db, sql, params![folder.as_bytes(), root])
}

/// How often, since that moment, the film of a job was delivered once more.
pub(super) fn same_since(db: &Connection, job: JobId, since: Moment) -> Result<u32, LedgerError> {
    let sql = "SELECT count(*) FROM job WHERE same_as = ?1 AND changed >= ?2 AND state <> 'cancelled'";
    Ok(db.query_row(sql, params![job.0, since.0], |row| row.get(0))?)
}

/// Gives the rows of a time without these columns theirs.
pub(super) fn fill(db: &Connection) -> Result<(), LedgerError> {
    for job in query::many(db, "SELECT body FROM job WHERE state = 'delivered'", [])? {
        record::store_row(db, &job)?;
    }
    Ok(())
}
