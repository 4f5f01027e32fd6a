//! One line of what the doctor says.

use std::fmt;
use std::path::Path;

/// How something is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Health {
    /// As it should be.
    Ok,
    /// It works, and something should be known or changed.
    Warn,
    /// It does not work.
    Fail,
}

impl Health {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What was looked at, in a word that stays.
    pub check: &'static str,
    /// Which one of its kind.
    pub target: String,
    /// How it is.
    pub result: Health,
    /// What was seen.
    pub message: String,
    /// What to type or to change; for all that is not as it should be.
    pub mend: Option<String>,
}

impl Line {
    /// All is well.
    pub(super) fn ok(check: &'static str, target: impl fmt::Display, message: impl Into<String>) -> Self {
        let (target, message) = (target.to_string(), message.into());
        Self { check, target, result: Health::Ok, message, mend: None }
    }

    /// It works, but.
    pub(super) fn warn(
        check: &'static str,
        target: impl fmt::Display,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        let mend = Some(mend.into());
        Self { result: Health::Warn, mend, ..Self::ok(check, target, message) }
    }

    /// It does not work.
    pub(super) fn fail(
        check: &'static str,
        target: impl fmt::Display,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        let mend = Some(mend.into());
        Self { result: Health::Fail, mend, ..Self::ok(check, target, message) }
    }
}

/// A path as it can be typed into a shell.
pub(super) fn typed(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+' | '@');
    if !text.is_empty() && text.chars().all(plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Bytes, roughly.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{} KB", bytes >> 10),
        0x10_0000..0x4000_0000 => format!("{} MB", bytes >> 20),
        _ => format!("{} GB", bytes >> 30),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_what_is_meant() {
        for (path, wanted) in [
            ("/srv/clips", "/srv/clips"),
            ("/srv/my clips", "'/srv/my clips'"),
            ("/a'b", r"'/a'\''b'"),
            ("/x;rm", "'/x;rm'"),
            ("/ভিডিও", "/ভিডিও"),
        ] {
            assert_eq!(typed(Path::new(path)), wanted);
        }
        assert_eq!([0, 2048, 5 << 20, 3 << 30].map(size), ["0 bytes", "2 KB", "5 MB", "3 GB"]);
    }
}
