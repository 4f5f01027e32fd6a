//! Which language a page speaks: the settings decide, and where they name both, its reader.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

use crate::config::Language;
use crate::words::Tongue;

/// A language of a page.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Lang {
    /// English.
    English,
    /// Bangla.
    Bangla,
}

impl Lang {
    /// The language of that page.
    pub(super) fn of(set: Language, asked: Option<&str>, headers: &HeaderMap) -> Self {
        match (set, asked) {
            (Language::English, _) | (Language::Both, Some("en")) => Self::English,
            (Language::Bangla, _) | (Language::Both, Some("bn")) => Self::Bangla,
            (Language::Both, _) => {
                let told = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
                if told.is_some_and(prefers_bangla) { Self::Bangla } else { Self::English }
            }
        }
    }

    /// Its sentences.
    pub(super) fn tongue(self) -> Tongue {
        match self {
            Self::English => Tongue::english(),
            Self::Bangla => Tongue::bangla(),
        }
    }

    /// Its short name.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Bangla => "bn",
        }
    }

    /// What links carry on: the language, where a reader may choose it.
    pub(super) const fn carry(self, set: Language) -> &'static str {
        match (set, self) {
            (Language::Both, Self::English) => "?lang=en",
            (Language::Both, Self::Bangla) => "?lang=bn",
            _ => "",
        }
    }

    /// The other one.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::English => Self::Bangla,
            Self::Bangla => Self::English,
        }
    }
}

/// Whether Bangla is wanted rather than English, by weights as browsers write them.
fn prefers_bangla(told: &str) -> bool {
    let weight = |tag: &str| {
        let of = |part: &str| {
            let (name, rest) = part.split_once(';').unwrap_or((part, ""));
            let is_it = name.trim().split('-').next().is_some_and(|name| name.eq_ignore_ascii_case(tag));
            let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
            weight.filter(|_| is_it)
        };
        told.split(',').filter_map(of).fold(0.0, f32::max)
    };
    let (bn, en) = (weight("bn"), weight("en"));
    let first = told.trim_start().get(..2).is_some_and(|tag| tag.eq_ignore_ascii_case("bn"));
    bn > en || (bn > 0.0 && bn >= en && first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_decides_where_both_are_set() {
        for (set, asked, told, want) in [
            (Language::English, Some("bn"), "bn", Lang::English),
            (Language::Bangla, Some("en"), "en", Lang::Bangla),
            (Language::Both, None, "", Lang::English),
            (Language::Both, None, "bn", Lang::Bangla),
            (Language::Both, None, "bn-BD,bn;q=0.9,en-US;q=0.8", Lang::Bangla),
            (Language::Both, None, "en-US,en;q=0.9,bn;q=0.8", Lang::English),
            (Language::Both, None, "de, BN;q=0.2", Lang::Bangla),
            (Language::Both, None, "bn;q=0", Lang::English),
            (Language::Both, Some("en"), "bn", Lang::English),
            (Language::Both, Some("bn"), "en", Lang::Bangla),
            (Language::Both, Some("xx"), "bn", Lang::Bangla),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, told.parse().unwrap())]);
            assert_eq!(Lang::of(set, asked, &headers), want, "{set:?} {asked:?} {told}");
        }
    }
}
