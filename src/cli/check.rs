//! `dakbox check`: what the settings come to.

use std::fmt::Write as _;

use super::human::path;
use super::{Exit, out};
use crate::config::{Env, Loaded, describe};

/// Says what the settings come to, and what is wrong around them.
pub(super) fn check(loaded: &Loaded, env: &Env) -> anyhow::Result<Exit> {
    let (text, wrong) = checked(loaded, env);
    out::print(&text)?;
    for problem in &wrong {
        out::complain(problem);
    }
    Ok(if wrong.is_empty() { Exit::Done } else { Exit::Usage })
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
    fn a_file_in_the_inboxs_place_is_wrong() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("inbox"), "").unwrap();
        let toml = format!("[folders]\nroot = {0:?}\n[state]\ndir = {0:?}", dir.path());
        let env = Env::default();
        let (_, wrong) = checked(&parse(&toml, Path::new("c.toml"), &env).unwrap(), &env);
        assert!(wrong.len() == 1 && wrong[0].contains("is no folder"), "{wrong:?}");
    }
}
