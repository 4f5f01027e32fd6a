//! One reading of a session's state, as far as it proves that a message did something.

use serde::{Deserialize, Serialize};

use super::Draft;
use super::value::Value;

/// `draft` and `generated_media` as read once. It is stored, and compared with later ones.
///
/// `==` is by spelling; [`Reading::same_as`] is by value, and is what decides.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Reading {
    /// The draft, if there was one.
    pub draft: Option<Draft>,
    /// `generated_media` as it was spelled, if it was there.
    pub generated: Option<String>,
}

impl Reading {
    /// Whether both say the same, by value: key order, the spelling of numbers and times of change don't count,
    /// and null, an empty object, list or text are as good as missing.
    pub fn same_as(&self, other: &Self) -> bool {
        same(self.draft.as_ref().map(|d| &d.value), other.draft.as_ref().map(|d| &d.value))
            && (self.generated == other.generated || same(Some(&self.media()), Some(&other.media())))
    }

    /// Whether something changed since `baseline`, the reading before a message.
    pub fn changed_from(&self, baseline: &Self) -> bool {
        !self.same_as(baseline)
    }

    /// What can't be read as JSON equals only its own spelling.
    fn media(&self) -> Value {
        let raw = self.generated.as_deref().unwrap_or("null");
        Value::read(raw).unwrap_or_else(|| Value::Text(raw.to_owned()))
    }
}

fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    let nothing = |v: Option<&Value>| v.is_none_or(Value::is_nothing);
    a == b || (nothing(a) && nothing(b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(draft: &str, generated: &str) -> Reading {
        let generated = Some(generated.to_owned()).filter(|g| !g.is_empty());
        Reading { draft: Draft::from_raw(draft), generated }
    }

    #[test]
    fn what_is_no_change() {
        let string = serde_json::to_string(r#"{"d":1,"t":[]}"#).unwrap();
        let table = [
            (("", ""), ("null", "null")),
            (("{}", "{}"), ("", "[]")),
            ((r#"{"updated_at":5}"#, ""), ("", "\"\"")),
            ((r#"{"t":[],"d":1.0}"#, ""), (r#"{"d":1,"t":[]}"#, "")),
            ((&*string, ""), (r#"{"t":[],"d":1}"#, "")),
            (("", r#"{"a":[1,{"saved_at":1}]}"#), ("", r#"{"a":[1.0,{"saved_at":2,"x":null}]}"#)),
            (("", "no json"), ("", "no json")),
        ];
        for ((d1, g1), (d2, g2)) in table {
            let (a, b) = (of(d1, g1), of(d2, g2));
            assert!(a.same_as(&b) && b.same_as(&a) && !a.changed_from(&b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn what_is_a_change() {
        let table = [
            (("", ""), (r#"{"t":[]}"#, "")),
            ((r#"{"t":[{"tt":0,"sg":[{"s":0}]}]}"#, ""), (r#"{"t":[{"tt":0,"sg":[{"s":1}]}]}"#, "")),
            ((r#"{"t":[1,2]}"#, ""), (r#"{"t":[2,1]}"#, "")),
            ((r#"{"d":1}"#, ""), (r#"{"d":1}"#, r#"{"video":"x"}"#)),
            ((r#"{"id":9007199254740993}"#, ""), (r#"{"id":9007199254740992}"#, "")),
            (("", "no json"), ("", "null")),
        ];
        for ((d1, g1), (d2, g2)) in table {
            let (a, b) = (of(d1, g1), of(d2, g2));
            assert!(a.changed_from(&b) && b.changed_from(&a) && !b.same_as(&a), "{a:?} {b:?}");
        }
    }

    #[test]
    fn a_change_of_each_own_key_counts() {
        for key in ["t", "tt", "sg", "d", "s", "st", "m", "v", "start", "duration", "title", "text"] {
            for (one, two) in [("1", "2"), ("\"a\"", "\"b\""), ("[1]", "[2]")] {
                let wrap = |value: &str| of(&format!(r#"{{"t":[{{"sg":[{{"{key}":{value}}}]}}]}}"#), "");
                assert!(wrap(one).changed_from(&wrap(two)), "{key} {one}");
            }
        }
    }

    /// Any JSON document, in a random spelling: blanks, escapes, forms of numbers.
    fn document() -> impl Strategy<Value = String> {
        let blank = "[ \n\t\r]{0,2}";
        let scalar = prop_oneof![
            Just("null".to_owned()),
            Just("true".to_owned()),
            "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,25})?",
            "\"([a-z \u{995}🎬]|\\\\n|\\\\u09[0-9]{2}|\\\\ud83c|\\\\\\\\){0,8}\"",
        ];
        let value = scalar.prop_recursive(4, 40, 5, move |inner| {
            let key = prop_oneof!["\"[a-d]\"", Just("\"updated_at\"".to_owned()), Just("\"t\"".to_owned())];
            prop_oneof![
                (prop::collection::vec(inner.clone(), 0..5), blank)
                    .prop_map(|(v, b)| format!("[{b}{}{b}]", v.join(","))),
                (prop::collection::vec((key, inner), 0..5), blank).prop_map(|(members, b)| {
                    let members: Vec<_> =
                        members.into_iter().map(|(k, v)| format!("{b}{k}{b}:{v}")).collect();
                    format!("{{{}{b}}}", members.join(","))
                }),
            ]
        });
        prop::collection::vec(value, 1..4).prop_map(|values| {
            let members: Vec<_> = values.iter().enumerate().map(|(n, v)| format!("\"k{n}\": {v}")).collect();
            format!("{{{}}}", members.join(", "))
        })
    }

    proptest! {
        #[test]
        fn a_draft_goes_back_byte_for_byte(raw in document()) {
            let draft = Draft::from_raw(&raw).unwrap();
            prop_assert_eq!(draft.raw(), &raw);
            let wrapped = Draft::from_raw(&serde_json::to_string(&raw).unwrap()).unwrap();
            prop_assert_eq!(wrapped.raw(), &raw);
            let reading = Reading { draft: Some(draft), generated: Some(raw.clone()) };
            let stored = serde_json::to_string(&reading).unwrap();
            prop_assert_eq!(serde_json::from_str::<Reading>(&stored).unwrap(), reading);
        }

        #[test]
        fn the_same_is_never_a_change_and_a_change_is_one_both_ways(a in document(), b in document()) {
            let (one, two) = (of(&a, &b), of(&b, &a));
            prop_assert!(of(&a, &b).same_as(&one));
            prop_assert!(!one.changed_from(&of(&serde_json::to_string(&a).unwrap(), &b)));
            prop_assert_eq!(one.changed_from(&two), two.changed_from(&one));
        }

        #[test]
        fn nothing_is_too_strange_to_read(raw in "\\PC{0,40}|[\\[{\"}\\]:,0-9a\\\\]{0,40}") {
            if let Some(draft) = Draft::from_raw(&raw) {
                let _ = (draft.summary(), draft.duration_ms(), draft.size(), draft.ready());
            }
        }
    }
}
