//! A sandbox of a test's own, and the little HTTP that is needed to talk to it.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use dakbox_sandbox::{Ffmpeg, Options, serve};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// Nothing here takes longer, even on a busy machine.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// The headers every call wants.
pub(crate) const HEADERS: &str =
    "X-Skill-Source: generator-bangla\r\nX-Skill-Version: 1.0.0\r\nX-Skill-Platform: unknown\r\n";

/// Options with which a whole story takes milliseconds.
pub(crate) fn quick() -> Options {
    Options {
        message_time: Duration::from_millis(60),
        second_stage: Some(Duration::from_millis(20)),
        render_time: Duration::from_millis(20),
        silent: 0.0,
        ffmpeg: Ffmpeg::Off,
        tokens: vec!["nmv_usr_known".into()],
        ..Options::default()
    }
}

/// Options with faults.
pub(crate) fn faulty(faults: &[&str]) -> Options {
    Options { faults: faults.iter().map(|fault| fault.parse().unwrap()).collect(), ..quick() }
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// Whether the body came whole.
    pub(crate) whole: bool,
    /// Whether the connection was reset.
    pub(crate) reset: bool,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The frames of a stream that are JSON.
    pub(crate) fn frames(&self) -> Vec<Value> {
        let text = self.text();
        text.split("\n\n")
            .filter_map(|frame| serde_json::from_str(frame.strip_prefix("data: ")?).ok())
            .collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// A running sandbox; ended with its test.
pub(crate) struct Sandbox {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    served: JoinSet<()>,
}

impl Sandbox {
    pub(crate) async fn start(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let mut served = JoinSet::new();
        served.spawn(async move {
            serve(listener, options, async { drop(stopped.await) }).await.unwrap();
        });
        Self { address, stop: Some(stop), served }
    }

    /// Stops it, which must be prompt.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        timeout(Duration::from_secs(5), self.served.join_next()).await.expect("it ends promptly");
    }

    /// One request over a connection of its own.
    pub(crate) async fn send(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        self.try_send(method, path, headers, body).await.unwrap()
    }

    /// A `GET` that names another host.
    pub(crate) async fn send_to(&self, host: &str, path: &str, headers: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let port = self.address.port();
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        timeout(LONG, read(stream)).await.expect("an answer in time").unwrap()
    }

    /// One request; `Err`: not even a whole head came back.
    pub(crate) async fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(self.address).await?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        // An answer may come, and the connection break, before all was sent.
        let _ = stream.write_all(body).await;
        timeout(LONG, read(stream)).await.expect("an answer in time")
    }

    /// A call with the known token and every header.
    pub(crate) async fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send(method, path, &headers(), body.as_bytes()).await
    }

    /// A new session's id.
    pub(crate) async fn session(&self) -> String {
        let path = "/api/tasks/me/with-session/nemo_agent";
        let answer = self.call("POST", path, r#"{"task_name":"project","language":"bn"}"#).await;
        answer.json()["data"]["session_id"].to_string().trim_matches('"').to_owned()
    }

    pub(crate) async fn upload(&self, session: &str, name: &str, bytes: &[u8]) -> Answer {
        let (headers, body) = upload_request(name, bytes);
        self.send("POST", &format!("/api/upload-video/nemo_agent/me/{session}"), &headers, &body).await
    }

    pub(crate) async fn message(&self, session: &str, words: &str) -> Answer {
        self.call("POST", "/run_sse", &message(session, words)).await
    }

    pub(crate) async fn state(&self, session: &str) -> Answer {
        self.call("GET", &format!("/api/state/nemo_agent/me/{session}/latest"), "").await
    }

    /// The draft exactly as the state gives it.
    pub(crate) async fn draft(&self, session: &str) -> String {
        draft_in(&self.state(session).await.text()).to_owned()
    }

    pub(crate) async fn export(&self, id: &str, session: &str, draft: &str) -> Answer {
        self.call("POST", "/api/render/proxy/lambda", &export(id, session, draft)).await
    }

    /// Asks for a render until it is completed or failed.
    pub(crate) async fn rendered(&self, id: &str) -> Value {
        let path = format!("/api/render/proxy/lambda/{id}");
        let until = Instant::now() + LONG;
        loop {
            let data = self.call("GET", &path, "").await.json()["data"].clone();
            if data["status"] == "completed" || data["status"] == "failed" {
                return data;
            }
            assert!(Instant::now() < until, "never rendered: {data}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn world(&self) -> Value {
        self.send("GET", "/_world", "", b"").await.json()
    }

    /// The world once `good` says yes of it.
    pub(crate) async fn world_when(&self, good: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + LONG;
        loop {
            let world = self.world().await;
            if good(&world) {
                return world;
            }
            assert!(Instant::now() < until, "never so: {world:#}");
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// The known token, a JSON body's type and every other header.
pub(crate) fn headers() -> String {
    format!(
        "Authorization: Bearer nmv_usr_known\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n{HEADERS}"
    )
}

/// The headers and the body of an upload.
pub(crate) fn upload_request(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    upload_of(&[(name, bytes)])
}

/// The headers and the body of an upload of several files in one call.
pub(crate) fn upload_of(files: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, bytes) in files {
        let head = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: video/mp4\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--cut--\r\n");
    let headers = headers().replace("application/json", "multipart/form-data; boundary=cut");
    (headers, body)
}

/// A session with a clip in it.
pub(crate) async fn with_clip(options: Options) -> (Sandbox, String) {
    let sandbox = Sandbox::start(options).await;
    let session = sandbox.session().await;
    assert_eq!(sandbox.upload(&session, "a.mp4", b"some bytes").await.json()["code"], 0);
    (sandbox, session)
}

/// A message's body.
pub(crate) fn message(session: &str, words: &str) -> String {
    let words = Value::from(words);
    format!(
        r#"{{"app_name":"nemo_agent","user_id":"me","session_id":"{session}","new_message":{{"role":"user","parts":[{{"text":{words}}}]}}}}"#
    )
}

/// An export's body.
pub(crate) fn export(id: &str, session: &str, draft: &str) -> String {
    format!(
        r#"{{"id":"{id}","sessionId":"{session}","draft":{draft},"output":{{"format":"mp4","quality":"high"}}}}"#
    )
}

/// The draft within a state's answer, byte for byte.
pub(crate) fn draft_in(state: &str) -> &str {
    let start = state.find(r#""draft":"#).expect("a draft") + 8;
    &state[start..state.find(r#","video_infos""#).expect("infos behind the draft")]
}

/// How many of a world's entries under `list` have `value` at `key`.
pub(crate) fn count(world: &Value, list: &str, key: &str, value: &str) -> usize {
    world[list].as_array().unwrap().iter().filter(|entry| entry[key] == value).count()
}

async fn read(mut stream: TcpStream) -> io::Result<Answer> {
    let (mut bytes, mut reset) = (Vec::new(), false);
    if let Err(error) = stream.read_to_end(&mut bytes).await {
        reset = error.kind() == io::ErrorKind::ConnectionReset;
    }
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let Some(end) = end else {
        let kind = if reset { io::ErrorKind::ConnectionReset } else { io::ErrorKind::UnexpectedEof };
        return Err(kind.into());
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
    let mut answer = Answer { status, head, body: Vec::new(), whole: true, reset };
    let sent = &bytes[end + 4..];
    let length: Option<usize> = answer.header("content-length").map(|length| length.parse().unwrap());
    (answer.whole, answer.body) =
        length.map_or_else(|| unchunk(sent), |length| (sent.len() == length, sent.to_vec()));
    Ok(answer)
}

/// What chunks hold, and whether their end mark came.
fn unchunk(mut rest: &[u8]) -> (bool, Vec<u8>) {
    let mut body = Vec::new();
    while let Some(line) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        rest = &rest[line + 2..];
        if length == 0 {
            return (true, body);
        }
        body.extend_from_slice(&rest[..length.min(rest.len())]);
        rest = rest.get(length + 2..).unwrap_or(&[]);
    }
    (false, body)
}
