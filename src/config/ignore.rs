//! Names that are never taken: the built-in list, and what a person adds to it or takes from it.

use super::problem::Problem;

/// The built-in list. `*` is any run, `?` any one character, letter case is ignored.
pub const IGNORED: &[&str] = &[
    // Hidden, and what file managers, servers and editors leave.
    ".*",
    "._*",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "~$*",
    "@eaDir",
    "#recycle",
    ".nfs*",
    ".smbdelete*",
    ".stfolder",
    // Still on their way.
    "*.part",
    "*.partial",
    "*.filepart",
    "*.crdownload",
    "*.download",
    "*.tmp",
    "*.temp",
    ".*.??????",
    ".syncthing.*.tmp",
    "~syncthing~*.tmp",
    // Our own.
    ".dakbox*",
    "*.report.*",
    "*.error.txt",
    "*.waiting.txt",
    "index.html",
    "pause.txt",
];

/// The patterns in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IgnoreList(Vec<String>);

impl Default for IgnoreList {
    fn default() -> Self {
        Self(IGNORED.iter().map(|p| (*p).to_owned()).collect())
    }
}

impl IgnoreList {
    /// The built-in list with `extra` patterns; `!pattern` takes a built-in one out. A pattern that could match
    /// no name, and a `!pattern` that is not built in, are problems: they would silently do nothing.
    pub fn new(extra: &[String]) -> Result<Self, Problem> {
        let mut list = Self::default().0;
        for typed in extra {
            let wrong = |why| Problem::Pattern { pattern: typed.clone(), why };
            if let Some(gone) = typed.strip_prefix('!') {
                if !IGNORED.iter().any(|p| p.eq_ignore_ascii_case(gone)) {
                    return Err(wrong("takes away what is not on the built-in list"));
                }
                list.retain(|p| !p.eq_ignore_ascii_case(gone));
            } else if typed.is_empty() || typed.contains(['/', '\0']) {
                return Err(wrong("matches no name: it is about one name, without `/`"));
            } else if typed.bytes().all(|b| b == b'*') {
                return Err(wrong("would match every name"));
            } else {
                list.push(typed.clone());
            }
        }
        Ok(Self(list))
    }

    /// Whether a file or folder of this name is left alone. `name` is one name, any bytes.
    pub fn matches(&self, name: &[u8]) -> bool {
        self.matching(name).is_some()
    }

    /// The pattern for which it is left alone.
    pub fn matching(&self, name: &[u8]) -> Option<&str> {
        self.0.iter().find(|pattern| glob(pattern.as_bytes(), name)).map(String::as_str)
    }

    /// The patterns, for people.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// Whether `pattern` matches the whole name. Linear in memory and at most `pattern × name` in time.
pub(super) fn glob(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    // Where to go on when a later part doesn't fit: the last `*` takes one byte more.
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, n));
                p += 1;
            }
            Some(b'?') => {
                n += char_len(&name[n..]);
                p += 1;
            }
            Some(b) if b.eq_ignore_ascii_case(&name[n]) => {
                n += 1;
                p += 1;
            }
            _ => match retry {
                Some((after, taken)) => {
                    retry = Some((after, taken + 1));
                    (p, n) = (after, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

/// The bytes of the first character; a byte that begins none is one by itself.
fn char_len(bytes: &[u8]) -> usize {
    let first = bytes.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    first.map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_and_names() {
        for (pattern, name, want) in [
            ("*.tmp", "a.tmp", true),
            ("*.tmp", "A.TMP", true),
            ("*.tmp", "a.tmp.mp4", false),
            ("*.report.*", "talk.report.txt", true),
            ("*.report.*", "report.txt", false),
            ("a*b*c", "axxbxxbxc", true),
            ("a*b*c", "axxbxxbx", false),
            ("?", "ক", true),
            ("??", "ক", false),
            ("?", "", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a**", "a", true),
            (".*.??????", ".clip.mp4.Xy12Zq", true),
            (".*.??????", ".clip.mp4", false),
        ] {
            assert_eq!(glob(pattern.as_bytes(), name.as_bytes()), want, "{pattern} on {name}");
        }
        assert!(glob(b"a?c", b"a\xffc"), "a byte that is no text is one character");
    }

    #[test]
    fn a_bad_pattern_takes_no_exponential_time() {
        assert!(!glob(b"*a*a*a*a*a*a*a*a*a*a*b", &[b'a'; 255]));
    }

    #[test]
    fn the_built_in_list_knows_its_customers() {
        let list = IgnoreList::default();
        for name in [
            ".hidden.mp4",
            "._talk.mp4",
            ".DS_Store",
            "thumbs.db",
            "Desktop.ini",
            "~$talk.docx",
            "@eaDir",
            "#recycle",
            ".nfs000000000123",
            ".smbdeleteAAA1",
            ".stfolder",
            "talk.mp4.part",
            "talk.mp4.partial",
            "t.filepart",
            "Unconfirmed 1.crdownload",
            "talk.mp4.download",
            "x.tmp",
            "x.TEMP",
            ".talk.mp4.Ab12Cd",
            ".syncthing.talk.mp4.tmp",
            "~syncthing~talk.mp4.tmp",
            ".dakbox",
            "talk.report.txt",
            "talk (2).report.json",
            "talk.error.txt",
            "talk.waiting.txt",
            "index.html",
            "pause.txt",
        ] {
            assert!(list.matches(name.as_bytes()), "{name}");
        }
        for name in
            ["talk.mp4", "talk.txt", "আলাপ.mov", "part.mp4", "tmp", "a.template", "reports.txt", "talk~.mp4"]
        {
            assert!(!list.matches(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn added_to_and_taken_from() {
        let new =
            |extra: &[&str]| IgnoreList::new(&extra.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        let list = new(&["*.bak", "!*.TMP"]).unwrap();
        assert!(list.matches(b"a.BAK") && !list.matches(b"a.tmp"));
        assert!(list.matches(b".syncthing.a.tmp"), "another pattern still holds");
        assert_eq!(new(&[]).unwrap(), IgnoreList::default());
        for bad in ["!*.bak", "!", "", "a/b", "*", "**"] {
            assert!(new(&[bad]).is_err(), "{bad:?}");
        }
    }
}
