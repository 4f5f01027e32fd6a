//! How a ledger is, for whoever asks after its health: read beside a running daemon, nothing written.

use std::path::Path;

use super::{LedgerError, Overview, Root, intent, root, schema};

/// How a ledger is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// Its id, as the marks of its roots carry it.
    pub id: String,
    /// Its count of intents.
    pub intents: u64,
    /// Its version.
    pub version: i64,
    /// The version that this dakbox works with; an older ledger is brought up to it at the next start.
    pub known: i64,
}

impl Overview {
    /// How this ledger is.
    ///
    /// # Errors
    /// Damage, told as such.
    pub fn condition(&self) -> Result<Condition, LedgerError> {
        let read = || {
            Ok(Condition {
                id: root::ledger_id(&self.db)?,
                intents: intent::count(&self.db)?,
                version: schema::version(&self.db)?,
                known: schema::known(),
            })
        };
        read().map_err(LedgerError::sharpened)
    }

    /// Whether its pages lie as SQLite put them. What was paid for has checksums of its own, which are read before the
    /// first message.
    ///
    /// # Errors
    /// Damage, told as such.
    pub fn check_pages(&self) -> Result<(), LedgerError> {
        let checked = self.db.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
        match checked.map_err(|error| LedgerError::from(error).sharpened())? {
            ok if ok == "ok" => Ok(()),
            what => Err(LedgerError::Damaged { what }),
        }
    }

    /// The root last seen at that path.
    pub fn root_by_path(&self, path: &Path) -> Result<Option<Root>, LedgerError> {
        root::by_path(&self.db, path).map_err(LedgerError::sharpened)
    }

    /// The root with that id in its mark.
    pub fn root_by_mark(&self, mark: &str) -> Result<Option<Root>, LedgerError> {
        root::by_mark(&self.db, mark).map_err(LedgerError::sharpened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Ledger;

    #[test]
    fn a_ledger_beside_its_daemon_and_one_that_is_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.db");
        let ledger = Ledger::open(&path).unwrap();
        let condition = Overview::open(&path).unwrap().condition().unwrap();
        assert_eq!((condition.id.as_str(), condition.intents), (ledger.id(), 0));
        assert_eq!(condition.version, condition.known);
        Overview::open(&path).unwrap().check_pages().unwrap();
        let damaged = dir.path().join("damaged.db");
        std::fs::write(&damaged, "no ledger ".repeat(999)).unwrap();
        let looked = Overview::open(&damaged).and_then(|view| view.condition());
        assert!(matches!(looked, Err(LedgerError::Damaged { .. })), "{looked:?}");
    }
}
