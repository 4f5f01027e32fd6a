//! `[attribution]`: what every call says about where it comes from.

use std::path::Path;

use super::section::Section;
use super::typed::Wrong;

/// The attribution headers; without them the service answers an export with 402.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attribution {
    /// `X-Skill-Source`.
    pub source: String,
    /// `X-Skill-Version`.
    pub version: String,
    /// `auto`, or what [`Self::platform`] is to say.
    pub platform: String,
}

impl Attribution {
    pub(super) fn read(s: &mut Section<'_, '_>) -> Self {
        let platform = s.checked("platform", "auto".to_owned(), |text| header(text));
        Self {
            source: s.checked("source", "generator-bangla".to_owned(), |text| header(text)),
            version: s.checked("version", "1.0.0".to_owned(), |text| header(text)),
            platform: s.or_env("platform", "SKILL_SOURCE", platform, |text| header(text)),
        }
    }

    /// `X-Skill-Platform`: as set, else by the path that dakbox is installed at.
    pub fn platform(&self, install: &Path) -> &str {
        let parts: Vec<_> = install.iter().collect();
        match self.platform.as_str() {
            "auto" if parts.iter().any(|p| *p == ".clawhub") => "clawhub",
            "auto" if parts.windows(2).any(|two| two[0] == ".cursor" && two[1] == "skills") => "cursor",
            "auto" => "unknown",
            set => set,
        }
    }
}

/// A value that a header can carry.
fn header(text: &str) -> Result<(), Wrong> {
    if !text.is_empty() && text.len() <= 200 && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Wrong::new("expected one word of visible ASCII"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Env, parse};

    fn platform(toml: &str, env: &[(&str, &str)], install: &str) -> String {
        let env = Env::from_pairs([("HOME", "/h")].iter().chain(env).copied());
        let loaded = parse(toml, Path::new("c.toml"), &env).unwrap();
        loaded.config.attribution.platform(Path::new(install)).to_owned()
    }

    #[test]
    fn platforms() {
        let set = "[attribution]\nplatform = \"desk\"";
        for (toml, env, install, want) in [
            ("", &[][..], "/usr/bin/dakbox", "unknown"),
            ("", &[], "/home/r/.clawhub/skills/dakbox", "clawhub"),
            ("", &[], "/home/r/.cursor/skills/dakbox", "cursor"),
            ("", &[], "/home/r/.cursor/x/skills/dakbox", "unknown"),
            ("", &[], "/home/r/.clawhub2/dakbox", "unknown"),
            (set, &[], "/home/r/.clawhub/dakbox", "desk"),
            (set, &[("SKILL_SOURCE", "shop")], "/", "shop"),
            ("", &[("SKILL_SOURCE", "auto")], "/.clawhub", "clawhub"),
        ] {
            assert_eq!(platform(toml, env, install), want, "{toml} {env:?} {install}");
        }
    }

    #[test]
    fn no_header_is_split() {
        let env = Env::from_pairs([("HOME", "/h"), ("SKILL_SOURCE", "a\r\nX: y")]);
        let problems = parse("[attribution]\nsource = \"\"", Path::new("c.toml"), &env).unwrap_err();
        assert_eq!(problems.0.len(), 2);
        assert!(problems.to_string().contains("SKILL_SOURCE"), "{problems}");
    }
}
