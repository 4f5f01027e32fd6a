//! The catalogues: complete, alike, and each in its own language.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::*;
use crate::job::Code;

/// What stands in a pattern: its words, and the names of what is put in.
#[derive(Default, Debug)]
struct Said {
    words: String,
    args: BTreeSet<String>,
}

impl Said {
    fn of(pattern: &Pattern<&str>) -> Self {
        let mut said = Self::default();
        said.add(pattern);
        said
    }

    fn add(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => self.words += value,
                PatternElement::Placeable { expression } => self.put(expression),
            }
        }
    }

    fn put(&mut self, expression: &Expression<&str>) {
        let inline = match expression {
            Expression::Inline(inline) => inline,
            Expression::Select { selector, variants } => {
                for variant in variants {
                    self.add(&variant.value);
                    self.words.push('\n');
                }
                selector
            }
        };
        match inline {
            InlineExpression::VariableReference { id } => drop(self.args.insert(id.name.to_owned())),
            InlineExpression::MessageReference { id, .. } => drop(self.args.insert(format!("={}", id.name))),
            InlineExpression::StringLiteral { value } => self.words += value,
            other => panic!("not used here: {other:?}"),
        }
    }
}

/// Every message and attribute of a language; `id` and `id.attribute`.
fn all(files: [&'static str; 11]) -> BTreeMap<String, Said> {
    let mut said = BTreeMap::new();
    for file in files {
        let read =
            FluentResource::try_new(file.to_owned()).unwrap_or_else(|(_, faults)| panic!("{faults:?}"));
        for entry in read.entries() {
            let message = match entry {
                Entry::Message(message) => message,
                Entry::Comment(_) => continue,
                other => panic!("not used here: {other:?}"),
            };
            let id = message.id.name;
            let value = message.value.iter().map(|value| (id.to_owned(), value));
            let attributes = message.attributes.iter().map(|a| (format!("{id}.{}", a.id.name), &a.value));
            for (name, pattern) in value.chain(attributes) {
                assert!(said.insert(name.clone(), Said::of(pattern)).is_none(), "{name} twice");
            }
        }
    }
    said
}

#[test]
fn both_catalogues_say_the_same_things_of_the_same_names() {
    let (en, bn) = (all(EN_FILES), all(BN_FILES));
    let names = |all: &BTreeMap<String, Said>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&en), names(&bn));
    for (name, said) in &en {
        assert_eq!(said.args, bn[name].args, "{name}");
        for told in said.args.iter().filter_map(|arg| arg.strip_prefix('=')) {
            assert!(en.contains_key(told), "{name} refers to {told}");
        }
    }
}

#[test]
fn every_code_is_told_with_its_file_and_something_to_do() {
    let en = all(EN_FILES);
    for code in Code::ALL {
        assert!(en[code.as_str()].args.contains("file"), "{code}");
        assert!(en.contains_key(&format!("{code}.step-1")), "{code}");
        for n in 1..9 {
            let name = if n == 1 { format!("{code}.or") } else { format!("{code}.or-{n}") };
            assert!(en.get(&name).is_none_or(|said| said.args.contains("file")), "{name}");
        }
    }
}

#[test]
fn english_is_plain_and_short() {
    for (name, said) in all(EN_FILES) {
        // Plain ASCII, because old editors guess encodings.
        assert!(said.words.is_ascii() && !said.words.contains(['\'', '`']), "{name}: {}", said.words);
        let told = said.words.split("\n    ").next().unwrap_or_default();
        for sentence in told.split_inclusive(['.', '?', ':', '!']) {
            assert!(sentence.split_whitespace().count() <= 28, "{name}: {sentence:?}");
        }
    }
}

#[test]
fn bangla_has_no_english_but_names_and_what_is_typed() {
    // Names, endings, what is chosen or typed as it stands.
    const NAMES: &str = "dakbox MP4 UTF-8 KB MB GB Notepad TextEdit Word Pages Save as Plain text txt Whole yes Again \
        take-all run adopt batch download_hosts x Language Priority Output Quality Make Cost bn en zh-hant high normal low \
        medium video ok pause project https generate Bangla subtitles and add them to my";
    let names: BTreeSet<_> = NAMES.split_whitespace().collect();
    for (name, said) in all(BN_FILES) {
        let words = said.words.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
        let words =
            words.map(|w| w.trim_matches('-')).filter(|w| w.contains(|c: char| c.is_ascii_alphabetic()));
        let english: Vec<_> = words.filter(|word| !names.contains(word)).collect();
        assert!(english.is_empty(), "{name}: {english:?}");
        // Digits of the language, but in what is typed or is a name.
        let typed = ["MP4", "UTF-8"].iter().fold(said.words.clone(), |words, name| words.replace(name, ""));
        assert!(!typed.contains(|c: char| c.is_ascii_digit()), "{name}: {typed}");
    }
    for (name, said) in all(EN_FILES) {
        assert!(!said.words.contains(|c| matches!(c, '\u{980}'..='\u{9FF}' | '।')), "{name}");
    }
}

#[test]
fn the_first_way_whose_arguments_are_known_is_said() {
    let words = of(Language::English)[0];
    let job = || Args::default().with("job", Some("12".to_owned()));
    assert_eq!(
        words.say("job", &job().with("session", Some("{ $job }".to_owned()))).unwrap(),
        "Job: 12, session: { $job }"
    );
    assert_eq!(words.say("job", &job()).unwrap(), "Job: 12");
    assert_eq!(
        words.say("job", &Args::default().with("session", Some("3".to_owned()))).unwrap(),
        "Session: 3"
    );
    assert_eq!(words.say("job", &Args::default()), None);
    assert_eq!(words.say("no-such-message", &job()), None);
    assert!(words.steps("no-credits", &Args::default())[0].starts_with("Top up"));
}

#[test]
fn numbers_are_written_as_the_language_writes_them() {
    let count = || Args::default().count("more", Some(34));
    assert_eq!(of(Language::English)[0].say("and-more", &count()).unwrap(), "... and 34 more.");
    let bn = of(Language::Bangla)[0];
    assert_eq!(bn.say("and-more", &count()).unwrap(), "... আরও ৩৪টি।");
    assert_eq!((bn.number("1:03"), bn.size(1_500_000)), ("১:০৩".to_owned(), "১.৪\u{1F}MB".to_owned()));
    assert_eq!(of(Language::Both).len(), 2);
}

#[test]
fn lines_are_joined_but_for_what_is_typed() {
    assert_eq!(joined("one\ntwo\n    typed\nthree"), "one two\n    typed\nthree");
    assert_eq!(joined("one"), "one");
}
