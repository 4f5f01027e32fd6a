//! What the backend is made to say: questions, and words that assume a screen, each in a language.

use super::kind::wrong;
use crate::error::FaultError;

/// What is said in place of the usual words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Said {
    /// A question; nothing is edited.
    Question(Tongue, Often),
    /// That the person is to drag something; nothing is edited.
    Drag(Tongue, Often),
    /// Where to click, after an edit.
    Screen(Tongue),
}

/// How often it is said in one session before that goes on as usual; `None`: always.
pub(crate) type Often = Option<u64>;

/// The language of what is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tongue {
    English,
    Chinese,
    Bangla,
    /// Two in one.
    Mixed,
}

impl Said {
    /// The kind of that name, if it is one of these: `question`, `question=bn`, `question=1`, `question=bn,1`.
    pub(super) fn parse(name: &str, value: Option<&str>) -> Result<Option<Self>, FaultError> {
        let usual = match name {
            "question" => Tongue::Mixed,
            "screen-question" | "screen-words" => Tongue::English,
            _ => return Ok(None),
        };
        let bad = || wrong(name, value.unwrap_or(""), "en, zh or bn, or how often in one session, or en,1");
        let (mut tongue, mut often) = (usual, None);
        for word in value.iter().flat_map(|value| value.split(',')) {
            match (word, word.parse::<u64>()) {
                ("en", _) => tongue = Tongue::English,
                ("zh", _) => tongue = Tongue::Chinese,
                ("bn", _) => tongue = Tongue::Bangla,
                (_, Ok(number)) if number > 0 && name != "screen-words" => often = Some(number),
                _ => return Err(bad()),
            }
        }
        Ok(Some(match name {
            "question" => Self::Question(tongue, often),
            "screen-question" => Self::Drag(tongue, often),
            _ => Self::Screen(tongue),
        }))
    }

    /// Whether it is said in place of an edit, and if so how often in a session.
    pub(crate) const fn holds(self) -> Option<Often> {
        match self {
            Self::Question(_, often) | Self::Drag(_, often) => Some(often),
            Self::Screen(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_what_is_said() {
        let cases = [
            ("question", None, Said::Question(Tongue::Mixed, None)),
            ("question", Some("1"), Said::Question(Tongue::Mixed, Some(1))),
            ("question", Some("zh,2"), Said::Question(Tongue::Chinese, Some(2))),
            ("screen-question", Some("bn"), Said::Drag(Tongue::Bangla, None)),
            ("screen-words", None, Said::Screen(Tongue::English)),
        ];
        for (name, value, wanted) in cases {
            assert_eq!(Said::parse(name, value).unwrap(), Some(wanted), "{name} {value:?}");
        }
        for (name, value) in [("question", ""), ("question", "0"), ("question", "fr"), ("screen-words", "1")]
        {
            assert!(Said::parse(name, Some(value)).is_err(), "{name}={value}");
        }
        assert_eq!(Said::parse("twice", None).unwrap(), None);
    }
}
