//! Kinds of values: how each is typed in the file, and how it is shown.

use std::net::SocketAddr;
use std::path::PathBuf;

use toml::de::DeValue;
use url::Url;

use super::env::Env;
use super::path;

/// Why a value is refused, and what may have been meant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub(super) fn with_help(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: Some(help.into()) }
    }

    pub(super) fn kind(expected: &str, found: &DeValue<'_>) -> Self {
        let found = match found {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a fraction",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a section",
        };
        Self::new(format!("expected {expected}, found {found}"))
    }
}

/// A kind of value.
pub(super) trait Typed: Sized + Clone + PartialEq {
    /// Whether it is a length of time: those are accepted for features that aren't built yet, too.
    const IS_TIME: bool = false;

    /// As typed → as meant.
    fn read(value: &DeValue<'_>, env: &Env) -> Result<Self, Wrong>;

    /// As it would be typed, in TOML.
    fn shown(&self) -> String;
}

pub(super) fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

pub(super) fn text<'a>(value: &'a DeValue<'_>, expected: &str) -> Result<&'a str, Wrong> {
    value.as_str().ok_or_else(|| Wrong::kind(expected, value))
}

/// The number, where the value is a whole one that an `i64` holds.
pub(super) fn integer(value: &DeValue<'_>) -> Option<i64> {
    let DeValue::Integer(n) = value else { return None };
    i64::from_str_radix(n.as_str(), n.radix()).ok()
}

impl Typed for bool {
    fn read(value: &DeValue<'_>, _: &Env) -> Result<Self, Wrong> {
        value.as_bool().ok_or_else(|| Wrong::kind("true or false", value))
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Typed for u32 {
    fn read(value: &DeValue<'_>, _: &Env) -> Result<Self, Wrong> {
        let DeValue::Integer(_) = value else { return Err(Wrong::kind("a whole number", value)) };
        let number = integer(value).and_then(|n| Self::try_from(n).ok());
        number.ok_or_else(|| Wrong::new(format!("expected a whole number from 0 to {}", Self::MAX)))
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Typed for String {
    fn read(value: &DeValue<'_>, _: &Env) -> Result<Self, Wrong> {
        text(value, "a text").map(Self::from)
    }

    fn shown(&self) -> String {
        quoted(self)
    }
}

impl Typed for Vec<String> {
    fn read(value: &DeValue<'_>, _: &Env) -> Result<Self, Wrong> {
        let DeValue::Array(list) = value else { return Err(Wrong::kind("a list of texts", value)) };
        list.iter().map(|item| text(item.get_ref(), "a list of texts").map(String::from)).collect()
    }

    fn shown(&self) -> String {
        format!("[{}]", self.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", "))
    }
}

impl Typed for PathBuf {
    fn read(value: &DeValue<'_>, env: &Env) -> Result<Self, Wrong> {
        path::expand(text(value, "a path")?, env).map_err(Wrong::new)
    }

    fn shown(&self) -> String {
        quoted(&self.to_string_lossy())
    }
}

impl Typed for Url {
    fn read(value: &DeValue<'_>, _: &Env) -> Result<Self, Wrong> {
        let typed = text(value, "an address")?;
        Self::parse(typed).map_err(|e| {
            Wrong::with_help(format!("`{typed}` is no address: {e}"), "it begins with https:// or http://")
        })
    }

    fn shown(&self) -> String {
        quoted(self.as_str().trim_end_matches('/'))
    }
}

impl Typed for SocketAddr {
    fn read(value: &DeValue<'_>, _: &Env) -> Result<Self, Wrong> {
        let typed = text(value, "an address and a port")?;
        typed.parse().map_err(|_| {
            Wrong::with_help(
                format!("`{typed}` is no address and port"),
                "such as \"127.0.0.1:8642\" or \"[::1]:8642\"",
            )
        })
    }

    fn shown(&self) -> String {
        quoted(&self.to_string())
    }
}

/// A value that is one of a few words: the enum, its words, and how it is read.
macro_rules! choice {
    ($(#[doc = $doc:literal])+ $vis:vis $name:ident { $($(#[doc = $vdoc:literal])+ $variant:ident = $text:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        $vis enum $name { $($(#[doc = $vdoc])+ $variant,)+ }

        impl $name {
            /// Every value, in the order of the page.
            $vis const ALL: &[Self] = &[$(Self::$variant,)+];

            /// As it is typed.
            $vis const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl $crate::config::typed::Typed for $name {
            fn read(
                value: &toml::de::DeValue<'_>,
                _: &$crate::config::env::Env,
            ) -> Result<Self, $crate::config::typed::Wrong> {
                $crate::config::typed::one_of(value, Self::ALL, Self::as_str)
            }

            fn shown(&self) -> String {
                $crate::config::typed::quoted(self.as_str())
            }
        }
    };
}
pub(super) use choice;

/// The one of `all` whose word was typed.
pub(super) fn one_of<T: Copy>(
    value: &DeValue<'_>,
    all: &[T],
    word: fn(T) -> &'static str,
) -> Result<T, Wrong> {
    let words = || all.iter().map(|v| word(*v));
    let typed = text(value, &format!("one of {}", super::problem::listed(words())))?;
    all.iter().copied().find(|v| word(*v) == typed).ok_or_else(|| Wrong {
        message: format!("`{typed}` is none of {}", super::problem::listed(words())),
        help: super::problem::nearest(typed, words()),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use toml::de::DeTable;

    pub(in crate::config) fn read<T: Typed>(typed: &str) -> Result<T, String> {
        let text = format!("x = {typed}");
        let table = DeTable::parse(&text).unwrap().into_inner();
        let env = Env::from_pairs([("HOME", "/h")]);
        T::read(table["x"].get_ref(), &env).map_err(|w| w.message)
    }

    #[test]
    fn numbers_and_words() {
        assert_eq!(read::<u32>("1_000"), Ok(1000));
        assert_eq!(read::<u32>("0x10"), Ok(16));
        for bad in ["-1", "4294967296", "1.0", "\"1\"", "99999999999999999999"] {
            assert!(read::<u32>(bad).is_err(), "{bad}");
        }
        assert_eq!(read::<bool>("\"yes\"").unwrap_err(), "expected true or false, found a text");
        assert_eq!(read::<Vec<String>>("[\"a\", \"ক\"]").unwrap().shown(), "[\"a\", \"ক\"]");
        assert!(read::<Vec<String>>("[1]").is_err());
        assert_eq!(read::<PathBuf>("\"~/a\""), Ok(PathBuf::from("/h/a")));
        assert_eq!(read::<String>("\"a\\\"b\\n\"").unwrap(), "a\"b\n");
    }
}
