//! What the client must be told: where the service is, and how long to wait for what.

use std::time::Duration;

use url::{Host, Url};

use crate::config::OnTokenExpired;

/// The client's settings.
#[derive(Clone, Debug)]
pub struct Options {
    /// The API's base, `http` or `https`.
    pub base: Url,
    /// The base of links for people.
    pub web: Url,
    /// The longest wait for a connection.
    pub connect_timeout: Duration,
    /// How long an upload or a download may go without a byte moving.
    pub stall_timeout: Duration,
    /// How long a message's stream may take in all.
    pub message_timeout: Duration,
    /// How long any other call may take in all.
    pub call_timeout: Duration,
    /// What happens when the service takes the token no more.
    pub on_token_expired: OnTokenExpired,
    /// The first wait after 429 where the service names no time.
    pub retry_wait: Duration,
    /// The longest wait that the service may ask for.
    pub max_retry_after: Duration,
    /// Hosts that films may come from besides public ones and the API's own.
    pub download_hosts: Vec<String>,
    /// The speed of uploads in bytes a second; 0 for no limit.
    pub upload_limit: u64,
    /// `X-Skill-Source`.
    pub source: String,
    /// `X-Skill-Version`.
    pub version: String,
    /// `X-Skill-Platform`.
    pub platform: String,
}

impl Options {
    /// The address of a call: its segments below the base, each escaped.
    pub(super) fn call(&self, segments: &[&str]) -> Url {
        below(&self.base, segments)
    }

    /// Whether the base is on this machine, where no proxy can reach it.
    pub fn is_local(&self) -> bool {
        match self.base.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }

    /// The page where an anonymous account is registered.
    pub(super) fn register_link(&self, account: &str) -> String {
        let mut link = below(&self.web, &["register"]);
        link.query_pairs_mut().append_pair("bind", account);
        link.into()
    }

    /// The page that opens a project in a browser.
    pub(super) fn claim_link(&self, ticket: &str) -> String {
        let mut link = below(&self.web, &["workspace", "claim"]);
        link.query_pairs_mut().append_pair("ct", ticket);
        link.into()
    }
}

fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url.set_query(None);
    url.set_fragment(None);
    url
}

#[cfg(test)]
pub(super) fn sample(base: &str) -> Options {
    Options {
        base: Url::parse(base).unwrap(),
        web: Url::parse("https://web.example").unwrap(),
        connect_timeout: Duration::from_secs(5),
        stall_timeout: Duration::from_secs(5),
        message_timeout: Duration::from_secs(20),
        call_timeout: Duration::from_secs(20),
        on_token_expired: OnTokenExpired::Renew,
        retry_wait: Duration::from_millis(5),
        max_retry_after: Duration::from_hours(1),
        download_hosts: Vec::new(),
        upload_limit: 0,
        source: "generator-bangla".to_owned(),
        version: "1.0".to_owned(),
        platform: "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stay_below_the_base() {
        let table = [
            ("https://api.example", "https://api.example/a/b%2F..%2Fc%3Fq"),
            ("https://api.example/", "https://api.example/a/b%2F..%2Fc%3Fq"),
            ("https://api.example/v1/?x=1#y", "https://api.example/v1/a/b%2F..%2Fc%3Fq"),
        ];
        for (base, address) in table {
            assert_eq!(sample(base).call(&["a", "b/../c?q"]).as_str(), address);
        }
        let options = sample("https://api.example");
        assert_eq!(options.call(&["a", "..", "b"]).as_str(), "https://api.example/a/b");
        assert_eq!(options.register_link("anon_1&x"), "https://web.example/register?bind=anon_1%26x");
        assert_eq!(options.claim_link("clm_1"), "https://web.example/workspace/claim?ct=clm_1");
    }

    #[test]
    fn what_is_on_this_machine() {
        for (base, local) in [
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:1", true),
            ("http://localhost:1", true),
            ("http://127.1", true),
            ("https://api.example", false),
            ("http://192.168.0.2", false),
        ] {
            assert_eq!(sample(base).is_local(), local, "{base}");
        }
    }
}
