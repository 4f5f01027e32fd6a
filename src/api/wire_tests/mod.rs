//! The client against canned answers: what goes over the wire, how often, and what comes of it.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use uuid::Uuid;

use crate::api::canned::{Asked, Canned, Reply, Then, answer, events, raw};
use crate::api::options::sample;
use crate::api::*;
use crate::job::{Code, SessionId};

mod calls;
mod films;
mod messages;
mod shapes;
mod tokens;
mod uploads;

const CANARY: &str = "nmv_usr_c4n4ry";

#[derive(Default)]
struct Pocket {
    own: Mutex<Option<&'static str>>,
    /// What stands by now where that was read.
    later: Option<&'static str>,
    stored: Mutex<Option<Stored>>,
    /// So often there is no handle for a file.
    full: AtomicU32,
}

impl Pocket {
    fn handle(&self) -> io::Result<()> {
        let less = self.full.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        less.map_or(Ok(()), |_| Err(io::Error::from_raw_os_error(24)))
    }
}

impl Keep for Pocket {
    fn client_id(&self) -> Uuid {
        Uuid::from_u128(7)
    }

    fn load(&self) -> io::Result<Option<Stored>> {
        self.handle()?;
        Ok(self.stored.lock().unwrap().clone())
    }

    fn save(&self, stored: &Stored) -> io::Result<()> {
        self.handle()?;
        *self.stored.lock().unwrap() = Some(stored.clone());
        Ok(())
    }

    fn own(&self) -> Option<SecretString> {
        self.own.lock().unwrap().map(Into::into)
    }

    fn reread(&self) -> Option<SecretString> {
        let mut own = self.own.lock().unwrap();
        *own = self.later.or(*own);
        own.map(Into::into)
    }
}

fn client(server: &Canned) -> Client {
    client_with(server, |_| ())
}

/// A client with a person's own token.
fn client_with(server: &Canned, change: impl FnOnce(&mut Options)) -> Client {
    let mut options = sample(&server.base);
    change(&mut options);
    Client::new(options, Arc::new(Pocket { own: Mutex::new(Some(CANARY)), ..Pocket::default() })).unwrap()
}

/// A client that must fetch its token.
fn stranger(server: &Canned) -> (Client, Arc<Pocket>) {
    let pocket = Arc::new(Pocket::default());
    (Client::new(sample(&server.base), pocket.clone()).unwrap(), pocket)
}

fn json(body: &str) -> Reply {
    answer(200, "content-type: application/json\r\n", body)
}

fn token(n: usize) -> Reply {
    json(&format!(
        r#"{{"code":0,"data":{{"token":"nmv_usr_{n}","user_id":"anon_{n}","expires_at":"2026-12-01T00:00:00Z"}}}}"#
    ))
}

fn is_token_call(asked: &Asked) -> bool {
    asked.what == "POST /api/auth/anonymous-token"
}

fn sid() -> SessionId {
    SessionId::new("s/1")
}

async fn send(client: &Client) -> Result<MessageEnd, ApiError> {
    client.message(&sid(), "add <b>subtitles</b>", |_| ()).await
}
