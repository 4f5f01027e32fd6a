//! `[ledger]`: where it is written down what was done and paid.

use std::path::{Path, PathBuf};

use toml::de::DeValue;

use super::env::Env;
use super::path;
use super::section::Section;
use super::typed::{Typed, Wrong, quoted};

/// The ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ledger {
    /// The SQLite file.
    pub file: PathBuf,
}

impl Ledger {
    /// `state` is the state folder, where the ledger lies unless set elsewhere.
    pub(super) fn read(s: &mut Section<'_, '_>, state: &Path) -> Self {
        let usual = state.join("ledger.db");
        match s.get("url", LedgerUrl::Sqlite(usual.clone())) {
            LedgerUrl::Sqlite(file) => Self { file },
            // Refused where it was read: not in this version.
            LedgerUrl::Postgres => Self { file: usual },
        }
    }
}

/// Where a ledger can be.
#[derive(Clone, PartialEq, Eq, Debug)]
enum LedgerUrl {
    Sqlite(PathBuf),
    /// Without its address, which holds a password.
    Postgres,
}

impl Typed for LedgerUrl {
    fn read(value: &DeValue<'_>, env: &Env) -> Result<Self, Wrong> {
        let typed = String::read(value, env)?;
        if typed.starts_with("postgres://") || typed.starts_with("postgresql://") {
            return Ok(Self::Postgres);
        }
        let Some(rest) = typed.strip_prefix("sqlite:") else {
            let help = "such as \"sqlite:///var/lib/dakbox/ledger.db\"";
            return Err(Wrong::with_help("a ledger's address begins with `sqlite:`", help));
        };
        let file = rest.strip_prefix("//").unwrap_or(rest);
        // To SQLite these are no files, or files with options: a ledger in memory forgets what was paid.
        if file.starts_with(':') || file.starts_with("file:") || file.contains('?') {
            return Err(Wrong::new("a ledger is a plain file, without options"));
        }
        path::expand(file, env).map(Self::Sqlite).map_err(Wrong::new)
    }

    fn shown(&self) -> String {
        match self {
            Self::Sqlite(file) => quoted(&format!("sqlite://{}", file.display())),
            Self::Postgres => quoted("postgres://…"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    #[test]
    fn where_the_ledger_is() {
        let env = Env::from_pairs([("HOME", "/h")]);
        for (url, want) in [
            ("sqlite:///v/l.db", Ok("/v/l.db")),
            ("sqlite:/v/l.db", Ok("/v/l.db")),
            ("sqlite://~/l.db", Ok("/h/l.db")),
            ("sqlite:$HOME/l.db", Ok("/h/l.db")),
            ("sqlite::memory:", Err("plain file")),
            ("sqlite://", Err("not empty")),
            ("sqlite:///l.db?mode=memory", Err("plain file")),
            ("/v/l.db", Err("begins with `sqlite:`")),
            ("postgres://me:canary@db/x", Err("not in this version")),
        ] {
            match parse(&format!("[ledger]\nurl = \"{url}\""), Path::new("c"), &env) {
                Ok(loaded) => assert_eq!(loaded.config.ledger.file.to_str(), want.ok(), "{url}"),
                Err(problems) => {
                    assert!(problems.to_string().contains(want.unwrap_err()), "{url}: {problems}");
                    assert!(!problems.to_string().contains("canary"), "{problems}");
                }
            }
        }
        let usual = parse("[state]\ndir = '/s'", Path::new("c"), &env).unwrap();
        assert_eq!(usual.config.ledger.file, Path::new("/s/ledger.db"));
    }
}
