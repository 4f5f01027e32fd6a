//! `[api]`: where the service is, who we are there, and how long its calls may take.

use std::path::PathBuf;
use std::time::Duration;

use url::{Host, Url};
use uuid::Uuid;

use super::amounts::Bytes;
use super::problem::Problem;
use super::section::Section;
use super::typed::{Wrong, choice};

choice! {
    /// What happens when the service takes the token no more.
    pub OnTokenExpired {
        /// An anonymous account's is renewed; a person's is read once more, and if unchanged the jobs wait.
        Renew = "renew",
        /// A person's is replaced by an anonymous one too: another account.
        Anonymous = "anonymous",
        /// The jobs wait.
        Wait = "wait",
    }
}

/// The service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Api {
    /// The service's address: http or https, without user, query or fragment.
    pub url: Url,
    /// The address of its pages for people.
    pub web_url: Url,
    /// A file with the token; see [`Api::token`].
    pub token_file: Option<PathBuf>,
    /// The client id that `NEMO_CLIENT_ID` wants instead of the kept one.
    pub client_id: Option<Uuid>,
    /// What happens when the service takes the token no more.
    pub on_token_expired: OnTokenExpired,
    /// To make a connection.
    pub connect_timeout: Duration,
    /// For an upload or download that does not move.
    pub stall_timeout: Duration,
    /// For one message, from its first byte to the end of its stream.
    pub message_timeout: Duration,
    /// Without a word, before the state is read beside the open stream.
    pub silence_timeout: Duration,
    /// Between state readings after a broken stream.
    pub recovery_interval: Duration,
    /// Between two readings that must be equal.
    pub state_interval: Duration,
    /// First wait after 429 where the server names none.
    pub retry_wait: Duration,
    /// The longest wait that a server may ask for.
    pub max_retry_after: Duration,
    /// Hosts films may come from besides public ones and the API's own, at any port.
    pub download_hosts: Vec<Host>,
    /// Bytes a second; `None`: as fast as it goes.
    pub upload_limit: Option<u64>,
}

impl Api {
    pub(super) fn read(s: &mut Section<'_, '_>) -> Self {
        Self {
            url: address(s, "url", "NEMO_API_URL", "https://mega-api-prod.nemovideo.ai"),
            web_url: address(s, "web_url", "NEMO_WEB_URL", "https://nemovideo.com"),
            token_file: s.token_file("token_file"),
            client_id: client_id(s),
            on_token_expired: s.get("on_token_expired", OnTokenExpired::Renew),
            connect_timeout: s.interval("connect_timeout", Duration::from_secs(10)),
            stall_timeout: s.interval("stall_timeout", Duration::from_mins(1)),
            message_timeout: s.interval("message_timeout", Duration::from_mins(15)),
            silence_timeout: s.interval("silence_timeout", Duration::from_mins(10)),
            recovery_interval: s.interval("recovery_interval", Duration::from_mins(1)),
            state_interval: s.interval("state_interval", Duration::from_secs(10)),
            retry_wait: s.interval("retry_wait", Duration::from_secs(30)),
            max_retry_after: s.interval("max_retry_after", Duration::from_hours(1)),
            download_hosts: hosts(s, "download_hosts"),
            upload_limit: Some(s.get("upload_limit", Bytes(0)).0).filter(|n| *n > 0),
        }
    }
}

fn address(s: &mut Section<'_, '_>, key: &'static str, var: &'static str, default: &str) -> Url {
    #[expect(clippy::expect_used, reason = "a literal of this file, parsed by every test")]
    let default = Url::parse(default).expect("a built-in address");
    let typed = s.checked(key, default, web_address);
    s.or_env(key, var, typed, web_address)
}

/// An address that paths can be put after.
fn web_address(url: &Url) -> Result<(), Wrong> {
    let wrong = |what: &str| Err(Wrong::new(format!("`{url}` {what}")));
    match () {
        () if !matches!(url.scheme(), "http" | "https") => wrong("begins with neither http:// nor https://"),
        () if !url.username().is_empty() || url.password().is_some() => {
            Err(Wrong::new("a name or password doesn't belong into an address"))
        }
        () if url.query().is_some() || url.fragment().is_some() => wrong("has something after `?` or `#`"),
        () => Ok(()),
    }
}

fn client_id(s: &mut Section<'_, '_>) -> Option<Uuid> {
    let variable = "NEMO_CLIENT_ID";
    let found = s.env().get(variable)?;
    let id = found.to_str().and_then(|text| Uuid::try_parse(text.trim()).ok()).filter(|id| !id.is_nil());
    if id.is_none() {
        s.problem(Problem::InEnv { variable, message: "is no UUID".into() });
    }
    id
}

/// A list of host names or addresses, without ports.
pub(super) fn hosts(s: &mut Section<'_, '_>, key: &'static str) -> Vec<Host> {
    let typed: Vec<String> = s.checked(key, Vec::new(), |list: &Vec<String>| {
        list.iter().try_for_each(|text| {
            let help = "a name or an address, without scheme, port and path";
            host(text).map(|_| ()).ok_or_else(|| Wrong::with_help(format!("`{text}` is no host"), help))
        })
    });
    typed.iter().filter_map(|text| host(text)).collect()
}

fn host(text: &str) -> Option<Host> {
    if let Ok(address) = text.parse() {
        return Some(Host::Ipv6(address));
    }
    let plain =
        |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    Host::parse(text).ok().filter(|host| !matches!(host, Host::Domain(name) if !plain(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (typed, good) in [
            ("https://a.example", true),
            ("http://127.0.0.1:8080/base", true),
            ("ftp://a.example", false),
            ("file:///etc", false),
            ("https://me@a.example", false),
            ("https://a.example/?x", false),
            ("https://a.example/#x", false),
        ] {
            assert_eq!(web_address(&Url::parse(typed).unwrap()).is_ok(), good, "{typed}");
        }
    }

    #[test]
    fn hosts_have_no_port() {
        for good in ["films.example", "127.0.0.1", "::1", "[::1]", "LOCALHOST"] {
            assert!(host(good).is_some(), "{good}");
        }
        for bad in ["", "a:80", "http://a", "a/b", "a b", "*.example", "[::1]:80"] {
            assert!(host(bad).is_none(), "{bad}");
        }
    }
}
