//! `[web]`: the page, health and metrics.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use toml::de::DeValue;
use url::Host;

use super::api::hosts;
use super::env::Env;
use super::section::Section;
use super::typed::{Typed, Wrong, quoted};

/// Where the page is served.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listen {
    /// Nowhere.
    Off,
    /// At this address.
    At(SocketAddr),
}

impl Typed for Listen {
    fn read(value: &DeValue<'_>, env: &Env) -> Result<Self, Wrong> {
        if value.as_str() == Some("off") { Ok(Self::Off) } else { SocketAddr::read(value, env).map(Self::At) }
    }

    fn shown(&self) -> String {
        match self {
            Self::Off => quoted("off"),
            Self::At(address) => address.shown(),
        }
    }
}

/// The page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Web {
    /// Where it is served.
    pub listen: Listen,
    /// A file with the token that it asks for.
    pub token_file: Option<PathBuf>,
    /// Further host names that it answers to.
    pub hosts: Vec<Host>,
}

impl Web {
    pub(super) fn read(s: &mut Section<'_, '_>) -> Self {
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 8642));
        Self {
            listen: s.get("listen", Listen::At(local)),
            token_file: s.token_file("token_file"),
            hosts: hosts(s, "hosts"),
        }
    }

    /// The address at which everybody on the network could pay with this account's credits: one beyond this machine,
    /// where no token is asked for. A token that can't be read is told by itself.
    pub fn open_to_all(&self, env: &Env) -> Option<SocketAddr> {
        let Listen::At(address) = self.listen else { return None };
        (!address.ip().is_loopback() && matches!(self.token(env), Ok(None))).then_some(address)
    }
}
