//! Starting the page, and ending it.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use secrecy::SecretString;
use thiserror::Error;

use super::door::{Door, Lock};
use super::house::House;
use super::{router, seal, server};
use crate::config::{self, Config, Env, Listen, Problem};
use crate::worker::{Folders, Vitals};

/// So long its thread is waited for at the end. No connection holds it up; the system might.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// Why dakbox must not start with these settings of the page.
#[derive(Debug, Error)]
pub enum WebError {
    /// The token can't be read.
    #[error("{}", .0.shown())]
    Token(Problem),
    /// Everybody could pay with this account's credits.
    #[error(
        "[web] listen = \"{0}\" is no address of this machine alone, so the page must ask for a token: set `[web] \
         token_file`, or listen at 127.0.0.1"
    )]
    Open(SocketAddr),
}

/// What the page asks for, checked.
#[derive(Clone)]
pub struct Key(Option<SecretString>);

/// The page, served on a thread of its own.
pub struct Web(Option<(Arc<House>, JoinHandle<()>)>);

impl Web {
    /// Reads the token, and refuses a page that is open to everybody.
    ///
    /// # Errors
    /// Where dakbox must not start.
    pub fn key(web: &config::Web, env: &Env) -> Result<Key, WebError> {
        if web.listen == Listen::Off {
            return Ok(Key(None));
        }
        match web.open_to_all(env) {
            Some(address) => Err(WebError::Open(address)),
            None => web.token(env).map(Key).map_err(WebError::Token),
        }
    }

    /// Begins to serve. Where that can't be done it is told, and dakbox goes on without: clips need no page.
    pub fn start(settings: Arc<RwLock<Arc<Config>>>, vitals: Arc<Vitals>, key: Key) -> Self {
        let config = Arc::clone(&settings.read().unwrap_or_else(std::sync::PoisonError::into_inner));
        let Listen::At(address) = config.web.listen else { return Self(None) };
        let bound = TcpListener::bind(address).and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = match bound {
            Ok(bound) => bound,
            Err(error) => {
                tracing::warn!(%error, "there is no page: {address} can't be had; `[web] listen` names another address");
                return Self(None);
            }
        };
        let lock = key.0.map(|token| Lock::new(token, &seal::key(&config.state.dir)));
        let door = Door::new(lock, address.port());
        let house = Arc::new(House::new(settings, vitals, address, door));
        let (served, router) = (Arc::clone(&house), router::all(&house));
        let serve = move || server::serve(listener, &served, router);
        match std::thread::Builder::new().name("page".into()).spawn(serve) {
            Ok(thread) => {
                tracing::info!("the page is at http://{address}");
                Self(Some((house, thread)))
            }
            Err(error) => {
                tracing::warn!(%error, "there is no page: no thread is to be had");
                Self(None)
            }
        }
    }

    /// Where it is served; `None` where it is not.
    pub fn address(&self) -> Option<SocketAddr> {
        self.0.as_ref().map(|(house, _)| house.address)
    }

    /// From now on the folders are known to be ours.
    pub fn works_in(&self, folders: &Folders) {
        if let Some((house, _)) = &self.0 {
            house.works_in(folders.clone());
        }
    }

    /// Ends every connection.
    pub async fn close(self) {
        let Some((house, thread)) = self.0 else { return };
        house.stop.cancel();
        let until = Instant::now() + LAST_WAIT;
        while !thread.is_finished() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if !thread.is_finished() {
            tracing::warn!("the page did not end within {} s, and is left behind", LAST_WAIT.as_secs());
        }
    }
}
