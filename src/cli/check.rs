//! `dakbox check`: what the settings come to.

use std::fmt::Write as _;

use serde::Serialize;

use super::human::path;
use super::{Exit, calls, json, out};
use crate::config::{Env, Listen, Loaded, Origin, Problems, Setting, describe};

/// Says what the settings come to, and what is wrong around them.
pub(super) fn check(loaded: &Loaded, env: &Env, as_json: bool) -> anyhow::Result<Exit> {
    let (text, wrong) = checked(loaded, env);
    if as_json {
        return told(&CheckLine::new(loaded, env, &wrong));
    }
    out::print(&text)?;
    for problem in &wrong {
        out::complain(problem);
    }
    Ok(if wrong.is_empty() { Exit::Done } else { Exit::Usage })
}

/// Says for machines what is wrong with settings that can't be read.
pub(super) fn unread(problems: &Problems) -> anyhow::Result<Exit> {
    told(&CheckLine { wrong: problems.0.iter().map(ToString::to_string).collect(), ..CheckLine::default() })
}

fn told(line: &CheckLine<'_>) -> anyhow::Result<Exit> {
    out::print(&json::line(line)?)?;
    Ok(if line.wrong.is_empty() { Exit::Done } else { Exit::Usage })
}

/// What the settings come to: the one line of `check --json`.
#[derive(Serialize, Default)]
struct CheckLine<'a> {
    /// The file they were read from; `null`: there is none.
    file: Option<String>,
    /// Every setting; empty where they can't be read.
    settings: Vec<SettingLine<'a>>,
    /// Names that are never taken.
    never_taken: Vec<String>,
    /// Where the token is from; `null`: an anonymous account is used, or it can't be read.
    token: Option<String>,
    /// What is worth knowing.
    remarks: &'a [String],
    /// What is wrong.
    wrong: Vec<String>,
}

/// A setting.
#[derive(Serialize)]
struct SettingLine<'a> {
    section: &'a str,
    key: &'a str,
    /// As it would be typed in TOML; `null` where it is not set.
    value: Option<String>,
    /// `default`, `file`, or the variable's name.
    origin: &'a str,
    /// The file's line.
    line: Option<usize>,
}

impl<'a> CheckLine<'a> {
    fn new(loaded: &'a Loaded, env: &Env, wrong: &[String]) -> Self {
        Self {
            file: loaded.source.as_deref().map(path),
            settings: loaded.settings.iter().map(SettingLine::from).collect(),
            never_taken: loaded.config.watch.ignore.patterns().map(ToString::to_string).collect(),
            token: loaded.config.api.token(env).ok().flatten().map(|token| token.source.to_string()),
            remarks: &loaded.remarks,
            wrong: wrong.to_vec(),
        }
    }
}

impl<'a> From<&'a Setting> for SettingLine<'a> {
    fn from(setting: &'a Setting) -> Self {
        let (origin, line) = match setting.origin {
            Origin::Default => ("default", None),
            Origin::File(line) => ("file", Some(line)),
            Origin::Env(name) => (name, None),
        };
        Self { section: setting.section, key: setting.key, value: setting.shown(), origin, line }
    }
}

/// The settings as TOML, with what they lead to as comments; and what is wrong.
fn checked(loaded: &Loaded, env: &Env) -> (String, Vec<String>) {
    let mut text = describe(loaded);
    let mut wrong = Vec::new();
    match loaded.config.api.token(env) {
        Ok(Some(token)) => drop(writeln!(text, "# Token: from {}", token.source)),
        Ok(None) => text.push_str("# Token: none is set, so that an anonymous account is used\n"),
        Err(problem) => wrong.push(problem.shown()),
    }
    if loaded.config.web.listen != Listen::Off
        && let Err(problem) = loaded.config.web.token(env)
    {
        wrong.push(problem.shown());
    }
    // Typed into a shell, it does not see what only the service's unit is given.
    if let Some(problem) =
        loaded.open_page.as_ref().filter(|_| !calls::unit_gives(loaded.source.as_deref(), "web-token"))
    {
        wrong.push(problem.clone());
    }
    let inbox = &loaded.config.folders.inbox;
    match inbox.metadata() {
        Ok(there) if there.is_dir() => {}
        Ok(_) => wrong.push(format!("error: [folders] inbox {} is no folder", path(inbox))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let _ = writeln!(text, "# Inbox: {} is not there yet; `dakbox run` makes it", path(inbox));
        }
        Err(error) => {
            wrong.push(format!("error: [folders] inbox {} can't be reached: {error}", path(inbox)));
        }
    }
    (text, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use std::path::Path;

    #[test]
    fn tokens_are_told_by_their_place_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("token");
        let toml = format!(
            "[folders]\nroot = {0:?}\n[state]\ndir = {0:?}\n[api]\ntoken_file = {1:?}",
            dir.path(),
            file
        );
        let check = |toml: &str, vars: &[(&str, &str)]| {
            let env = Env::from_pairs(vars.iter().copied());
            checked(&parse(toml, Path::new("c.toml"), &env).unwrap(), &env)
        };
        let (text, wrong) = check(&toml, &[("NEMO_TOKEN", "canary")]);
        assert!(text.contains("# Token: from NEMO_TOKEN\n") && wrong.is_empty(), "{text}{wrong:?}");
        assert!(!text.contains("canary"));
        assert!(text.contains("is not there yet"), "{text}");

        let (_, wrong) = check(&toml, &[]);
        assert!(wrong.len() == 1 && wrong[0].contains("can't be read"), "set but missing: {wrong:?}");

        let typed = format!("{toml}\n[instructions]\ndefault = \"nmv_canary_0123456789\"");
        let loaded = parse(&typed, Path::new("c.toml"), &Env::default()).unwrap();
        let line = json::line(&CheckLine::new(&loaded, &Env::default(), &wrong)).unwrap();
        assert!(!line.contains("canary") && line.contains("***"), "{line}");
        std::fs::write(&file, "canary canary").unwrap();
        let (text, wrong) = check(&toml, &[]);
        assert!(wrong.len() == 1 && !wrong[0].contains("canary") && !text.contains("canary"), "{wrong:?}");

        let anonymous = toml.split("[api]").next().unwrap();
        let (text, wrong) = check(anonymous, &[]);
        assert!(text.contains("anonymous") && wrong.is_empty(), "{text}{wrong:?}");
        assert!(text.contains("# Never taken: "), "{text}");
        parse(&text, Path::new("again"), &Env::default()).expect("what is printed can be read again");
    }

    #[test]
    fn a_page_that_would_be_open_to_all_is_told_where_it_is_typed() {
        let dir = tempfile::tempdir().unwrap();
        let (root, token) = (dir.path(), dir.path().join("token"));
        std::fs::write(&token, "a-token-of-the-page").unwrap();
        let wrong = |web: &str| {
            let toml = format!("[folders]\nroot = {root:?}\n[state]\ndir = {root:?}\n[web]\n{web}");
            let env = Env::default();
            checked(&parse(&toml, Path::new("c.toml"), &env).unwrap(), &env).1
        };
        let open = wrong("listen = \"0.0.0.0:8642\"");
        assert!(open.len() == 1 && open[0].contains("c.toml:6:10"), "{open:?}");
        assert!(open[0].contains("token_file"), "{open:?}");
        for fine in [
            format!("listen = \"0.0.0.0:8642\"\ntoken_file = {token:?}"),
            "listen = \"[::1]:8642\"".to_owned(),
            "listen = \"off\"\ntoken_file = \"/none\"".to_owned(),
        ] {
            assert!(wrong(&fine).is_empty(), "{fine}");
        }
        let unread = wrong("token_file = \"/none\"");
        assert!(unread.len() == 1 && unread[0].contains("can't be read"), "{unread:?}");
    }

    #[test]
    fn a_file_in_the_inboxs_place_is_wrong() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("inbox"), "").unwrap();
        let toml = format!("[folders]\nroot = {0:?}\n[state]\ndir = {0:?}", dir.path());
        let env = Env::default();
        let (_, wrong) = checked(&parse(&toml, Path::new("c.toml"), &env).unwrap(), &env);
        assert!(wrong.len() == 1 && wrong[0].contains("is no folder"), "{wrong:?}");
    }
}
