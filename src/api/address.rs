//! Which addresses a film may be fetched from, and where a token may go.
//!
//! The address of a film is a text from outside. It must not lead into this machine's own network, neither
//! written as numbers nor by a name that resolves there; the check sits where names are resolved, so that the
//! address that was checked is the one connected to.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::job::is_public;

/// Why an address is not followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum Refused {
    /// It can't be read.
    #[error("the film's address can't be read")]
    Unreadable,
    /// Neither https, nor http where the API itself is http.
    #[error("the film's address is not https")]
    Scheme,
    /// It holds a user's name or a password.
    #[error("the film's address holds a user or a password")]
    Login,
    /// A host inside a private network.
    #[error("the film's address leads into a private network")]
    Private,
}

/// The rules, made from the API's own base and the hosts that are allowed besides.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    base: Url,
    allowed: Arc<[String]>,
}

impl Rules {
    /// Rules for an API at `base`; `hosts` may be private as well.
    pub(super) fn new(base: &Url, hosts: &[String]) -> Self {
        let own = base.host_str().unwrap_or_default().to_owned();
        let named = hosts.iter().map(|host| plain(host));
        Self { base: base.clone(), allowed: named.chain([plain(&own)]).collect() }
    }

    /// Reads an address, relative to `from` if it is a redirect's.
    pub(super) fn read(&self, text: &str, from: Option<&Url>) -> Result<Url, Refused> {
        let url = from.map_or_else(|| Url::parse(text), |from| from.join(text));
        let url = url.map_err(|_| Refused::Unreadable)?;
        match url.scheme() {
            "https" => {}
            "http" if self.base.scheme() == "http" => {}
            _ => return Err(Refused::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Login);
        }
        let ip = match url.host().ok_or(Refused::Unreadable)? {
            Host::Domain(_) => return Ok(url),
            Host::Ipv4(ip) => IpAddr::V4(ip),
            Host::Ipv6(ip) => IpAddr::V6(ip),
        };
        let fine = is_public(ip) || self.allows(url.host_str().unwrap_or_default());
        if fine { Ok(url) } else { Err(Refused::Private) }
    }

    /// Whether scheme, host and port are all the API's own, so that the token may go there.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }

    fn allows(&self, host: &str) -> bool {
        self.allowed.contains(&plain(host))
    }
}

/// A host as it is compared: lowercase, without brackets and the dot of the root.
fn plain(host: &str) -> String {
    host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase()
}

impl Resolve for Rules {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = self.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let all = found.len();
            let allowed = rules.allows(name.as_str());
            let fine: Vec<_> = found.into_iter().filter(|a| allowed || is_public(a.ip())).collect();
            match (all, fine.is_empty()) {
                (0, _) => Err(io::Error::from(io::ErrorKind::NotFound).into()),
                (_, true) => Err(Refused::Private.into()),
                (_, false) => Ok(Box::new(fine.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(base: &str) -> Rules {
        Rules::new(&Url::parse(base).unwrap(), &["NAS.example.".to_owned(), "10.0.0.7".to_owned()])
    }

    #[test]
    fn addresses_that_are_followed_and_not() {
        use Refused::{Login, Private, Scheme, Unreadable};
        let table = [
            ("https://static1.example/a.mp4?sig=1", None),
            ("https://8.8.8.8/a.mp4", None),
            ("https://[2606:4700::1111]/a", None),
            ("https://[64:ff9b::808:808]/", None),
            ("https://10.0.0.7:8443/a", None),
            ("http://static1.example/a.mp4", Some(Scheme)),
            ("file:///etc/passwd", Some(Scheme)),
            ("ftp://x.example/a", Some(Scheme)),
            ("data:video/mp4;base64,AA", Some(Scheme)),
            ("javascript:1", Some(Scheme)),
            ("https://user@x.example/", Some(Login)),
            ("https://user:pass@x.example/", Some(Login)),
            ("https://:pass@x.example/", Some(Login)),
            ("https://", Some(Unreadable)),
            ("/a.mp4", Some(Unreadable)),
            ("", Some(Unreadable)),
            ("https://127.0.0.1/", Some(Private)),
            ("https://127.1/", Some(Private)),
            ("https://2130706433/", Some(Private)),
            ("https://0x7f.1/", Some(Private)),
            ("https://0177.0.0.1/", Some(Private)),
            ("https://0.0.0.0/", Some(Private)),
            ("https://10.1.2.3/", Some(Private)),
            ("https://172.16.0.1/", Some(Private)),
            ("https://172.31.255.255/", Some(Private)),
            ("https://192.168.1.1/", Some(Private)),
            ("https://169.254.169.254/latest", Some(Private)),
            ("https://100.64.0.1/", Some(Private)),
            ("https://100.127.255.255/", Some(Private)),
            ("https://198.18.0.1/", Some(Private)),
            ("https://224.0.0.1/", Some(Private)),
            ("https://255.255.255.255/", Some(Private)),
            ("https://[::1]/", Some(Private)),
            ("https://[::]/", Some(Private)),
            ("https://[::ffff:127.0.0.1]/", Some(Private)),
            ("https://[::ffff:a00:1]/", Some(Private)),
            ("https://[::7f00:1]/", Some(Private)),
            ("https://[64:ff9b::7f00:1]/", Some(Private)),
            ("https://[64:ff9b:1::808:808]/", Some(Private)),
            ("https://[2002:7f00:1::]/", Some(Private)),
            ("https://[2001:0:1::]/", Some(Private)),
            ("https://[fc00::1]/", Some(Private)),
            ("https://[fd12::1]/", Some(Private)),
            ("https://[fe80::1]/", Some(Private)),
            ("https://[ff02::1]/", Some(Private)),
        ];
        for (address, refused) in table {
            assert_eq!(rules("https://api.example").read(address, None).err(), refused, "{address}");
        }
        assert_eq!(rules("http://api.example").read("http://static1.example/a", None).err(), None);
        assert_eq!(rules("http://127.0.0.1:1").read("http://127.0.0.1:2/a", None).err(), None);
        assert_eq!(rules("http://127.0.0.1:1").read("http://127.0.0.2:1/a", None).err(), Some(Private));
        assert_eq!(rules("http://[::1]:1").read("http://[::1]:2/a", None).err(), None);
    }

    #[test]
    fn redirects_are_read_against_their_page() {
        let rules = rules("https://api.example");
        let from = Url::parse("https://x.example/a/b").unwrap();
        assert_eq!(rules.read("../c", Some(&from)).unwrap().as_str(), "https://x.example/c");
        assert_eq!(rules.read("//127.0.0.1/c", Some(&from)), Err(Refused::Private));
        assert_eq!(rules.read("http://x.example/c", Some(&from)), Err(Refused::Scheme));
    }

    #[test]
    fn the_token_stays_at_home() {
        let table = [
            ("https://api.example/x", true),
            ("https://api.example:443/x", true),
            ("https://api.example:8443/x", false),
            ("http://api.example/x", false),
            ("https://api.example.evil.example/x", false),
            ("https://sub.api.example/x", false),
        ];
        for (address, own) in table {
            assert_eq!(rules("https://api.example").is_own(&Url::parse(address).unwrap()), own, "{address}");
        }
    }

    #[tokio::test]
    async fn names_that_resolve_inside_are_refused_unless_allowed() {
        let resolve = |rules: Rules| async move { rules.resolve("localhost".parse().unwrap()).await };
        let refused = resolve(rules("https://api.example")).await.err().unwrap();
        assert_eq!(refused.downcast_ref(), Some(&Refused::Private));
        assert!(resolve(rules("http://localhost:1")).await.is_ok());
    }
}
