//! A line that breaks inside TLS: a proxy before a front, which knows where records begin and nothing of what they hold.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use super::LONG;
use super::line::{How, part, reset};

/// How long one waits for a byte before one looks whether it is still wanted.
const GLANCE: Duration = Duration::from_millis(10);
/// The type of a record that is sealed.
const SEALED: u8 = 23;

/// Where in an encrypted exchange the line breaks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Cut {
    /// The connection is made, and nothing was read.
    Connect,
    /// So much of the client's greeting was passed on.
    Hello(f64),
    /// So much of the server's greeting was passed on.
    Welcome(f64),
    /// The handshake was passed on, and nothing of the request.
    Shaken,
    /// So many bytes of the sealed request were passed on.
    Bytes(usize),
    /// So much of the sealed request was passed on.
    Share(f64),
    /// All of the request was passed on: its answer begins.
    Sent,
    /// So much of the sealed answer was passed on, and a byte at least.
    Answer(f64),
}

impl Cut {
    /// Whether the client knows that nothing of its request left. Its last message of the handshake gets no answer: the
    /// request follows at once.
    pub(crate) const fn is_before_the_request(self) -> bool {
        matches!(self, Self::Connect | Self::Hello(_) | Self::Welcome(_))
    }
}

/// Says whether the connection that comes now is the one meant.
type Due = Box<dyn Fn() -> bool + Send>;

struct Plan {
    cut: Cut,
    how: How,
    /// How long the sealed request is, where that is known.
    len: usize,
    due: Due,
}

struct Shared {
    to: SocketAddr,
    shut: AtomicBool,
    plan: Mutex<Option<Plan>>,
    hits: AtomicU64,
    /// How long each sealed request was, in the order in which they came; 0 as long as it isn't known.
    sent: Mutex<Vec<usize>>,
}

/// The line.
pub(crate) struct Cutter {
    shared: Arc<Shared>,
    address: SocketAddr,
    keeper: Option<JoinHandle<()>>,
}

impl Cutter {
    pub(crate) fn before(front: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            to: front,
            shut: AtomicBool::new(false),
            plan: Mutex::default(),
            hits: AtomicU64::new(0),
            sent: Mutex::default(),
        });
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

    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Breaks the first connection that is due; its sealed request is `len` bytes long.
    pub(crate) fn plan(&self, cut: Cut, how: How, len: usize, due: impl Fn() -> bool + Send + 'static) {
        *self.shared.plan.lock().unwrap() = Some(Plan { cut, how, len, due: Box::new(due) });
    }

    /// How often the line broke.
    pub(crate) fn hits(&self) -> u64 {
        self.shared.hits.load(Ordering::SeqCst)
    }

    /// How long each sealed request was, in the order in which they came; 0 as long as it isn't known.
    pub(crate) fn sent(&self) -> Vec<usize> {
        self.shared.sent.lock().unwrap().clone()
    }
}

impl Drop for Cutter {
    fn drop(&mut self) {
        self.shared.shut.store(true, Ordering::SeqCst);
        // Wakes the keeper.
        let _ = TcpStream::connect(self.address);
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
    }
}

/// What both directions of one exchange know of each other.
#[derive(Default)]
struct Way {
    /// The handshake is over: what the front says from now on is its answer.
    shaken: AtomicBool,
    /// The answer began.
    answered: AtomicBool,
    /// The front has said all.
    ended: AtomicBool,
    /// Nobody waits for more.
    over: AtomicBool,
    /// Bytes of the sealed request.
    sent: AtomicU64,
    /// How many they were when the answer began.
    asked: AtomicU64,
    /// The answer is kept back here.
    kept: Option<Mutex<Vec<u8>>>,
}

impl Shared {
    fn due(&self) -> Option<Plan> {
        let due = self.plan.lock().unwrap().take_if(|plan| (plan.due)());
        self.hits.fetch_add(u64::from(due.is_some()), Ordering::SeqCst);
        due
    }

    fn exchange(&self, client: TcpStream) -> io::Result<()> {
        let plan = self.due();
        let cut = plan.as_ref().map(|plan| plan.cut);
        if cut == Some(Cut::Connect) {
            return reset(client);
        }
        let mut front = TcpStream::connect(self.to)?;
        client.set_read_timeout(Some(LONG))?;
        front.set_read_timeout(Some(LONG))?;
        let hello = record(&client)?;
        if let Some(Cut::Hello(share)) = cut {
            front.write_all(&hello[..part(hello.len(), share)])?;
            return happen(plan, client, front);
        }
        front.write_all(&hello)?;
        if let Some(Cut::Welcome(share)) = cut {
            let welcome = record(&front)?;
            (&client).write_all(&welcome[..part(welcome.len(), share)])?;
            return happen(plan, client, front);
        }
        let place = {
            let mut sent = self.sent.lock().unwrap();
            sent.push(0);
            sent.len() - 1
        };
        let kept = plan.as_ref().map(|_| Mutex::default());
        let way = Arc::new(Way { kept, ..Way::default() });
        let (client, front) = (Arc::new(client), Arc::new(front));
        let down = {
            let (client, front, way) = (Arc::clone(&client), Arc::clone(&front), Arc::clone(&way));
            spawn(move || drop(way.down(&front, &client)))
        };
        let led = Self::lead(plan.as_ref(), &way, (&client, &front));
        if led.is_err() || plan.is_some() {
            way.over.store(true, Ordering::SeqCst);
        }
        let _ = down.join();
        self.sent.lock().unwrap()[place] = usize::try_from(way.asked.load(Ordering::SeqCst)).unwrap();
        match (Arc::into_inner(client), Arc::into_inner(front)) {
            (Some(client), Some(front)) if plan.is_some() => happen(plan, client, front),
            _ => led,
        }
    }

    /// The client's side, up to the place where the line breaks.
    fn lead(plan: Option<&Plan>, way: &Way, (client, front): (&TcpStream, &TcpStream)) -> io::Result<()> {
        // The last message of a handshake is the client's first sealed record.
        loop {
            let record = record(client)?;
            let is_last = record[0] == SEALED;
            way.shaken.store(is_last, Ordering::SeqCst);
            (&mut &*front).write_all(&record)?;
            if is_last {
                break;
            }
        }
        client.set_read_timeout(Some(GLANCE))?;
        let short = |bytes: usize, len: usize| bytes.clamp(1, len.max(2) - 1) as u64;
        let answered = || way.answered.load(Ordering::SeqCst);
        match plan.map(|plan| (plan.cut, plan.len)) {
            // Ids differ in length from run to run: a request that turns out shorter is cut at its end.
            Some((Cut::Bytes(bytes), len)) => way.up(client, front, short(bytes, len), answered),
            Some((Cut::Share(share), len)) => way.up(client, front, short(part(len, share), len), answered),
            Some((Cut::Sent, _)) => way.up(client, front, u64::MAX, answered),
            Some((Cut::Answer(share), _)) => {
                way.up(client, front, u64::MAX, || way.ended.load(Ordering::SeqCst))?;
                let answer = way.kept.as_ref().map(|kept| kept.lock().unwrap().clone()).unwrap_or_default();
                (&mut &*client).write_all(&answer[..part(answer.len(), share).max(1).min(answer.len())])
            }
            Some(_) => Ok(()),
            None => {
                way.up(client, front, u64::MAX, || way.ended.load(Ordering::SeqCst))?;
                front.shutdown(Shutdown::Write)
            }
        }
    }
}

impl Way {
    /// Passes on the request, at most so many bytes of it, until the client ends it or it is `enough`.
    fn up(
        &self,
        mut client: &TcpStream,
        mut front: &TcpStream,
        most: u64,
        enough: impl Fn() -> bool,
    ) -> io::Result<()> {
        let mut piece = vec![0; 16 << 10];
        let mut left = most;
        while left > 0 && !enough() {
            let room = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            match client.read(&mut piece[..room]) {
                Ok(0) => return Ok(()),
                Ok(n) => {
                    // Before they are passed on: an answer can come at once.
                    self.sent.fetch_add(n as u64, Ordering::SeqCst);
                    front.write_all(&piece[..n])?;
                    left -= n as u64;
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Passes on what the front says; its answer is kept back where the line is to break.
    fn down(&self, mut front: &TcpStream, mut client: &TcpStream) -> io::Result<()> {
        front.set_read_timeout(Some(GLANCE))?;
        let mut piece = vec![0; 16 << 10];
        while !self.over.load(Ordering::SeqCst) {
            match front.read(&mut piece) {
                Ok(0) => break,
                Ok(n) => {
                    let is_answer = self.shaken.load(Ordering::SeqCst);
                    match &self.kept {
                        Some(kept) if is_answer => kept.lock().unwrap().extend_from_slice(&piece[..n]),
                        _ => client.write_all(&piece[..n])?,
                    }
                    if is_answer && !self.answered.swap(true, Ordering::SeqCst) {
                        self.asked.store(self.sent.load(Ordering::SeqCst), Ordering::SeqCst);
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(error),
            }
        }
        self.ended.store(true, Ordering::SeqCst);
        if self.kept.is_none() {
            let _ = client.shutdown(Shutdown::Write);
        }
        Ok(())
    }
}

fn happen(plan: Option<Plan>, client: TcpStream, front: TcpStream) -> io::Result<()> {
    if plan.is_some_and(|plan| plan.how == How::ResetHere) {
        reset(client)?;
        front.set_read_timeout(Some(LONG))?;
        // The front sees the end of nothing, and works on.
        return io::copy(&mut &front, &mut io::sink()).map(|_| ());
    }
    reset(front).and(reset(client))
}

/// One record: its type, its version, its length, and what it holds.
fn record(mut from: &TcpStream) -> io::Result<Vec<u8>> {
    let mut record = vec![0; 5];
    from.read_exact(&mut record)?;
    let len = usize::from(u16::from_be_bytes([record[3], record[4]]));
    record.resize(5 + len, 0);
    from.read_exact(&mut record[5..])?;
    Ok(record)
}
