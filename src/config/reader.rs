//! The parsed file: what is known of it, and what nobody asked for. Everything wrong is collected.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::env::Env;
use super::problem::{Flaw, Problem, Problems, listed, nearest, stars, veil};
use super::section::Section;

type Value<'a> = Spanned<DeValue<'a>>;

/// Where a setting's value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Built in.
    Default,
    /// The file, at this line (from 1).
    File(usize),
    /// The environment variable of this name.
    Env(&'static str),
}

/// One setting, for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting {
    /// Its section.
    pub section: &'static str,
    /// Its key.
    pub key: &'static str,
    /// Its value as it would be typed in TOML; `None` where it is unset.
    pub value: Option<String>,
    /// Where the value comes from.
    pub origin: Origin,
}

impl Setting {
    /// The value, with stars over what looks like a secret.
    pub fn shown(&self) -> Option<String> {
        let key = format!("{} = ", self.key);
        let value = self.value.as_ref()?;
        veil(&format!("{key}{value}")).strip_prefix(&key).map(str::to_owned)
    }
}

/// The parsed file and what has been found in it so far.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    root: &'a DeTable<'a>,
    pub(super) env: &'a Env,
    pub(super) flaws: Vec<Flaw>,
    pub(super) problems: Vec<Problem>,
    pub(super) settings: Vec<Setting>,
    pub(super) remarks: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, root: &'a DeTable<'a>, env: &'a Env) -> Self {
        Self { text, root, env, flaws: vec![], problems: vec![], settings: vec![], remarks: vec![] }
    }

    pub(super) fn section(&mut self, name: &'static str) -> Section<'_, 'a> {
        let table = match self.root.get(name).map(|v| (v.get_ref(), v.span())) {
            Some((DeValue::Table(table), _)) => Some(table),
            Some((_, span)) => {
                let message = format!("`{name}` is a section");
                let help = Some(format!("written as `[{name}]`, once"));
                self.flaws.push(Flaw { span, message, help });
                None
            }
            None => None,
        };
        Section::new(name, table, self)
    }

    /// All that is wrong, once every section has been read. What nobody asked for is unknown.
    pub(super) fn problems(mut self, file: &Path) -> Problems {
        let mut bytes = self.text.as_bytes().to_vec();
        for (value, flaw) in self.unknown() {
            // Whatever it is, it may be a secret in the wrong place.
            leaves(value, &mut |span| stars(&mut bytes, span));
            self.flaws.push(flaw);
        }
        self.flaws.sort_by_key(|f| f.span.start);
        let text = veil(&String::from_utf8_lossy(&bytes));
        let mut all: Vec<_> = self.flaws.into_iter().map(|f| f.place(file, &text)).collect();
        all.append(&mut self.problems);
        Problems(all)
    }

    /// The unknown sections and keys with their values.
    fn unknown(&self) -> Vec<(&'a Value<'a>, Flaw)> {
        let mut found = Vec::new();
        for (name, value) in self.root {
            let known: Vec<_> = self.settings.iter().filter(|s| *name.get_ref() == s.section).collect();
            match value.get_ref() {
                DeValue::Table(table) if !known.is_empty() => {
                    let new = table.iter().filter(|(key, _)| !known.iter().any(|s| *key.get_ref() == s.key));
                    found.extend(new.map(|(key, value)| {
                        let near = nearest(key.get_ref(), known.iter().map(|s| s.key));
                        let all = || format!("there are {}", listed(known.iter().map(|s| s.key)));
                        let message = format!("unknown key `{}` in [{}]", key.get_ref(), name.get_ref());
                        (
                            value,
                            Flaw {
                                span: key.span(),
                                message,
                                help: Some(self.elsewhere(key).or(near).unwrap_or_else(all)),
                            },
                        )
                    }));
                }
                _ if !known.is_empty() => {}
                DeValue::Table(_) => {
                    let help = nearest(name.get_ref(), self.settings.iter().map(|s| s.section));
                    let message = format!("unknown section [{}]", name.get_ref());
                    found.push((value, Flaw { span: name.span(), message, help }));
                }
                _ => {
                    let message = format!("unknown key `{}` outside of any section", name.get_ref());
                    found.push((value, Flaw { span: name.span(), message, help: self.elsewhere(name) }));
                }
            }
        }
        found
    }

    /// The sections that do know the key.
    fn elsewhere(&self, key: &Spanned<DeString<'_>>) -> Option<String> {
        let homes =
            self.settings.iter().filter(|s| *key.get_ref() == s.key).map(|s| format!("[{}]", s.section));
        let homes: Vec<_> = homes.collect();
        (!homes.is_empty()).then(|| format!("it belongs to {}", homes.join(" or ")))
    }
}

/// The spans of all plain values in a value.
fn leaves(value: &Value<'_>, each: &mut impl FnMut(Range<usize>)) {
    match value.get_ref() {
        DeValue::Table(table) => table.values().for_each(|v| leaves(v, each)),
        DeValue::Array(list) => list.iter().for_each(|v| leaves(v, each)),
        _ => each(value.span()),
    }
}
