//! The environment, as far as dakbox reads it: a snapshot under the caller's control.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;

/// All that is read of a process environment, besides the `$VAR`s that paths in the file name.
const NAMES: &[&str] = &[
    "NEMO_API_URL",
    "NEMO_WEB_URL",
    "NEMO_TOKEN",
    "NEMO_CLIENT_ID",
    "SKILL_SOURCE",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "STATE_DIRECTORY",
    "CREDENTIALS_DIRECTORY",
    "HOME",
    "RUST_LOG",
    "NO_COLOR",
    "TERM",
    "COLUMNS",
];

/// Environment variables by name. One that is set but empty counts as unset, as the XDG rules want it.
#[derive(Clone, Default)]
pub struct Env {
    vars: BTreeMap<String, OsString>,
    process: bool,
}

impl Env {
    /// The process's own environment, as it is now.
    pub fn from_process() -> Self {
        let vars = NAMES.iter().filter_map(|n| std::env::var_os(n).map(|v| ((*n).to_owned(), v))).collect();
        Self { vars, process: true }
    }

    /// An environment of these variables and no other.
    pub fn from_pairs<K: Into<String>, V: Into<OsString>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let vars = pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect();
        Self { vars, process: false }
    }

    /// The variable's value; `None` where it is unset or empty.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.vars.get(name).map(OsString::as_os_str).filter(|v| !v.is_empty())
    }

    /// Whether a terminal that can do nothing but lines says so.
    pub fn is_dumb(&self) -> bool {
        self.get("TERM").is_some_and(|term| term == "dumb")
    }

    /// Whether the variable is there without a value.
    pub(super) fn is_empty(&self, name: &str) -> bool {
        self.vars.get(name).is_some_and(|v| v.is_empty())
    }

    /// The value of a `$VAR` that a path names: any variable of the process.
    pub(super) fn in_path(&self, name: &str) -> Option<OsString> {
        let known = self.get(name).map(OsStr::to_owned);
        known.or_else(|| std::env::var_os(name).filter(|v| self.process && !v.is_empty()))
    }
}

/// Names alone: a token is among the values.
impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.vars.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_counts_as_unset() {
        let env = Env::from_pairs([("HOME", ""), ("NO_COLOR", "1")]);
        assert_eq!(env.get("HOME"), None);
        assert!(env.is_empty("HOME") && !env.is_empty("NO_COLOR"));
        assert_eq!(env.get("NO_COLOR"), Some(OsStr::new("1")));
        assert_eq!(env.in_path("HOME"), None);
    }

    #[test]
    fn a_map_hides_the_process() {
        assert!(Env::from_process().in_path("PATH").is_some());
        assert_eq!(Env::from_process().get("PATH"), None, "no name of ours");
        assert_eq!(Env::from_pairs([("HOME", "/h")]).in_path("PATH"), None);
    }

    #[test]
    fn debug_shows_no_value() {
        let env = Env::from_pairs([("NEMO_TOKEN", "nmv_usr_canary")]);
        assert_eq!(format!("{env:?}"), "{\"NEMO_TOKEN\"}");
    }
}
