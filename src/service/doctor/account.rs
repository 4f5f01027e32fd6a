//! The token and the credits. No token is asked for: an anonymous one is given once in seven days.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use uuid::Uuid;

use super::super::identity::{TOKEN_FILE, kept_token};
use super::bounded::begin;
use super::line::{Line, typed};
use crate::api::{ApiError, Keep, Look, Stored};
use crate::config::{Api, Config, Env, OnTokenExpired, TokenSource};
use crate::job::Moment;

/// The tokens that are there; none is ever kept or fetched by them.
#[derive(Clone, Default)]
pub(super) struct Kept {
    own: Option<SecretString>,
    stored: Option<Stored>,
}

impl Keep for Kept {
    fn client_id(&self) -> Uuid {
        Uuid::nil()
    }

    fn load(&self) -> io::Result<Option<Stored>> {
        Ok(self.stored.clone())
    }

    fn save(&self, _: &Stored) -> io::Result<()> {
        Ok(())
    }

    fn own(&self) -> Option<SecretString> {
        self.own.clone()
    }

    fn reread(&self) -> Option<SecretString> {
        self.own()
    }
}

/// Where the token is from.
#[derive(Clone, Debug)]
pub(super) enum Whence {
    /// A person has set it.
    Own(TokenSource),
    /// It is set, and can't be read: why.
    Unreadable(String),
    /// An anonymous account's, with its name, kept in this file until then.
    Anonymous { account: String, file: PathBuf, until: Option<Moment> },
    /// There is none.
    Nowhere,
}

/// What is known of it here.
pub(super) struct Token {
    pub(super) from: Whence,
    /// Its file, and that file's mode.
    file: Option<(PathBuf, u32)>,
}

/// Looks for the token, as a run does; within `most`, since its file may lie anywhere.
pub(super) fn look_within(most: Duration, config: &Arc<Config>, env: &Env) -> (Token, Kept) {
    let (config, env) = (Arc::clone(config), env.clone());
    begin(most, move || look(&config, &env)).end().unwrap_or_else(|| {
        let why = format!("the token's place does not answer within {} s", most.as_secs());
        (Token { from: Whence::Unreadable(why), file: None }, Kept::default())
    })
}

fn look(config: &Config, env: &Env) -> (Token, Kept) {
    match config.api.token(env) {
        Err(problem) => (Token { from: Whence::Unreadable(problem.shown()), file: None }, Kept::default()),
        Ok(Some(token)) => {
            let file = match &token.source {
                TokenSource::Variable => None,
                TokenSource::Credential(path) | TokenSource::File(path) => mode_of(path),
            };
            let kept = Kept { own: Some(token.secret), stored: None };
            (Token { from: Whence::Own(token.source), file }, kept)
        }
        Ok(None) => {
            let path = config.state.dir.join(TOKEN_FILE);
            let stored = match kept_token(&config.state.dir) {
                Ok(stored) => stored,
                Err(error) => {
                    let why = format!("the token that is kept in {} can't be read: {error}", path.display());
                    return (Token { from: Whence::Unreadable(why), file: None }, Kept::default());
                }
            };
            let from = stored.as_ref().map_or(Whence::Nowhere, |stored| Whence::Anonymous {
                account: stored.account.as_ref().map_or_else(|| "of no name".to_owned(), ToString::to_string),
                file: path.clone(),
                until: stored.expires_at.map(|at| Moment(at.as_millisecond())),
            });
            (Token { from, file: mode_of(&path) }, Kept { own: None, stored })
        }
    }
}

fn mode_of(path: &Path) -> Option<(PathBuf, u32)> {
    Some((path.to_owned(), path.metadata().ok()?.mode() & 0o7777))
}

/// Judges the token and, where the service was asked, the credits.
pub(super) fn judge(token: &Token, look: Option<&Look>, api: &Api, now: Moment) -> Vec<Line> {
    let mut lines = vec![source(token, now)];
    if let Some((path, mode)) = token.file.as_ref().filter(|(_, mode)| mode & 0o004 > 0) {
        let message = format!("can be read by everybody on this machine (mode {mode:o})");
        let mend = format!("`chmod 600 {}`; if others could see it, get another token.", typed(path));
        lines.push(Line::warn("token", path.display(), message, mend));
    }
    match (look, &token.from) {
        (_, Whence::Unreadable(_)) | (None, _) => {}
        (Some(Look { with_token: false, .. }), _) => {
            lines.push(Line::ok("credits", "account", "not asked for: there is no token yet"));
        }
        (Some(look), _) => lines.extend(balance(token, look, api)),
    }
    lines
}

fn source(token: &Token, now: Moment) -> Line {
    match &token.from {
        Whence::Own(source) => Line::ok("token", source, "a person's own"),
        Whence::Unreadable(why) => Line::fail(
            "token",
            "set by a person",
            why.trim_start_matches("error: ").to_owned(),
            "Put the token there, on one line, readable for the service's user alone; or take the setting away.",
        ),
        Whence::Nowhere => Line::ok(
            "token",
            "none",
            "none is set or kept: the first clip asks for an anonymous account. It was not asked for now, for there is one in 7 days",
        ),
        Whence::Anonymous { account, file, until } => match until {
            Some(until) if *until < now => {
                let message = format!("the token of the anonymous account {account} has run out");
                let mend = "Nothing to do: the next run renews it. To keep an account and its credits, set a token of your own.";
                Line::warn("token", file.display(), message, mend)
            }
            _ => Line::ok("token", file.display(), format!("of the anonymous account {account}")),
        },
    }
}

fn balance(token: &Token, look: &Look, api: &Api) -> Option<Line> {
    match &look.said {
        Ok(credits) if credits.available > 0.0 => {
            let held = if credits.frozen > 0.0 {
                format!(", and {} held by work", credits.frozen)
            } else {
                String::new()
            };
            Some(Line::ok("credits", "account", format!("{} can be spent{held}", credits.available)))
        }
        Ok(_) => {
            let mend = match &token.from {
                Whence::Anonymous { account, .. } => format!(
                    "Register this account to get more: {}/register?bind={account}",
                    api.web_url.as_str().trim_end_matches('/')
                ),
                _ => "Top up credits in your account; what waits goes on by itself.".to_owned(),
            };
            Some(Line::warn("credits", "account", "none are left: no message is sent", mend))
        }
        Err(error) if error.token_refused() => Some(refused(token, error, api.on_token_expired)),
        // Told as the service's.
        Err(_) => None,
    }
}

fn refused(token: &Token, error: &ApiError, mode: OnTokenExpired) -> Line {
    let message = format!("the service refuses it: {}", error.message);
    match (&token.from, mode) {
        (Whence::Anonymous { file, .. }, OnTokenExpired::Renew | OnTokenExpired::Anonymous) => {
            let mend = "Nothing to do: the next run asks for another one, of which there is one in 7 days.";
            Line::warn("token", file.display(), message, mend)
        }
        (Whence::Own(source), _) => {
            Line::fail("token", source, message, "Set a token that is valid, or remove it to use a free one.")
        }
        _ => Line::fail("token", "account", message, error.failure().hint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Call, Credits, Delivery, ErrorKind};
    use crate::service::doctor::Health::{Fail, Ok as Well, Warn};

    fn answered(code: i64) -> ApiError {
        ApiError {
            delivery: Delivery::Refused,
            kind: ErrorKind::Answered,
            call: Call::Credits,
            code: Some(code),
            status: Some(200),
            message: "no".to_owned(),
            retry_after: None,
            link: None,
            renewed: false,
        }
    }

    #[test]
    fn every_case() {
        let have = |available| Ok(Credits { available, frozen: 0.0, total: available });
        let look = |said, with_token| Some(Look { said, date: None, with_token });
        let own = || Whence::Own(TokenSource::Variable);
        let anonymous =
            |until| Whence::Anonymous { account: "anon_1".into(), file: "/s/token.json".into(), until };
        let (renew, wait) = (OnTokenExpired::Renew, OnTokenExpired::Wait);
        for (from, mode, look, on_expired, wanted) in [
            (own(), None, look(have(9.0), true), renew, vec![(Well, "own"), (Well, "9 can be spent")]),
            (own(), None, look(have(0.0), true), renew, vec![(Well, "own"), (Warn, "Top up")]),
            (own(), Some(0o644), None, renew, vec![(Well, "own"), (Warn, "chmod 600 '/a b'")]),
            (own(), Some(0o640), None, renew, vec![(Well, "own")]),
            (own(), None, look(Err(answered(1001)), true), renew, vec![(Well, "own"), (Fail, "valid")]),
            (own(), None, look(Err(answered(503)), true), renew, vec![(Well, "own")]),
            (
                anonymous(None),
                None,
                look(have(0.0), true),
                renew,
                vec![(Well, "anon_1"), (Warn, "/register?bind=anon_1")],
            ),
            (anonymous(Some(Moment(5))), None, None, renew, vec![(Warn, "run out")]),
            (
                anonymous(None),
                None,
                look(Err(answered(1001)), true),
                renew,
                vec![(Well, "anon_1"), (Warn, "asks for another")],
            ),
            (
                anonymous(None),
                None,
                look(Err(answered(1001)), true),
                wait,
                vec![(Well, "anon_1"), (Fail, "valid")],
            ),
            (
                Whence::Nowhere,
                None,
                look(Err(answered(1001)), false),
                renew,
                vec![(Well, "one in 7 days"), (Well, "not asked")],
            ),
            (
                Whence::Unreadable("error: x".into()),
                None,
                look(Err(answered(1001)), false),
                renew,
                vec![(Fail, "one line")],
            ),
        ] {
            let token = Token { from, file: mode.map(|mode| ("/a b".into(), mode)) };
            let api = Api { on_token_expired: on_expired, ..Config::default().api };
            let lines = judge(&token, look.as_ref(), &api, Moment(10));
            assert_eq!(lines.len(), wanted.len(), "{lines:?}");
            for (line, (result, part)) in lines.iter().zip(wanted) {
                let all = format!("{} {}", line.message, line.mend.as_deref().unwrap_or_default());
                assert!(line.result == result && all.contains(part), "{part}: {line:?}");
            }
        }
    }
}
