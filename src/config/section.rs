//! Reads one section key by key: the value if it is right, else the default and a problem.

use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::env::Env;
use super::not_built::{Verdict, judge};
use super::problem::{Flaw, Problem, one_line, veil};
use super::reader::{Origin, Reader, Setting};
use super::typed::{Typed, Wrong};

/// One section of the file, or one that the file leaves out.
pub(super) struct Section<'r, 'a> {
    name: &'static str,
    table: Option<&'a DeTable<'a>>,
    reader: &'r mut Reader<'a>,
}

impl<'r, 'a> Section<'r, 'a> {
    pub(super) const fn new(
        name: &'static str,
        table: Option<&'a DeTable<'a>>,
        reader: &'r mut Reader<'a>,
    ) -> Self {
        Self { name, table, reader }
    }

    /// The environment the settings are read in.
    pub(super) const fn env(&self) -> &'a Env {
        self.reader.env
    }

    /// The value of `key`, or `default` where it is unset or wrong.
    pub(super) fn get<T: Typed>(&mut self, key: &'static str, default: T) -> T {
        self.checked(key, default, |_| Ok(()))
    }

    /// The value of `key` if `check` finds it possible; `default` where it is unset or wrong.
    pub(super) fn checked<T: Typed>(
        &mut self,
        key: &'static str,
        default: T,
        check: impl Fn(&T) -> Result<(), Wrong>,
    ) -> T {
        let shown = default.shown();
        self.typed(key, Some(shown), check).unwrap_or(default)
    }

    /// The value of a key that has no default.
    pub(super) fn maybe<T: Typed>(&mut self, key: &'static str) -> Option<T> {
        self.typed(key, None, |_| Ok(()))
    }

    /// The file that `key` names for a token. A token typed there itself must not become a path in a log.
    pub(super) fn token_file(&mut self, key: &'static str) -> Option<PathBuf> {
        self.typed(key, None, |path: &PathBuf| {
            if !path.iter().any(|part| part.as_encoded_bytes().starts_with(b"nmv_")) {
                return Ok(());
            }
            Err(Wrong::with_help(
                "a token, where a file is to be named",
                "the token goes into a file of its own",
            ))
        })
    }

    /// A length of time that is not zero: a pace or a limit, without which something would spin or never start.
    pub(super) fn interval(&mut self, key: &'static str, default: Duration) -> Duration {
        self.checked(key, default, |time| {
            if *time < Duration::from_millis(1) {
                Err(Wrong::new("expected at least \"1ms\""))
            } else {
                Ok(())
            }
        })
    }

    /// How many, from 1.
    pub(super) fn count(&mut self, key: &'static str, default: u32) -> u32 {
        self.checked(key, default, |n| {
            if (1..=1000).contains(n) { Ok(()) } else { Err(Wrong::new("expected a number from 1 to 1000")) }
        })
    }

    /// The value of the environment variable `var` instead of `value`, where it is set.
    pub(super) fn or_env<T: Typed>(
        &mut self,
        key: &'static str,
        var: &'static str,
        value: T,
        check: impl Fn(&T) -> Result<(), Wrong>,
    ) -> T {
        let Some(found) = self.env().get(var) else { return value };
        let read = found.to_str().ok_or_else(|| Wrong::new("is not UTF-8")).and_then(|text| {
            let read = T::read(&DeValue::String(text.into()), self.env())?;
            check(&read).map(|()| read)
        });
        match read {
            Ok(read) => {
                if let Some(s) = self.setting(key) {
                    (s.value, s.origin) = (Some(read.shown()), Origin::Env(var));
                }
                read
            }
            Err(wrong) => {
                let message = one_line(&veil(&wrong.message));
                self.problem(Problem::InEnv { variable: var, message });
                value
            }
        }
    }

    /// Whether the file sets the key.
    pub(super) fn is_typed(&self, key: &str) -> bool {
        self.table.is_some_and(|t| t.contains_key(key))
    }

    /// Something is wrong with the value that the file gives `key`.
    pub(super) fn wrong(&mut self, key: &str, wrong: Wrong) {
        let span = self.table.and_then(|t| t.get(key)).map_or(0..0, Spanned::span);
        self.reader.flaws.push(Flaw { span, message: wrong.message, help: wrong.help });
    }

    /// Something is wrong outside of the file.
    pub(super) fn problem(&mut self, problem: Problem) {
        self.reader.problems.push(problem);
    }

    /// A log line about what was read.
    pub(super) fn remark(&mut self, remark: String) {
        self.reader.remarks.push(remark);
    }

    fn setting(&mut self, key: &str) -> Option<&mut Setting> {
        let section = self.name;
        self.reader.settings.iter_mut().find(|s| s.section == section && s.key == key)
    }

    fn typed<T: Typed>(
        &mut self,
        key: &'static str,
        default: Option<String>,
        check: impl Fn(&T) -> Result<(), Wrong>,
    ) -> Option<T> {
        let mut setting = Setting { section: self.name, key, value: default, origin: Origin::Default };
        let typed = self.table.and_then(|t| t.get(key));
        let read = typed.map(|value| {
            let read = T::read(value.get_ref(), self.env())?;
            check(&read)?;
            let shown = read.shown();
            if setting.value.as_ref() != Some(&shown) {
                self.is_built(key, &shown, T::IS_TIME)?;
            }
            let line = self.reader.text[..value.span().start].matches('\n').count() + 1;
            (setting.value, setting.origin) = (Some(shown), Origin::File(line));
            Ok(read)
        });
        self.reader.settings.push(setting);
        read?.map_err(|wrong| self.wrong(key, wrong)).ok()
    }

    /// Whether the value does anything in this version, or asks for nothing.
    fn is_built(&mut self, key: &str, shown: &str, is_time: bool) -> Result<(), Wrong> {
        match judge(self.name, key, shown, is_time) {
            Verdict::Built => Ok(()),
            Verdict::Idle => {
                let name = self.name;
                self.remark(format!("[{name}] {key} = {shown} has nothing to act on in this version"));
                Ok(())
            }
            Verdict::Refused => {
                Err(Wrong::with_help(format!("`{key}` = {shown}: not in this version"), "leave the default"))
            }
        }
    }
}
