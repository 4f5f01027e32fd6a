//! The page: whether it answers, or could be had, where the settings have it, and whom it lets in.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use tokio::net::TcpSocket;

use super::books::{self, Runs};
use super::knock::{Answer, knock};
use super::line::{Line, typed};
use crate::config::{Config, Env, Listen};
use crate::ledger::{LedgerError, Overview};

/// What is seen of the page.
pub(super) struct Facts {
    listen: Listen,
    stands: Stands,
    token: Token,
}

/// What stands at its address.
enum Stands {
    /// A dakbox runs on this ledger and serves it there; what it answered, or why it didn't.
    Served(SocketAddr, Result<Answer, String>),
    /// One runs, and serves none.
    Unserved,
    /// None runs; whether the address is to be had.
    Free(io::Result<()>),
    /// Whether one runs, or where it serves the page, is not told.
    Untold,
}

/// The token that it asks for.
struct Token {
    /// Whether there is one, or why it can't be read.
    read: Result<bool, String>,
    /// Its file, and that file's mode.
    file: Option<(PathBuf, Option<u32>)>,
}

/// Looks at the page, and asks it where a dakbox runs.
pub(super) fn look(config: &Config, env: &Env) -> Facts {
    let listen = config.web.listen;
    Facts { listen, stands: stands(listen, &config.ledger.file), token: token(config, env) }
}

fn stands(listen: Listen, ledger: &Path) -> Stands {
    match (books::runs(ledger), listen) {
        (Runs::Untold, _) => Stands::Untold,
        (Runs::By(_), _) => match shown(ledger) {
            Ok(Some(at)) => Stands::Served(at, knock(at)),
            Ok(None) => Stands::Unserved,
            Err(_) => Stands::Untold,
        },
        (Runs::No, Listen::At(at)) => Stands::Free(try_to_have(at)),
        (Runs::No, Listen::Off) => Stands::Free(Ok(())),
    }
}

/// Where the dakbox that runs says its page is.
fn shown(ledger: &Path) -> Result<Option<SocketAddr>, LedgerError> {
    let _turn = books::turn();
    Overview::open(ledger)?.page()
}

/// Nobody ever listens at this socket: a dakbox that starts at the same moment gets the address all the same.
fn try_to_have(at: SocketAddr) -> io::Result<()> {
    let socket = if at.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(at)
}

fn token(config: &Config, env: &Env) -> Token {
    let credential = env.get("CREDENTIALS_DIRECTORY").map(|folder| Path::new(folder).join("web-token"));
    let file = credential.filter(|path| path.exists()).or_else(|| config.web.token_file.clone());
    let mode = |path: &PathBuf| path.metadata().ok().map(|there| there.mode() & 0o7777);
    let shown = |problem: crate::config::Problem| problem.shown().trim_start_matches("error: ").to_owned();
    Token {
        read: config.web.token(env).map(|token| token.is_some()).map_err(shown),
        file: file.map(|path| (path.clone(), mode(&path))),
    }
}

const ANEW: &str = "Start dakbox anew: `sudo systemctl restart dakbox`.";
const LOG: &str =
    "Its log says more (`journalctl -u dakbox -e`). If it stays so: `sudo systemctl restart dakbox`.";

/// Judges the page and its token. `given`: the service's unit brings a token of its own.
pub(super) fn judge(facts: &Facts, given: bool) -> Vec<Line> {
    let Listen::At(listen) = facts.listen else {
        let Stands::Served(at, _) = facts.stands else {
            return vec![Line::ok("page", "off", "there is none: `[web] listen` is \"off\"")];
        };
        let message = "`[web] listen` is \"off\", and the dakbox that runs still serves it";
        return vec![Line::warn("page", at, message, ANEW)];
    };
    let mut lines = vec![match &facts.stands {
        Stands::Served(at, answer) => served(listen, *at, answer),
        Stands::Unserved => Line::warn(
            "page",
            listen,
            "the dakbox that runs serves none: it could not have this address, or started with other settings",
            format!("{} Then `sudo systemctl restart dakbox`.", who_has(listen)),
        ),
        Stands::Free(Ok(())) => Line::ok("page", listen, "no dakbox runs; the address can be had"),
        Stands::Free(Err(error)) => not_to_be_had(listen, error),
        Stands::Untold => Line::ok("page", listen, "whether it is served is not told here"),
    }];
    lines.extend(let_in(listen, facts, given));
    lines
}

fn served(listen: SocketAddr, at: SocketAddr, answer: &Result<Answer, String>) -> Line {
    let is_meant = listen.ip() == at.ip() && [0, at.port()].contains(&listen.port());
    match answer {
        Err(why) => Line::fail("page", at, format!("does not answer: {why}"), LOG),
        Ok(Answer::Silent(names)) => {
            Line::fail("page", at, format!("answers that something in dakbox stands still: {names}"), LOG)
        }
        Ok(Answer::Odd(status)) => {
            Line::fail("page", at, format!("answers with {status}, which it never should"), LOG)
        }
        Ok(_) if !is_meant => {
            Line::warn("page", at, format!("answers there, and the settings have it at {listen}"), ANEW)
        }
        Ok(Answer::Asks) => Line::ok("page", at, "answers, and asks for its token"),
        Ok(Answer::Alive) => Line::ok("page", at, "answers"),
    }
}

fn who_has(listen: SocketAddr) -> String {
    format!(
        "See who has it (`sudo ss -ltnp 'sport = :{}'`), or choose another under `[web] listen`.",
        listen.port()
    )
}

fn not_to_be_had(listen: SocketAddr, error: &io::Error) -> Line {
    let mend = match error.kind() {
        ErrorKind::AddrInUse => who_has(listen),
        ErrorKind::AddrNotAvailable => {
            "It is no address of this machine: `ip -brief address` shows those that are, for `[web] listen`."
                .to_owned()
        }
        ErrorKind::PermissionDenied => {
            "Ports below 1024 are the system's: choose a higher one under `[web] listen`.".to_owned()
        }
        _ => "Choose another address under `[web] listen`.".to_owned(),
    };
    let message = format!("can't be had ({error}): dakbox would work without its page");
    Line::warn("page", listen, message, mend)
}

/// Whom it lets in.
fn let_in(listen: SocketAddr, facts: &Facts, given: bool) -> Vec<Line> {
    let Token { read, file } = &facts.token;
    let target = file.as_ref().map_or_else(|| "none".to_owned(), |(path, _)| path.display().to_string());
    let asks = matches!(facts.stands, Stands::Served(_, Ok(Answer::Asks)));
    let open = matches!(facts.stands, Stands::Served(_, Ok(Answer::Alive)));
    let mut lines = vec![match read {
        Err(why) => {
            let message = format!("{why}; dakbox does not start so");
            let mend = "Put a token there, on one line, readable for the service's user alone.";
            Line::fail("page-token", &target, message, mend)
        }
        Ok(true) if open => Line::warn(
            "page-token",
            &target,
            "is set, and the dakbox that runs does not ask for it yet",
            ANEW,
        ),
        Ok(true) => Line::ok("page-token", &target, "whoever comes is asked for it"),
        Ok(false) if asks || given => {
            Line::ok("page-token", "web-token", "whoever comes is asked for it; the service's unit has it")
        }
        Ok(false) if listen.ip().is_loopback() => Line::ok(
            "page-token",
            "none",
            "none is set, and none is needed where this machine alone comes in",
        ),
        Ok(false) => {
            let message = format!(
                "none is set, and {listen} is no address of this machine alone: dakbox does not start so"
            );
            let mend = "Set `[web] token_file` (docs/page.md tells how to make one), or listen at 127.0.0.1.";
            Line::fail("page-token", "none", message, mend)
        }
    }];
    if let Some((path, Some(mode))) =
        file.as_ref().filter(|(_, mode)| mode.is_some_and(|mode| mode & 0o004 > 0))
    {
        let message = format!("can be read by everybody on this machine (mode {mode:o})");
        let mend = format!("`chmod 600 {}`; if others could see it, make another token.", typed(path));
        lines.push(Line::warn("page-token", path.display(), message, mend));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::doctor::Health::{self, Fail, Ok as Well, Warn};

    fn assert_all(listen: Listen, stands: Stands, token: Result<bool, String>, wanted: &[(Health, &str)]) {
        let facts = Facts { listen, stands, token: Token { read: token, file: None } };
        let lines = judge(&facts, false);
        assert_eq!(lines.len(), wanted.len(), "{lines:?}");
        for (line, (result, part)) in lines.iter().zip(wanted) {
            let all = format!("{} {}", line.message, line.mend.as_deref().unwrap_or_default());
            assert!(line.result == *result && all.contains(part), "{part}: {line:?}");
        }
    }

    #[test]
    fn every_case() {
        let [own, other, open]: [SocketAddr; 3] =
            ["127.0.0.1:1", "127.0.0.1:2", "0.0.0.0:1"].map(|at| at.parse().unwrap());
        let denied = |kind: ErrorKind| Stands::Free(Err(io::Error::from(kind)));
        let served = |at, answer| Stands::Served(at, answer);
        let free = (Well, "none is needed");
        for (stands, wanted) in [
            (Stands::Untold, (Well, "not told")),
            (Stands::Unserved, (Warn, "serves none")),
            (denied(ErrorKind::AddrNotAvailable), (Warn, "ip -brief address")),
            (denied(ErrorKind::PermissionDenied), (Warn, "below 1024")),
            (served(own, Ok(Answer::Silent("intake".into()))), (Fail, "stands still: intake")),
            (served(own, Ok(Answer::Odd(421))), (Fail, "421")),
            (served(other, Ok(Answer::Alive)), (Warn, "the settings have it at 127.0.0.1:1")),
        ] {
            assert_all(Listen::At(own), stands, Ok(false), &[wanted, free]);
        }
        let alive = || served(own, Ok(Answer::Alive));
        assert_all(Listen::Off, alive(), Ok(false), &[(Warn, "still serves it")]);
        assert_all(Listen::At(own), alive(), Ok(true), &[(Well, ""), (Warn, "does not ask for it yet")]);
        let asks = || served(open, Ok(Answer::Asks));
        assert_all(Listen::At(open), asks(), Ok(false), &[(Well, "asks"), (Well, "the service's unit")]);
        let unreadable = &[(Well, "asks"), (Fail, "no file; dakbox does not start")];
        assert_all(Listen::At(open), asks(), Err("no file".into()), unreadable);
    }
}
