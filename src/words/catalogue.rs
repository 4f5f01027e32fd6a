//! Catalogues: every sentence that people read, a set of files a language, in [fluent]'s spelling.
//!
//! A message is named after what it says, one about a code after its code. Its attributes `or`, `or-2` … say the same
//! where less is known: the first whose arguments are all known is said. Its attributes `step-1`, `step-2` … say what to
//! do. Lines are joined; one that begins with a blank stands as it is.
//!
//! [fluent]: https://projectfluent.org

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::{LanguageIdentifier, langid};

use super::show;
use crate::config::Language;

/// The files of one language, by their folder.
macro_rules! files {
    ($folder:literal) => {
        [
            include_str!(concat!("catalogue/", $folder, "/dropped.ftl")),
            include_str!(concat!("catalogue/", $folder, "/folder.ftl")),
            include_str!(concat!("catalogue/", $folder, "/service.ftl")),
            include_str!(concat!("catalogue/", $folder, "/here.ftl")),
            include_str!(concat!("catalogue/", $folder, "/note.ftl")),
            include_str!(concat!("catalogue/", $folder, "/report.ftl")),
            include_str!(concat!("catalogue/", $folder, "/timeline.ftl")),
            include_str!(concat!("catalogue/", $folder, "/page.ftl")),
            include_str!(concat!("catalogue/", $folder, "/answer.ftl")),
            include_str!(concat!("catalogue/", $folder, "/screen.ftl")),
            include_str!(concat!("catalogue/", $folder, "/board.ftl")),
        ]
    };
}

pub(super) const EN_FILES: [&str; 11] = files!("en");
pub(super) const BN_FILES: [&str; 11] = files!("bn");

/// Characters of somebody's words that are quoted within a sentence.
const WORDS_MAX: usize = 1000;

static EN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(langid!("en"), EN_FILES, Digits::Latin));
static BN: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::new(langid!("bn-BD"), BN_FILES, Digits::Bengali));

static ENGLISH: [&LazyLock<Catalogue>; 1] = [&EN];
static BANGLA: [&LazyLock<Catalogue>; 1] = [&BN];
static BOTH: [&LazyLock<Catalogue>; 2] = [&BN, &EN];

/// Between two languages on one page.
pub(super) const RULE: &str = "\n----------------------------------------\n\n";

/// A page in every language that is asked for, one below the other.
pub(super) fn pages(language: Language, page: impl Fn(&Catalogue) -> String) -> String {
    of(language).iter().map(|words| page(words)).collect::<Vec<_>>().join(RULE)
}

/// How numbers are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Digits {
    /// 0 to 9.
    Latin,
    /// ০ to ৯.
    Bengali,
}

/// One language.
pub(super) struct Catalogue {
    bundle: FluentBundle<FluentResource>,
    digits: Digits,
}

/// The catalogues that a page is written from, in its order.
pub(super) fn of(language: Language) -> &'static [&'static LazyLock<Catalogue>] {
    match language {
        Language::English => &ENGLISH,
        Language::Bangla => &BANGLA,
        Language::Both => &BOTH,
    }
}

impl Catalogue {
    fn new(language: LanguageIdentifier, files: [&'static str; 11], digits: Digits) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // What is put in is isolated by `show`, and only where it needs to be: a name copied out of a note is the name.
        bundle.set_use_isolating(false);
        bundle.set_formatter(match digits {
            Digits::Latin => None,
            Digits::Bengali => Some(|value, _| match value {
                FluentValue::Number(number) => Some(bengali(&number.as_string())),
                _ => None,
            }),
        });
        for file in files {
            // A fault in a file leaves out what can't be read of it; the tests find it.
            let read = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(read, _)| read);
            bundle.add_resource_overriding(read);
        }
        Self { bundle, digits }
    }

    /// What a message says with these arguments, as well as they allow; nothing where they allow nothing.
    pub(super) fn say(&self, message: &str, args: &Args) -> Option<String> {
        let ways = (0..).map(|n| match n {
            0 => String::new(),
            1 => "or".to_owned(),
            n => format!("or-{n}"),
        });
        self.first(message, ways, args)
    }

    /// The same for what needs no argument.
    pub(super) fn word(&self, message: &str) -> String {
        self.say(message, &Args::default()).unwrap_or_default()
    }

    /// The steps to take, those left out whose arguments are not known.
    pub(super) fn steps(&self, message: &str, args: &Args) -> Vec<String> {
        let steps = (1..).map(|n| format!("step-{n}")).take_while(|step| self.has(message, step));
        steps.filter_map(|step| self.first(message, [step.clone(), format!("{step}-or")], args)).collect()
    }

    /// A number that was written with the digits of English, as this language writes it.
    pub(super) fn number(&self, written: &str) -> String {
        match self.digits {
            Digits::Latin => written.to_owned(),
            Digits::Bengali => bengali(written),
        }
    }

    /// The language as a page names it.
    pub(super) const fn tag(&self) -> &'static str {
        match self.digits {
            Digits::Latin => "en",
            Digits::Bengali => "bn",
        }
    }

    /// A name within a sentence.
    pub(super) fn quoted(&self, raw: &str) -> String {
        let name = Args::default().with("name", Some(show::name(raw)));
        self.say("quoted", &name).unwrap_or_default()
    }

    /// Somebody's words of no more than some lines, in quotation marks and on one line, which may be broken.
    pub(super) fn quoted_words(&self, raw: &str) -> Option<String> {
        self.say("quoted", &Args::default().with("name", show::folded(raw, WORDS_MAX)))
    }

    /// A size, with its unit.
    pub(super) fn size(&self, bytes: u64) -> String {
        let (n, unit) = show::size(bytes);
        let size = self.say(unit, &Args::default().with("n", Some(self.number(&n)))).unwrap_or_default();
        show::name(&size)
    }

    fn has(&self, message: &str, attribute: &str) -> bool {
        self.bundle.get_message(message).is_some_and(|m| m.get_attribute(attribute).is_some())
    }

    /// The first of these attributes (the message itself where a name is empty) whose arguments are all known.
    fn first(&self, message: &str, ways: impl IntoIterator<Item = String>, args: &Args) -> Option<String> {
        let message = self.bundle.get_message(message)?;
        for way in ways {
            let pattern = if way.is_empty() {
                message.value()
            } else {
                message.get_attribute(&way).map(|attribute| attribute.value())
            };
            let mut unknown = Vec::new();
            let said = self.bundle.format_pattern(pattern?, Some(&args.0), &mut unknown);
            if unknown.is_empty() {
                return Some(joined(&said));
            }
        }
        None
    }
}

/// The arguments of a page: names with their values as they are shown.
#[derive(Default)]
pub(super) struct Args(FluentArgs<'static>);

impl Args {
    /// One argument more, where it is known.
    pub(super) fn with(mut self, name: &'static str, value: Option<String>) -> Self {
        if let Some(value) = value {
            self.0.set(name, value);
        }
        self
    }

    /// The same under a name that comes from elsewhere.
    pub(super) fn named(mut self, name: String, value: Option<String>) -> Self {
        if let Some(value) = value {
            self.0.set(name, value);
        }
        self
    }

    /// One number more, where it is known: written in the digits of the language.
    pub(super) fn count(mut self, name: &'static str, value: Option<u64>) -> Self {
        if let Some(value) = value {
            self.0.set(name, value);
        }
        self
    }
}

/// Lines as paragraphs: a line goes on with the next one, unless that begins with a blank.
fn joined(said: &str) -> String {
    let mut out = String::with_capacity(said.len());
    let mut typed = true;
    for line in said.lines() {
        let stands = line.starts_with(' ');
        if !out.is_empty() {
            out.push(if stands || typed { '\n' } else { ' ' });
        }
        out += line;
        typed = stands;
    }
    out
}

fn bengali(written: &str) -> String {
    let digit = |c: char| match c.to_digit(10) {
        Some(n) => char::from_u32(u32::from('০') + n).unwrap_or(c),
        None => c,
    };
    written.chars().map(digit).collect()
}

#[cfg(test)]
mod tests;
