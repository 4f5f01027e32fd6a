//! A line to the service that breaks where it is told to: a proxy that knows the bytes of a request and its answer.
//!
//! Each request has a connection of its own, so that a byte of it can be counted from its first.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use super::LONG;

/// Where in an exchange something happens.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum At {
    /// The connection is made, and nothing was read; the call is the one that follows this one's answer.
    After(&'static str),
    /// So much of the request's head was passed on.
    Head(f64),
    /// So many bytes of the request's body were passed on: the head of its first part.
    Body(usize),
    /// So much of the request's body was passed on.
    Share(f64),
    /// All of the request was passed on.
    Sent,
    /// So much of the answer's head was passed on.
    AnswerHead(f64),
    /// So much of the answer's body was passed on.
    Answer(f64),
}

/// What happens there.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum How {
    /// Both ends see a reset.
    Reset,
    /// The client sees a reset; the service is left to its work.
    ResetHere,
    /// Nothing moves any more, and nobody is told.
    Silence,
    /// The rest of the answer comes byte by byte, with this pause.
    Drip(Duration),
}

/// A plan for the next exchanges of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) call: &'static str,
    pub(crate) at: At,
    pub(crate) how: How,
    pub(crate) times: u32,
}

#[derive(Default)]
struct Book {
    plan: Option<Plan>,
    /// The call that was answered last.
    answered: &'static str,
    hits: u32,
    seen: BTreeMap<&'static str, u64>,
    /// The calls as they were answered.
    order: Vec<&'static str>,
    open: BTreeMap<&'static str, usize>,
    most: BTreeMap<&'static str, usize>,
}

struct Shared {
    to: SocketAddr,
    shut: AtomicBool,
    book: Mutex<Book>,
}

/// The line.
pub(crate) struct Line {
    shared: Arc<Shared>,
    address: SocketAddr,
    keeper: Option<JoinHandle<()>>,
}

impl Line {
    pub(crate) fn to(service: SocketAddr) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), service)
    }

    /// The same at an address of one's own choice.
    pub(crate) fn at(address: SocketAddr, service: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let shared =
            Arc::new(Shared { to: service, shut: AtomicBool::new(false), book: Mutex::new(Book::default()) });
        let own = Arc::clone(&shared);
        let keeper = spawn(move || {
            for stream in listener.incoming().flatten() {
                if own.shut.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&own);
                // A broken exchange is what this is for.
                spawn(move || drop(shared.exchange(stream)));
            }
        });
        Self { shared, address, keeper: Some(keeper) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn plan(&self, plan: Plan) {
        let mut book = self.shared.book.lock().unwrap();
        (book.plan, book.hits) = (Some(plan), 0);
    }

    /// How often the plan was carried out.
    pub(crate) fn hits(&self) -> u32 {
        self.shared.book.lock().unwrap().hits
    }

    /// How many requests of a call began, whole or not.
    pub(crate) fn seen(&self, call: &str) -> u64 {
        self.shared.book.lock().unwrap().seen.get(call).copied().unwrap_or(0)
    }

    /// The calls in the order in which they were answered.
    pub(crate) fn order(&self) -> Vec<&'static str> {
        self.shared.book.lock().unwrap().order.clone()
    }

    /// How many requests of all calls began.
    pub(crate) fn all_seen(&self) -> u64 {
        self.shared.book.lock().unwrap().seen.values().sum()
    }

    /// How many requests of a call were open at once, at most.
    pub(crate) fn most_at_once(&self, call: &str) -> usize {
        self.shared.book.lock().unwrap().most.get(call).copied().unwrap_or(0)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.shared.shut.store(true, Ordering::SeqCst);
        // Wakes the keeper.
        let _ = TcpStream::connect(self.address);
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
    }
}

/// Both ends of one exchange.
struct Ends {
    client: TcpStream,
    service: TcpStream,
}

impl Shared {
    fn exchange(&self, client: TcpStream) -> io::Result<()> {
        client.set_read_timeout(Some(LONG))?;
        if let Some(how) = self.due_at_once() {
            if how == How::Silence {
                self.hold();
            }
            return reset(client);
        }
        let (head, rest) = head_of(&client)?;
        let call = call_of(&head);
        let plan = self.began(call);
        let service = TcpStream::connect(self.to)?;
        service.set_read_timeout(Some(LONG))?;
        let done = self.lead(Ends { client, service }, (call, plan), &head, &rest);
        if done.is_err() || plan.is_some() {
            self.ended(call);
        }
        done
    }

    /// What is to happen to a connection of which nothing was read.
    fn due_at_once(&self) -> Option<How> {
        let mut book = self.book.lock().unwrap();
        let plan = book.plan.filter(|plan| plan.at == At::After(book.answered) && book.hits < plan.times)?;
        // The state is read before a message as well as after it.
        if matches!(plan.call, "export" | "status" | "download") && !book.seen.contains_key("message") {
            return None;
        }
        book.hits += 1;
        Some(plan.how)
    }

    fn began(&self, call: &'static str) -> Option<Plan> {
        let mut book = self.book.lock().unwrap();
        *book.seen.entry(call).or_default() += 1;
        let open = book.open.entry(call).or_default();
        *open += 1;
        let open = *open;
        let most = book.most.entry(call).or_default();
        *most = open.max(*most);
        let due = |plan: &Plan| plan.call == call && !matches!(plan.at, At::After(_));
        let plan = book.plan.filter(|plan| due(plan) && book.hits < plan.times)?;
        book.hits += 1;
        Some(plan)
    }

    fn ended(&self, call: &'static str) {
        let mut book = self.book.lock().unwrap();
        *book.open.entry(call).or_default() -= 1;
        book.answered = call;
        book.order.push(call);
    }

    fn lead(
        &self,
        mut ends: Ends,
        (call, plan): (&'static str, Option<Plan>),
        head: &[u8],
        rest: &[u8],
    ) -> io::Result<()> {
        let (whole_head, whole_body) = (closing(head), length_of(head).unwrap_or(0));
        let (head_bytes, body_bytes, there) = match plan.map(|plan| plan.at) {
            Some(At::Head(share)) => (part(whole_head.len(), share), 0, true),
            Some(At::Body(bytes)) => (whole_head.len(), bytes.min(whole_body), true),
            Some(At::Share(share)) => (whole_head.len(), part(whole_body, share), true),
            Some(At::Sent) => (whole_head.len(), whole_body, true),
            _ => (whole_head.len(), whole_body, false),
        };
        ends.service.write_all(&whole_head[..head_bytes])?;
        pass(rest, &mut ends.client, &mut ends.service, body_bytes)?;
        if there {
            return self.happen(ends, plan, &[]);
        }
        match plan {
            Some(_) => self.answer(ends, plan),
            None if call == "message" => {
                io::copy(&mut ends.service, &mut ends.client)?;
                self.ended(call);
                Ok(())
            }
            None => {
                let mut answer = Vec::new();
                ends.service.read_to_end(&mut answer)?;
                // Before its last byte: who has that may ask the next thing at once.
                self.ended(call);
                // Who hung up meanwhile has no use for it.
                let _ = ends.client.write_all(&answer);
                Ok(())
            }
        }
    }

    /// The answer is read whole before a part of it is passed on.
    fn answer(&self, mut ends: Ends, plan: Option<Plan>) -> io::Result<()> {
        let mut answer = Vec::new();
        ends.service.read_to_end(&mut answer)?;
        let head = end_of_head(&answer).unwrap_or(answer.len());
        let most = answer.len().saturating_sub(1);
        let bytes = match plan.map(|plan| plan.at) {
            Some(At::AnswerHead(share)) => part(head, share).max(1),
            Some(At::Answer(share)) => (head + part(answer.len() - head, share)).min(most),
            _ => answer.len(),
        };
        ends.client.write_all(&answer[..bytes])?;
        self.happen(ends, plan, &answer[bytes..])
    }

    fn happen(&self, mut ends: Ends, plan: Option<Plan>, rest: &[u8]) -> io::Result<()> {
        match plan.map(|plan| plan.how) {
            None => ends.client.write_all(rest),
            Some(How::Reset) => reset(ends.service).and(reset(ends.client)),
            Some(How::ResetHere) => {
                reset(ends.client)?;
                // The service sees the end of nothing, and works on.
                io::copy(&mut ends.service, &mut io::sink()).map(|_| ())
            }
            Some(How::Silence) => {
                self.hold();
                Ok(())
            }
            Some(How::Drip(pause)) => {
                for byte in rest {
                    sleep(pause);
                    ends.client.write_all(&[*byte])?;
                }
                Ok(())
            }
        }
    }

    /// Keeps a connection open without a word.
    fn hold(&self) {
        while !self.shut.load(Ordering::SeqCst) {
            sleep(Duration::from_millis(20));
        }
    }
}

/// Closes a socket with RST, whatever is still on its way: it lingers for no time.
pub(super) fn reset(stream: TcpStream) -> io::Result<()> {
    let lingers = rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO));
    drop(stream);
    lingers.map_err(io::Error::from)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a length"
)]
pub(super) fn part(of: usize, share: f64) -> usize {
    ((of as f64 * share) as usize).min(of)
}

/// The request up to the end of its head, and what of its body came with it.
fn head_of(mut client: &TcpStream) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(end) = end_of_head(&bytes) {
            let rest = bytes.split_off(end);
            return Ok((bytes, rest));
        }
        match client.read(&mut piece)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => bytes.extend_from_slice(&piece[..n]),
        }
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// Passes on so many bytes of a body, of which the first came with the head.
fn pass(first: &[u8], from: &mut TcpStream, to: &mut TcpStream, bytes: usize) -> io::Result<()> {
    let here = first.len().min(bytes);
    to.write_all(&first[..here])?;
    io::copy(&mut from.take((bytes - here) as u64), to).map(|_| ())
}

/// The same head, with the connection to be closed after it.
fn closing(head: &[u8]) -> Vec<u8> {
    [&head[..head.len() - 2], b"Connection: close\r\n\r\n"].concat()
}

fn length_of(head: &[u8]) -> Option<usize> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
}

/// The call a request is, by the service's own paths.
fn call_of(head: &[u8]) -> &'static str {
    let head = String::from_utf8_lossy(head).into_owned();
    let mut words = head.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match (method, path) {
        (_, "/run_sse") => "message",
        (_, "/api/auth/anonymous-token") => "token",
        (_, "/api/auth/claim-token") => "claim",
        (_, "/api/credits/balance/simple") => "credits",
        ("POST", "/api/render/proxy/lambda") => "export",
        (_, path) if path.starts_with("/api/tasks/") => "session",
        (_, path) if path.starts_with("/api/upload-video/") => "upload",
        (_, path) if path.starts_with("/api/state/") => "state",
        (_, path) if path.starts_with("/api/render/") && !path.ends_with("/download") => "status",
        _ => "download",
    }
}
