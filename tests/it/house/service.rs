//! The sandbox on a thread of its own, and its world as it counts it.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;

use dakbox_sandbox::{Options, serve};
use serde_json::Value;
use tokio::sync::oneshot;

use super::LONG;

/// A running sandbox, ended when it is dropped.
pub(crate) struct Service {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    pub(crate) fn start(options: Options) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), options)
    }

    fn start_at(address: SocketAddr, options: Options) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                serve(listener, options, async { drop(stopped.await) }).await.unwrap();
            });
        });
        Self { address, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Has these faults happen from now on, one a line, in place of those before.
    pub(crate) fn faults(&self, faults: &str) {
        self.put("/_world/faults", faults);
    }

    /// Fills every account.
    pub(crate) fn credits(&self, credits: u64) {
        self.put("/_world/credits", &credits.to_string());
    }

    fn put(&self, path: &str, body: &str) {
        let answer = ask(self.address, "PUT", path, body).unwrap();
        assert!(answer.contains("\"code\":0"), "{answer}");
    }

    pub(crate) fn world(&self) -> World {
        self.try_world().expect("the sandbox answers")
    }

    pub(crate) fn try_world(&self) -> Option<World> {
        World::at(self.address)
    }
}

/// One request over a connection of its own; the body of the answer.
fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(LONG))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the sandbox has seen, received and charged.
#[derive(Debug)]
pub(crate) struct World(Value);

impl World {
    /// The world of a sandbox at that address.
    pub(crate) fn at(address: SocketAddr) -> Option<Self> {
        serde_json::from_str(&ask(address, "GET", "/_world", "").ok()?).ok().map(Self)
    }

    /// All of it, as the sandbox tells it.
    pub(crate) const fn json(&self) -> &Value {
        &self.0
    }

    fn list(&self, key: &str) -> &[Value] {
        self.0[key].as_array().map_or(&[], Vec::as_slice)
    }

    /// Requests of a call.
    pub(crate) fn requests(&self, call: &str) -> u64 {
        self.0["requests"][call].as_u64().unwrap_or_else(|| panic!("no call {call:?}"))
    }

    /// Requests of all calls.
    pub(crate) fn all_requests(&self) -> u64 {
        self.0["requests"].as_object().unwrap().values().filter_map(Value::as_u64).sum()
    }

    /// How often anything was charged.
    pub(crate) fn charges(&self) -> usize {
        self.list("charges").len()
    }

    /// How often one content was charged, whatever the words.
    pub(crate) fn charges_of(&self, clip: &[u8]) -> usize {
        let content = sha_of(clip);
        self.list("charges").iter().filter(|charge| charge["content"] == content).count()
    }

    /// How often the same words were charged for the same content and step, at most.
    pub(crate) fn most_charged(&self) -> u64 {
        self.list("charged").iter().filter_map(|group| group["count"].as_u64()).max().unwrap_or(0)
    }

    /// The words of every message that was accepted.
    pub(crate) fn accepted(&self) -> Vec<String> {
        let accepted = self.list("messages").iter().filter(|message| message["accepted"] == true);
        accepted.map(|message| text(&message["words"])).collect()
    }

    /// What became of every message, in the order they came.
    pub(crate) fn fates(&self) -> Vec<String> {
        self.list("messages").iter().map(|message| text(&message["fate"])).collect()
    }

    /// The names under which files were uploaded.
    pub(crate) fn uploaded_names(&self) -> Vec<String> {
        self.list("uploads").iter().map(|upload| text(&upload["filename"])).collect()
    }

    /// The hashes of what was uploaded.
    pub(crate) fn uploaded(&self) -> Vec<String> {
        self.list("uploads").iter().map(|upload| text(&upload["sha256"])).collect()
    }

    /// The hashes of the films that were rendered.
    pub(crate) fn films(&self) -> Vec<String> {
        self.list("renders")
            .iter()
            .map(|render| &render["sha256"])
            .filter(|hash| hash.is_string())
            .map(text)
            .collect()
    }

    /// How the renders stand, and how often each was asked for.
    pub(crate) fn renders(&self) -> Vec<(String, u64)> {
        self.list("renders").iter().map(|r| (text(&r["status"]), r["posts"].as_u64().unwrap())).collect()
    }

    /// How often each render was asked about, and how long after its end, in ms, it was told that it is done. In the
    /// order they were begun.
    pub(crate) fn looks(&self) -> Vec<(u64, u64)> {
        let looks =
            |r: &Value| (r["polls"].as_u64().unwrap(), r["told_after_ms"].as_u64().unwrap_or(u64::MAX));
        self.list("renders").iter().map(looks).collect()
    }

    /// Where films were fetched (`api`: by the call with a token), from which byte, and whether a token came along.
    pub(crate) fn downloads(&self) -> Vec<(String, Option<u64>, bool)> {
        let first = |range: &str| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok();
        let one = |d: &Value| (text(&d["at"]), d["range"].as_str().and_then(first), d["token"] == true);
        self.list("downloads").iter().map(one).collect()
    }

    /// The ids of the sessions.
    pub(crate) fn sessions(&self) -> Vec<String> {
        self.list("sessions").iter().map(|session| text(&session["id"])).collect()
    }

    /// The language that each session was opened in.
    pub(crate) fn languages(&self) -> Vec<String> {
        self.list("sessions").iter().map(|session| text(&session["language"])).collect()
    }

    /// Clients, and how many tokens each was given.
    pub(crate) fn tokens(&self) -> Vec<(String, u64)> {
        self.list("tokens").iter().map(|t| (text(&t["client"]), t["given"].as_u64().unwrap())).collect()
    }

    /// Messages whose runs go on.
    pub(crate) fn running(&self) -> u64 {
        self.0["runs"]["now"].as_u64().unwrap()
    }

    /// Messages whose runs went on side by side, at most.
    pub(crate) fn most_running(&self) -> u64 {
        self.0["runs"]["most_at_once"].as_u64().unwrap()
    }

    /// What the service had to complain of. A request that broke off is no fault of its sender: in these stories it may
    /// have been killed, or cut off by the service itself.
    pub(crate) fn violations(&self) -> Vec<String> {
        let faults = self.list("violations").iter().filter(|fault| fault["what"] != "broken body");
        faults.map(ToString::to_string).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn sha_of(clip: &[u8]) -> String {
    super::sha256(clip)
}
