//! `[folders]`: where clips are dropped, collected, kept and put aside.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use super::amounts::Bytes;
use super::section::Section;
use super::typed::{Wrong, choice};

choice! {
    /// What becomes of a clip whose film is delivered.
    pub AfterSuccess {
        /// It goes to the archive.
        Archive = "archive",
        /// It stays in the inbox.
        Leave = "leave",
        /// It is deleted.
        Delete = "delete",
    }
}

/// The folders, and what happens in them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Folders {
    /// What the others lie in, unless set.
    pub root: PathBuf,
    /// Where people drop.
    pub inbox: PathBuf,
    /// Where people collect.
    pub outbox: PathBuf,
    /// Where finished clips go.
    pub archive: PathBuf,
    /// Where failed clips go.
    pub failed: PathBuf,
    /// What becomes of a clip whose film is delivered.
    pub after_success: AfterSuccess,
    /// How long the archive keeps a clip; `None`: for ever.
    pub keep_archive: Option<Duration>,
    /// Bytes that must be free in the outbox, besides twice the clip's size, before anything is paid.
    pub min_free: u64,
    /// Clips in an unmarked root beyond which nothing is taken unasked.
    pub first_run_limit: u32,
    /// Whether the root gets an `index.html`.
    pub share_page: bool,
}

impl Folders {
    pub(super) fn read(s: &mut Section<'_, '_>) -> Self {
        let root = s.get("root", PathBuf::from("clips"));
        let folders = Self {
            inbox: s.get("inbox", root.join("inbox")),
            outbox: s.get("outbox", root.join("outbox")),
            archive: s.get("archive", root.join("archive")),
            failed: s.get("failed", root.join("failed")),
            root,
            after_success: s.get("after_success", AfterSuccess::Archive),
            keep_archive: Some(s.get("keep_archive", Duration::ZERO)).filter(|t| !t.is_zero()),
            min_free: s.get("min_free", Bytes::mib(200)).0,
            first_run_limit: s.get("first_run_limit", 25),
            share_page: s.get("share_page", true),
        };
        folders.keep_apart(s);
        folders
    }

    /// The four folders with their keys.
    pub fn named(&self) -> [(&'static str, &Path); 4] {
        [
            ("inbox", &self.inbox),
            ("outbox", &self.outbox),
            ("archive", &self.archive),
            ("failed", &self.failed),
        ]
    }

    /// No two are one, or one inside another, as far as their paths tell.
    fn keep_apart(&self, s: &mut Section<'_, '_>) {
        let named = self.named();
        for (n, (key, path)) in named.iter().enumerate() {
            for (earlier, other) in &named[..n] {
                let (a, b) = (plain(path), plain(other));
                let how = match (a.starts_with(&b), b.starts_with(&a)) {
                    (true, true) => "is the same folder as",
                    (true, false) => "lies inside",
                    (false, true) => "holds",
                    (false, false) => continue,
                };
                let at = [key, earlier, &"root"].into_iter().find(|k| s.is_typed(k)).unwrap_or(key);
                let (path, other) = (path.display(), other.display());
                let message = format!("`{key}` ({path}) {how} `{earlier}` ({other})");
                s.wrong(at, Wrong::with_help(message, "each needs a folder of its own"));
            }
        }
    }
}

/// The path without `.`, and without `..` as far as the path itself tells what that means.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match (part, out.components().next_back()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                out.pop();
            }
            _ => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Env, parse};

    fn problems(folders: &str) -> Vec<String> {
        let text = format!("[folders]\n{folders}");
        let env = Env::from_pairs([("HOME", "/h")]);
        let found = parse(&text, Path::new("c.toml"), &env).err().unwrap_or_default();
        found.0.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_lies_below_the_root_unless_set() {
        let text = "[folders]\nroot = \"~/v\"\noutbox = \"/out\"\n";
        let f = parse(text, Path::new("c"), &Env::from_pairs([("HOME", "/h")])).unwrap().config.folders;
        assert_eq!(
            f.named().map(|(_, p)| p.to_str().unwrap()),
            ["/h/v/inbox", "/out", "/h/v/archive", "/h/v/failed"]
        );
    }

    #[test]
    fn folders_stay_apart() {
        for (typed, want) in [
            ("inbox = '/a'\noutbox = '/a'", Some("`outbox` (/a) is the same folder as `inbox` (/a)")),
            (
                "inbox = '/a'\noutbox = '/b/../a/./x/'",
                Some("`outbox` (/b/../a/./x/) lies inside `inbox` (/a)"),
            ),
            ("inbox = '/a/in'\nfailed = '/../a'", Some("`failed` (/../a) holds `inbox` (/a/in)")),
            ("inbox = './clips'", Some("`outbox` (clips/outbox) lies inside `inbox` (./clips)")),
            (
                "outbox = '~/o'\narchive = '/h/o'",
                Some("`archive` (/h/o) is the same folder as `outbox` (/h/o)"),
            ),
            ("inbox = '/a'\noutbox = '/ab'", None),
            ("inbox = '../a'\noutbox = '../../a'", None),
        ] {
            let found = problems(typed);
            match want {
                Some(want) => assert!(found[0].contains(want), "{typed}: {found:?}"),
                None => assert!(found.is_empty(), "{typed}: {found:?}"),
            }
        }
        assert!(problems("inbox = 'clips'")[0].starts_with("c.toml:2:9: "));
    }
}
