//! What observers read: beside a running daemon, or when it is down.

use std::net::SocketAddr;
use std::path::Path;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::{LedgerError, Recorded, line, query, root, schema};
use crate::job::{Balance, Code, ContentHash, Failure, Job, JobEvent, JobId, Moment, RelPath, Stamp};

/// Under this name the daemon shows the account's credits.
pub(super) const CREDITS: &str = "credits";
/// Under this name the daemon shows why the folders are not worked in.
pub(super) const HELD: &str = "held";
/// Under this name the daemon shows how many sightings it has left out.
pub(super) const LEFT_OUT: &str = "sightings-left-out";

/// Under this name the daemon shows where its page is.
pub(super) const PAGE: &str = "page";
/// Under this name the daemon shows how the inbox is looked at.
pub(super) const INBOX: &str = "inbox";

/// How far the running step of a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The job.
    pub job: JobId,
    /// The step's name.
    pub step: String,
    /// Done so far: bytes, or percent of a render.
    pub done: u64,
    /// Of so many; 0 where that is not known.
    pub total: u64,
    /// When that was so.
    pub at: Moment,
}

/// A file in the inbox that is not a job (yet), and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Where it lies below the inbox.
    pub path: RelPath,
    /// Why; `None` where it merely has not settled.
    pub code: Option<Code>,
    /// In words.
    pub detail: String,
    /// Since when.
    pub at: Moment,
    /// What else the inbox knows of it.
    pub seen: Option<Seen>,
}

impl Sighting {
    /// The same, where it is a text that waits for other work on its film.
    #[must_use]
    pub fn awaiting_film(mut self, is_so: bool) -> Self {
        if let Some(seen) = self.seen.as_mut().filter(|_| is_so) {
            self.code = Some(Code::AwaitsFilm);
            Code::AwaitsFilm.as_str().clone_into(&mut seen.reason);
        }
        self
    }
}

/// What the inbox knows of a file that is no job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Why it is not taken: `settling`, `awaits-sidecar`, `folder-arriving`, `awaits-clip`, `awaits-film`, or `held` by its code.
    pub reason: String,
    /// Since when that is so.
    pub since: Moment,
    /// When it will be over, if nothing happens to it; `None`: waiting alone doesn't help.
    pub until: Option<Moment>,
    /// Whether there is a note about it by now.
    pub noted: bool,
    /// When the name was seen for the first time since the daemon's start, and whether by an event of the kernel rather
    /// than by a look at the folder; `None` where it is about a folder.
    pub first: Option<(Moment, bool)>,
    /// The file as it was seen last.
    pub stamp: Option<Stamp>,
}

/// How the inbox is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxShown {
    /// Why it isn't, where it isn't.
    pub away: Option<String>,
    /// The file system it lies on, and those that are mounted in it.
    pub mounts: Vec<MountShown>,
}

/// A file system of the inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountShown {
    /// Where it is mounted, below the inbox.
    pub path: RelPath,
    /// Its kind.
    pub fs: String,
    /// Whether the kernel's events tell of what comes; else it is polled.
    pub native: bool,
    /// Why not, where events were wanted.
    pub why: Option<String>,
    /// Files that no event told of.
    pub missed: u32,
}

/// A view of a ledger that never writes.
pub struct Overview {
    pub(super) db: Connection,
}

impl Overview {
    /// Opens the ledger at `path` to read.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        Ok(Self { db: schema::open_to_read(path).map_err(LedgerError::sharpened)? })
    }

    /// Whether there is anything to read: a daemon makes the file first, and its tables an instant later.
    pub fn is_begun(&self) -> Result<bool, LedgerError> {
        Ok(self.db.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))? > 0)
    }

    /// The jobs, newest first; of one state where that is given.
    pub fn jobs(&self, state: Option<&str>) -> Result<Vec<Job>, LedgerError> {
        match state {
            Some(state) => query::many(
                &self.db,
                "SELECT body FROM job WHERE state = ?1 ORDER BY id DESC",
                params![state],
            ),
            None => query::many(&self.db, "SELECT body FROM job ORDER BY id DESC", []),
        }
    }

    /// The jobs of one state that changed last, newest first.
    pub fn lately(&self, state: &str, most: u32) -> Result<Vec<Job>, LedgerError> {
        let sql = "SELECT body FROM job WHERE state = ?1 ORDER BY changed DESC, id DESC LIMIT ?2";
        query::many(&self.db, sql, params![state, most])
    }

    /// All that has not ended, oldest first.
    pub fn open_jobs(&self) -> Result<Vec<Job>, LedgerError> {
        query::open_jobs(&self.db)
    }

    /// One job.
    pub fn job(&self, id: JobId) -> Result<Option<Job>, LedgerError> {
        query::job(&self.db, id)
    }

    /// One job's events, oldest first.
    pub fn events(&self, id: JobId) -> Result<Vec<Recorded>, LedgerError> {
        query::events(&self.db, id)
    }

    /// All later versions of the film that job `root` has made, oldest first, whatever became of them.
    pub fn versions(&self, root: JobId) -> Result<Vec<Job>, LedgerError> {
        line::versions(&self.db, root)
    }

    /// How far running steps are.
    pub fn progress(&self) -> Result<Vec<Progress>, LedgerError> {
        let mut rows = self.db.prepare("SELECT job, step, done, total, at FROM progress ORDER BY job")?;
        let rows = rows.query_map([], |row| {
            Ok(Progress {
                job: JobId(row.get(0)?),
                step: row.get(1)?,
                done: row.get::<_, i64>(2)?.unsigned_abs(),
                total: row.get::<_, i64>(3)?.unsigned_abs(),
                at: Moment(row.get(4)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What lies in the inbox and is no job.
    pub fn sightings(&self) -> Result<Vec<Sighting>, LedgerError> {
        // A ledger that no daemon of this version has opened yet holds nothing more of them.
        let seen = if self.db.prepare("SELECT seen FROM sighting").is_ok() { "seen" } else { "NULL" };
        let sql = format!("SELECT path, code, detail, at, {seen} FROM sighting ORDER BY path");
        let mut rows = self.db.prepare(&sql)?;
        let rows = rows.query_map([], |row| {
            Ok(Sighting {
                path: RelPath::from_bytes(&row.get::<_, Vec<u8>>(0)?).unwrap_or_default(),
                code: Code::parse(&row.get::<_, String>(1)?),
                detail: row.get(2)?,
                at: Moment(row.get(3)?),
                seen: row.get::<_, Option<String>>(4)?.and_then(|seen| serde_json::from_str(&seen).ok()),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many files more lie there than are shown.
    pub fn sightings_left_out(&self) -> Result<u64, LedgerError> {
        Ok(self.shown(LEFT_OUT)?.unwrap_or_default())
    }

    /// The number of the root last seen at that path.
    pub fn root_at(&self, path: &Path) -> Result<Option<i64>, LedgerError> {
        Ok(root::by_path(&self.db, path)?.map(|root| root.id))
    }

    /// The newest job of a clip at that place.
    pub fn job_at(&self, root: i64, path: &RelPath) -> Result<Option<Job>, LedgerError> {
        query::job_at(&self.db, root, path)
    }

    /// The newest job of that very file, wherever it lies now.
    pub fn job_of_file(&self, stamp: &Stamp) -> Result<Option<Job>, LedgerError> {
        query::job_of_file(&self.db, stamp)
    }

    /// The job that made a film with these bytes.
    pub fn job_of_film(&self, film: &ContentHash) -> Result<Option<Job>, LedgerError> {
        query::job_of_film(&self.db, film)
    }

    /// The newest job whose clip was put away at that place.
    pub fn job_put_at(&self, place: &Path) -> Result<Option<JobId>, LedgerError> {
        let place = place.display().to_string();
        let sql = "SELECT job, body FROM event WHERE name = 'tidied' ORDER BY job DESC";
        let mut rows = self.db.prepare(sql)?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let event = serde_json::from_str(&row.get::<_, String>(1)?);
            if matches!(event, Ok(JobEvent::Tidied { clip_at: Some(at), .. }) if at == place) {
                return Ok(Some(JobId(row.get(0)?)));
            }
        }
        Ok(None)
    }

    /// The account's credits when they were last read.
    pub fn credits(&self) -> Result<Option<Balance>, LedgerError> {
        self.shown(CREDITS)
    }

    /// Why the folders are not worked in, where they are not.
    pub fn held(&self) -> Result<Option<Failure>, LedgerError> {
        self.shown(HELD)
    }

    /// How the inbox is looked at, or was when the daemon stopped.
    pub fn inbox(&self) -> Result<Option<InboxShown>, LedgerError> {
        self.shown(INBOX)
    }

    /// Where the page of the running daemon is.
    pub fn page(&self) -> Result<Option<SocketAddr>, LedgerError> {
        self.shown(PAGE)
    }

    fn shown<T: serde::de::DeserializeOwned>(&self, key: &str) -> Result<Option<T>, LedgerError> {
        let text = super::handle::read_meta(&self.db, key)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }
}
