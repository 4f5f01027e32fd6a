//! Finds the file, reads it together with the environment, and says everything that is wrong with both.

use std::io::{ErrorKind, Read};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeTable;

use super::api::Api;
use super::attribution::Attribution;
use super::budget::Budget;
use super::env::Env;
use super::export::Export;
use super::folders::Folders;
use super::instructions::Instructions;
use super::jobs::Jobs;
use super::ledger::Ledger;
use super::log::Log;
use super::messages::Messages;
use super::problem::{Flaw, Problem, Problems, veil};
use super::reader::{Reader, Setting};
use super::state::State;
use super::watch::Watch;
use super::web::Web;

/// The settings, as meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// `[folders]`
    pub folders: Folders,
    /// `[watch]`
    pub watch: Watch,
    /// `[instructions]`
    pub instructions: Instructions,
    /// `[api]`
    pub api: Api,
    /// `[attribution]`
    pub attribution: Attribution,
    /// `[jobs]`
    pub jobs: Jobs,
    /// `[export]`
    pub export: Export,
    /// `[ledger]`
    pub ledger: Ledger,
    /// `[state]`
    pub state: State,
    /// `[log]`
    pub log: Log,
    /// `[web]`
    pub web: Web,
    /// `[messages]`
    pub messages: Messages,
    /// `[budget]`
    pub budget: Budget,
}

/// Without a file and without an environment; for tests and sketches, because the state folder is then a
/// relative one.
impl Default for Config {
    fn default() -> Self {
        Self::read(&mut Reader::new("", &DeTable::new(), &Env::default()))
    }
}

impl Config {
    fn read(r: &mut Reader<'_>) -> Self {
        let state = State::read(&mut r.section("state"));
        let config = Self {
            folders: Folders::read(&mut r.section("folders")),
            watch: Watch::read(&mut r.section("watch")),
            instructions: Instructions::read(&mut r.section("instructions")),
            api: Api::read(&mut r.section("api")),
            attribution: Attribution::read(&mut r.section("attribution")),
            jobs: Jobs::read(&mut r.section("jobs")),
            export: Export::read(&mut r.section("export")),
            ledger: Ledger::read(&mut r.section("ledger"), &state.dir),
            state,
            log: Log::read(&mut r.section("log")),
            web: Web::read(&mut r.section("web")),
            messages: Messages::read(&mut r.section("messages")),
            budget: Budget::read(&mut r.section("budget")),
        };
        r.remarks.extend(config.oddities());
        config
    }

    /// What is possible, but probably not meant.
    fn oddities(&self) -> Vec<String> {
        let mut odd = Vec::new();
        let local = match self.api.url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        if self.api.url.scheme() == "http" && !local {
            odd.push(format!(
                "[api] url = \"{}\" is not encrypted: the token can be read on its way",
                self.api.url
            ));
        }
        if self.jobs.drain < self.api.message_timeout {
            odd.push(
                "[jobs] drain is shorter than [api] message_timeout: stopping may cut what was paid for"
                    .into(),
            );
        }
        odd
    }
}

/// The settings, and where they come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loaded {
    /// The settings, as meant.
    pub config: Config,
    /// The file they were read from; `None`: there is none.
    pub source: Option<PathBuf>,
    /// What is worth a log line each.
    pub remarks: Vec<String>,
    /// Every setting with its value and origin, for people.
    pub settings: Vec<Setting>,
    /// What is wrong where the page would be open to everybody: dakbox does not start so. No matter to what needs no page.
    pub open_page: Option<String>,
}

/// Reads `explicit` (`--config`), else the user's file, else the machine's; with no file at all, the defaults.
pub fn load(explicit: Option<&Path>, env: &Env) -> Result<Loaded, Problems> {
    if let Some(file) = explicit {
        return parse(&read(file)?, file, env);
    }
    for file in usual(env) {
        match read(&file) {
            Err(Problem::Unreadable { source, .. }) if is_missing(&source) => {}
            text => return parse(&text?, &file, env),
        }
    }
    parse("", Path::new("(no file)"), env).map(|loaded| Loaded { source: None, ..loaded })
}

/// Where a file is looked for when none is named.
fn usual(env: &Env) -> Vec<PathBuf> {
    let absolute = |name| env.get(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let user = absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")));
    user.map(|folder| folder.join("dakbox/config.toml"))
        .into_iter()
        .chain([PathBuf::from("/etc/dakbox/config.toml")])
        .collect()
}

fn is_missing(e: &std::io::Error) -> bool {
    matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// The file's text. It is read to a limit: whatever was named by mistake must not fill the memory.
fn read(file: &Path) -> Result<String, Problem> {
    const MOST: u64 = 1 << 20;
    let what = "the configuration";
    let wrong = |message: &str| Problem::Contents { what, path: file.to_owned(), message: message.into() };
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|f| f.take(MOST + 1).read_to_end(&mut bytes));
    read.map_err(|source| Problem::Unreadable { what, path: file.to_owned(), source })?;
    if bytes.len() as u64 > MOST {
        return Err(wrong("is larger than 1 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| wrong("is not UTF-8: save it as plain text in UTF-8"))
}

/// Reads the text of a file; `file` is its name in problems.
pub fn parse(text: &str, file: &Path, env: &Env) -> Result<Loaded, Problems> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // What can be guessed of the rest would only raise further, untrue problems.
        return Err(Problems(errors.iter().map(|e| syntax(e, file, text)).collect()));
    }
    let mut reader = Reader::new(text, root.get_ref(), env);
    let config = Config::read(&mut reader);
    if env.is_empty("NEMO_TOKEN") {
        reader.remarks.push("NEMO_TOKEN is set but empty, and counts as unset".into());
    }
    let (settings, remarks) = (reader.settings.clone(), reader.remarks.clone());
    let problems = reader.problems(file);
    if problems.0.is_empty() {
        let open_page = config.web.open_to_all(env).map(|address| {
            let typed = root.get_ref().get("web").and_then(|web| web.get_ref().get("listen"));
            open(address, typed.map_or(0..0, Spanned::span)).place(file, &veil(text)).shown()
        });
        Ok(Loaded { config, source: Some(file.to_owned()), remarks, settings, open_page })
    } else {
        Err(problems)
    }
}

/// A page that everybody on the network could reach, without a token.
fn open(address: SocketAddr, span: Range<usize>) -> Flaw {
    let message =
        format!("the page would be open to everybody: {address} is no address of this machine alone");
    let help = "set `token_file` in [web], or listen at 127.0.0.1";
    Flaw { span, message, help: Some(help.to_owned()) }
}

/// What TOML itself says against the text.
fn syntax(error: &toml::de::Error, file: &Path, text: &str) -> Problem {
    let span = error.span().unwrap_or(text.len()..text.len());
    Flaw { span, message: error.message().to_owned(), help: None }.place(file, &veil(text))
}
