//! `[state]`: the folder of what must outlive a restart.

use std::path::{Path, PathBuf};

use super::problem::Problem;
use super::section::Section;

/// What must outlive a restart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    /// Client id, token and, unless set elsewhere, the ledger.
    pub dir: PathBuf,
}

impl State {
    pub(super) fn read(s: &mut Section<'_, '_>) -> Self {
        let typed = s.is_typed("dir");
        let default = default(s);
        if default.is_none() && !typed {
            let why = "and there is no $STATE_DIRECTORY, $XDG_STATE_HOME or $HOME";
            s.problem(Problem::Missing { setting: "[state] dir", why });
        }
        Self { dir: s.get("dir", default.unwrap_or_else(|| PathBuf::from("dakbox-state"))) }
    }
}

/// The folder that systemd made, else the user's own. Relative ones don't count, as the XDG rules want it.
fn default(s: &Section<'_, '_>) -> Option<PathBuf> {
    let absolute = |name| s.env().get(name).map(Path::new).filter(|p| p.is_absolute());
    if let Some(folders) = s.env().get("STATE_DIRECTORY") {
        // systemd lists several as it lists a PATH.
        if let Some(first) = std::env::split_paths(folders).find(|p| p.is_absolute()) {
            return Some(first);
        }
    }
    let user = absolute("XDG_STATE_HOME").map(Path::to_owned);
    let user = user.or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
    user.map(|folder| folder.join("dakbox"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Env, parse};

    #[test]
    fn where_the_state_is() {
        let file = "[state]\ndir = \"~/s\"\n";
        for (toml, env, want) in [
            ("", &[("HOME", "/h")][..], Some("/h/.local/state/dakbox")),
            ("", &[("HOME", "/h"), ("XDG_STATE_HOME", "/x")], Some("/x/dakbox")),
            ("", &[("HOME", "/h"), ("XDG_STATE_HOME", "x")], Some("/h/.local/state/dakbox")),
            ("", &[("HOME", "/h"), ("STATE_DIRECTORY", "/var/lib/a:/var/lib/b")], Some("/var/lib/a")),
            (file, &[("HOME", "/h"), ("STATE_DIRECTORY", "/var/lib/a")], Some("/h/s")),
            ("", &[], None),
            (file, &[], None),
        ] {
            let loaded = parse(toml, Path::new("c.toml"), &Env::from_pairs(env.iter().copied()));
            let got = loaded.as_ref().ok().map(|l| l.config.state.dir.to_str().unwrap());
            assert_eq!(got, want, "{toml} {env:?}");
            let problems = loaded.err().map_or(0, |p| p.0.len());
            assert_eq!(problems, usize::from(want.is_none()), "one problem and not two");
        }
    }
}
