//! A front of the service that speaks TLS, HTTP/1.1 and HTTP/2, and breaks off streams as a tired proxy does.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use bytes::Bytes;
use h2::{Reason, RecvStream, server::SendResponse};
use http::{Request, Response};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::server::TlsStream;

/// What is wrong with a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flaw {
    None,
    Expired,
    OtherHost,
    /// Signed by itself, not by who is trusted.
    SelfSigned,
}

/// What happens to a stream of HTTP/2, once for each path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Trouble {
    None,
    /// `RST_STREAM(REFUSED_STREAM)`.
    Refused,
    /// `GOAWAY`, and the end of the connection.
    GoAway,
    /// The end of the connection, without a word.
    Closed,
}

/// What came in, as `h2 POST /path`; shared with the front's thread.
type Seen = Arc<Mutex<Vec<String>>>;

/// A running front; ended when it is dropped.
pub(crate) struct Front {
    address: SocketAddr,
    /// Who signs its certificate, to be trusted.
    pub(crate) authority: String,
    seen: Seen,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Front {
    /// A front before that service.
    pub(crate) fn of(service: SocketAddr, flaw: Flaw, trouble: Trouble) -> Self {
        Self::with(service, trouble, acceptor(flaw, |_| ()))
    }

    /// A front whose bytes can be counted: HTTP/1.1 alone, records so small that an answer's head and body lie in
    /// records of their own, and nothing between the handshake and the answer.
    pub(crate) fn in_small_records(service: SocketAddr) -> Self {
        let small = |config: &mut ServerConfig| {
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            config.max_fragment_size = Some(128);
            config.send_tls13_tickets = 0;
        };
        Self::with(service, Trouble::None, acceptor(Flaw::None, small))
    }

    fn with(service: SocketAddr, trouble: Trouble, (acceptor, authority): (TlsAcceptor, String)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, mut stopped) = oneshot::channel::<()>();
        let seen = Seen::default();
        let door = Behind { service, trouble, seen: Arc::clone(&seen) };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let mut open = JoinSet::new();
                loop {
                    tokio::select! {
                        _ = &mut stopped => return,
                        Ok((stream, _)) = listener.accept() => {
                            open.spawn(door.clone().connection(acceptor.clone(), stream));
                        }
                    }
                }
            });
        });
        Self { address, authority, seen, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// How many requests came that begin like this, e.g. `h2 POST /run_sse`.
    pub(crate) fn count(&self, what: &str) -> usize {
        self.seen.lock().unwrap().iter().filter(|seen| seen.starts_with(what)).count()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A certificate for this front, and who is to be trusted.
fn acceptor(flaw: Flaw, change: impl FnOnce(&mut ServerConfig)) -> (TlsAcceptor, String) {
    let (key, root_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = root.self_signed(&root_key).unwrap().pem();
    let host = if flaw == Flaw::OtherHost { "elsewhere.example" } else { "localhost" };
    let mut own = CertificateParams::new(vec![host.to_owned()]).unwrap();
    if flaw == Flaw::Expired {
        own.not_before = date_time_ymd(2020, 1, 1);
        own.not_after = date_time_ymd(2021, 1, 1);
    }
    let own = match flaw {
        Flaw::SelfSigned => own.self_signed(&key),
        _ => own.signed_by(&key, &Issuer::new(root, root_key)),
    };
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth();
    let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
    let mut config = config.with_single_cert(vec![own.unwrap().der().clone()], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    change(&mut config);
    (TlsAcceptor::from(Arc::new(config)), authority)
}

/// What lies behind the front.
#[derive(Clone)]
struct Behind {
    service: SocketAddr,
    trouble: Trouble,
    seen: Seen,
}

impl Behind {
    async fn connection(self, acceptor: TlsAcceptor, stream: TcpStream) {
        let Ok(tls) = acceptor.accept(stream).await else { return };
        if tls.get_ref().1.alpn_protocol() == Some(b"h2") {
            self.streams(tls).await;
        } else {
            let _ = self.plain(tls).await;
        }
    }

    /// HTTP/1.1 goes through as it is; the first request's line is noted.
    async fn plain(self, mut tls: TlsStream<TcpStream>) -> std::io::Result<()> {
        let mut inside = TcpStream::connect(self.service).await?;
        let mut first = vec![0; 16 << 10];
        let len = tls.read(&mut first).await?;
        let line = String::from_utf8_lossy(&first[..len]).lines().next().unwrap_or_default().to_owned();
        self.seen.lock().unwrap().push(format!("h1 {line}"));
        inside.write_all(&first[..len]).await?;
        copy_bidirectional(&mut tls, &mut inside).await.map(|_| ())
    }

    async fn streams(self, tls: TlsStream<TcpStream>) {
        let Ok(mut conn) = h2::server::handshake(tls).await else { return };
        let mut open = JoinSet::new();
        while let Some(Ok((request, mut respond))) = conn.accept().await {
            let what = format!("h2 {} {}", request.method(), request.uri().path());
            let again = {
                let mut seen = self.seen.lock().unwrap();
                seen.push(what.clone());
                seen.iter().filter(|known| **known == what).count() > 1
            };
            match self.trouble {
                Trouble::Refused if !again => respond.send_reset(Reason::REFUSED_STREAM),
                Trouble::GoAway if !again => conn.abrupt_shutdown(Reason::NO_ERROR),
                Trouble::Closed if !again => return,
                _ => drop(open.spawn(pass(self.service, request, respond))),
            }
        }
    }
}

/// Hands a request on over HTTP/1.1, and its answer back. Addresses in it lead to the front as well.
async fn pass(service: SocketAddr, request: Request<RecvStream>, mut respond: SendResponse<Bytes>) {
    let (head, mut incoming) = request.into_parts();
    let mut body = Vec::new();
    while let Some(Ok(piece)) = incoming.data().await {
        let _ = incoming.flow_control().release_capacity(piece.len());
        body.extend_from_slice(&piece);
    }
    let host = head.uri.authority().map(ToString::to_string).unwrap_or_default();
    let mut text =
        format!("{} {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n", head.method, head.uri.path());
    for (name, value) in head.headers.iter().filter(|(name, _)| *name != http::header::CONTENT_LENGTH) {
        let _ = write!(text, "{name}: {}\r\n", value.to_str().unwrap());
    }
    let _ = write!(text, "content-length: {}\r\n\r\n", body.len());
    let mut inside = TcpStream::connect(service).await.unwrap();
    inside.write_all(&[text.as_bytes(), &body].concat()).await.unwrap();
    let mut answer = String::new();
    inside.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = body.replace(&format!("http://{host}"), &format!("https://{host}"));
    let answer =
        Response::builder().status(status).header("content-type", "application/json").body(()).unwrap();
    if let Ok(mut stream) = respond.send_response(answer, false) {
        let _ = stream.send_data(body.into(), true);
    }
}
