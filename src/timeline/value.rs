//! JSON by value: numbers exact, keys in any order, times of change left out.
//!
//! `serde_json::Value` won't do here: with `arbitrary_precision` 1.0 and 1 differ in it, and with `raw_value` an
//! object whose key is serde's own marker makes it start over inside a string, as deep as the sender likes, until
//! the stack is gone. Here each level is taken apart as raw pieces, so only our own depth counts.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::ignored::counts;
use super::number::Number;

/// How deep a document may be; the service's are about six levels deep.
const MAX_DEPTH: usize = 64;

/// One JSON value. `==` is by value: all that is no part of it is left out when it is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// Reads a document; `None` where it is no JSON, or too deep.
    pub(super) fn read(raw: &str) -> Option<Self> {
        // Raw pieces are skipped over without recursion, whatever their depth; ours is bounded here.
        let raw: &RawValue = serde_json::from_str(raw).ok()?;
        if depth(raw.get()) > MAX_DEPTH { None } else { Self::of(raw) }
    }

    fn of(raw: &RawValue) -> Option<Self> {
        let raw = raw.get();
        Some(match raw.as_bytes().first()? {
            b'n' => Self::Null,
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'"' => Self::Text(text(raw)),
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(raw).ok()?;
                Self::List(items.into_iter().map(Self::of).collect::<Option<_>>()?)
            }
            b'{' => {
                let items: BTreeMap<String, &RawValue> = serde_json::from_str(raw).ok()?;
                let items = items.into_iter().map(|(key, item)| Some((key, Self::of(item)?)));
                let items: Option<Vec<_>> = items.collect();
                Self::Map(items?.into_iter().filter(|(key, value)| counts(key, value)).collect())
            }
            _ => Self::Number(Number::read(raw)),
        })
    }

    /// A member of an object; `None` where it is missing or null.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => members.get(key),
            _ => None,
        }
    }

    /// The items of a list; none for anything else.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// A text that is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A finite number, or a text that spells one.
    pub(super) fn number(&self) -> Option<f64> {
        let number: f64 = match self {
            Self::Number(number) => number.as_str().parse().ok()?,
            Self::Text(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        number.is_finite().then_some(number)
    }

    /// A whole number from 0 on; what is below is none, what is between is rounded.
    pub(super) fn whole(&self) -> Option<u64> {
        let number = self.number().filter(|n| (0.0..9e15).contains(n))?;
        format!("{number:.0}").parse().ok()
    }

    /// Whether nothing is in it: null, or an empty object, list or text.
    pub(super) fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(members) => members.is_empty(),
            Self::Bool(_) | Self::Number(_) => false,
        }
    }
}

/// How many lists and objects of a valid document lie in one another.
fn depth(raw: &str) -> usize {
    let (mut now, mut most, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in raw.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => now += 1,
            b']' | b'}' if !quoted => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

/// A text as meant. One that no text can hold (half a surrogate pair) stays as it is spelled.
fn text(raw: &str) -> String {
    serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        Value::read(a).unwrap_or_else(|| panic!("{a}")) == Value::read(b).unwrap_or_else(|| panic!("{b}"))
    }

    #[test]
    fn what_is_the_same_by_value() {
        let table = [
            (r#"{"a":1,"b":[true,null]}"#, r#" { "b" : [ true , null ] , "a" : 1 } "#),
            ("1", "1.0"),
            ("1", "1e0"),
            ("100", "1E+2"),
            ("0.35", "35e-2"),
            ("-0.0", "0"),
            ("0e99999999999999999999", "0"),
            ("12345678901234567890123", "1.2345678901234567890123e22"),
            ("1e99999999999999999999", "1e99999999999999999999"),
            (r#""\u0995""#, "\"ক\""),
            (r#""\ud83c\udfac""#, "\"🎬\""),
            (r#"{"a":null}"#, "{}"),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
            (r#"{"x":[{"updated_at":1}]}"#, r#"{"x":[{"updated_at":2}]}"#),
            (r#"{"updatedAt":"2026"}"#, "{}"),
            (r#"{"video_infos":[1]}"#, r#"{"videoInfos":{"a":2}}"#),
        ];
        for (a, b) in table {
            assert!(same(a, b) && same(b, a), "{a} and {b}");
        }
    }

    #[test]
    fn what_differs() {
        let table = [
            ("1", "2"),
            ("1", "-1"),
            ("1", "\"1\""),
            ("1", "10"),
            ("0.1", "0.10000000000000001"),
            ("9007199254740993", "9007199254740992"),
            ("12345678901234567890123", "12345678901234567890124"),
            ("1e400", "1e401"),
            ("1e99999999999999999999", "1e99999999999999999998"),
            ("[1,2]", "[2,1]"),
            ("[null]", "[]"),
            ("[]", "{}"),
            ("null", "false"),
            (r#"{"a":false}"#, "{}"),
            (r#"{"A":1}"#, r#"{"a":1}"#),
            (r#""\ud83c""#, r#""\ud83d""#),
            (r#"{"updated_at":[1]}"#, r#"{"updated_at":[2]}"#),
            (r#"{"updated":true}"#, r#"{"updated":false}"#),
        ];
        for (a, b) in table {
            assert!(!same(a, b) && !same(b, a), "{a} and {b}");
        }
    }

    #[test]
    fn what_is_no_json_or_too_deep_is_none() {
        let deep = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
        assert!(Value::read(&deep(MAX_DEPTH)).is_some());
        assert!(Value::read(&format!(r#"["\"{}\\"]"#, "[".repeat(MAX_DEPTH))).is_some());
        let objects = format!("{}1{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
        for bad in [
            "",
            "NaN",
            "Infinity",
            "-",
            "01",
            "1.",
            "{",
            "[1,]",
            "{} {}",
            "'a'",
            "\"\n\"",
            &deep(MAX_DEPTH + 1),
        ] {
            assert_eq!(Value::read(bad), None, "{bad}");
        }
        for bad in [deep(100_000), "[".repeat(100_000), objects] {
            assert_eq!(Value::read(&bad), None);
        }
    }

    #[test]
    fn markers_of_the_json_library_are_plain_keys() {
        let number = r#"{"$serde_json::private::Number":"5"}"#;
        assert!(matches!(Value::read(number), Some(Value::Map(m)) if m.len() == 1));
        assert!(!same(number, "5"));
        assert!(Value::read(r#"{"$serde_json::private::Number":"no number"}"#).is_some());
        assert!(!same(r#"{"$serde_json::private::RawValue":"[1]"}"#, "[1]"));
    }

    #[test]
    fn numbers_for_reading() {
        let of = |raw: &str| Value::read(raw).unwrap().whole();
        assert_eq!([of("10000"), of("1e4"), of("9999.6"), of("\"10000\"")], [Some(10_000); 4]);
        assert_eq!([of("-1"), of("1e400"), of("\"NaN\""), of("null"), of("\"inf\"")], [None; 5]);
    }
}
