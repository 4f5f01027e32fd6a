//! The page behind nginx, set up as docs/page.md says, at a port that is not the usual one.

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use super::{ON, Page};
use crate::house::{Daemon, House};

const NAME: &str = "dakbox.example.org";
/// Beyond guessing, so that no limit of dakbox's own stands in the way.
const TOKEN: &str = "q8Wc0yTzJ1vKx5RbN3fHs7LmDe2GpUa9";

/// nginx as docs/page.md has it, with another port, and without TLS where `tls` is not so.
struct Nginx {
    url: String,
    port: u16,
    _process: Daemon,
}

impl Nginx {
    #[track_caller]
    fn before(house: &House, page: &Page, tls: bool) -> Self {
        let manual = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/page.md")).unwrap();
        let told = manual.split("```nginx\n").nth(1).unwrap().split("```").next().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let signed = rcgen::generate_simple_self_signed([NAME.to_owned()]).unwrap();
        fs::write(house.path("page.pem"), signed.cert.pem()).unwrap();
        fs::write(house.path("page.key"), signed.signing_key.serialize_pem()).unwrap();
        let listen = if tls { format!("{port} ssl http2") } else { port.to_string() };
        let server = told
            .replace("listen 443 ssl", &format!("listen 127.0.0.1:{listen}"))
            .replace("/etc/ssl/dakbox.", &house.path("page.").display().to_string())
            .replace("127.0.0.1:8642", &page.0.to_string());
        assert!(server.contains(&listen) && !server.contains("8642"), "{server}");
        let server: String = server
            .lines()
            .filter(|line| tls || !line.contains("ssl"))
            .flat_map(|line| [line, "\n"])
            .collect();
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|of| format!("{of}_temp_path {};\n", house.path(format!("nginx-{of}")).display()))
            .concat();
        let (pid, file) = (house.path("nginx.pid"), house.path(format!("nginx-{tls}.conf")));
        let settings = format!(
            "daemon off;\nmaster_process off;\nerror_log stderr;\npid {};\nevents {{}}\nhttp {{\naccess_log \
             off;\n{folders}{server}}}\n",
            pid.display()
        );
        fs::write(&file, settings).unwrap();
        let mut command = Command::new("/usr/sbin/nginx");
        command.arg("-c").arg(&file).arg("-p").arg(house.path("")).stdin(Stdio::null());
        let scheme = if tls { "https" } else { "http" };
        let nginx =
            Self { url: format!("{scheme}://{NAME}:{port}"), port, _process: house.spawn_as(command) };
        house.wait_for("nginx answers", || nginx.curl("/login", &[]).starts_with("HTTP/"));
        nginx
    }

    /// What curl gets, head and all.
    fn curl(&self, path: &str, flags: &[&str]) -> String {
        let mut curl = Command::new("curl");
        curl.args(["-sikN", "--max-time", "3", "--resolve", &format!("{NAME}:{}:127.0.0.1", self.port)]);
        let ran = curl.args(flags).arg(format!("{}{path}", self.url)).output().unwrap();
        String::from_utf8_lossy(&ran.stdout).into_owned()
    }

    /// The status of a button that is pressed, as a browser does that shows the page at this address.
    fn press(&self, path: &str, form: &str, flags: &[&str]) -> (String, String) {
        let origin = format!("Origin: {}", self.url);
        let told = ["-H", &origin, "-H", "Sec-Fetch-Site: same-origin", "--data", form];
        let answer = self.curl(path, &[&told, flags].concat());
        (answer.split(' ').nth(1).unwrap_or_default().to_owned(), answer)
    }
}

#[test]
#[ignore = "slow: takes nginx and curl"]
fn the_page_works_behind_nginx_as_told() {
    let mut house = House::set_up(ON);
    fs::write(house.path("web-token"), TOKEN).unwrap();
    let token = house.path("web-token").display().to_string();
    house.set(&format!("[web]\ntoken_file = {token:?}\nhosts = [{NAME:?}]\n"));
    house.start();
    let page = Page::of(&house);
    for (tls, version) in [(false, "--http1.1"), (true, "--http1.1"), (true, "--http2")] {
        let nginx = Nginx::before(&house, &page, tls);
        let version = [version, "-H", &format!("Authorization: Bearer {TOKEN}")];
        let board = nginx.curl("/", &version);
        assert!(board.contains(" 200") && board.contains("Drop clips here"), "{version:?}: {board}");
        let (status, answer) = nginx.press("/pause", "", &version);
        assert_eq!(status, "303", "{version:?}: {answer}");
        assert!(house.root("pause.txt").exists());
        assert_eq!(nginx.press("/resume", "", &version).0, "303");
        let heard = nginx.curl("/events?of=board", &version);
        assert!(heard.contains("data: "), "{version:?}: a stream is heard at once: {heard}");
        let (status, answer) = nginx.press("/login", &format!("token={TOKEN}"), &version);
        let answer = answer.to_ascii_lowercase();
        assert!(status == "303" && answer.contains("set-cookie: "), "{version:?}: {answer}");
        assert_eq!(answer.contains("; secure"), tls, "{answer}");
    }
    // Whoever guesses is told off by the web server, before dakbox refuses all.
    let nginx = Nginx::before(&house, &page, false);
    let tries: Vec<_> = (0..12).map(|_| nginx.press("/login", "token=guess", &[]).0).collect();
    assert!(tries.ends_with(&["429".to_owned()]), "{tries:?}");
    let looked_at = house.log().matches("a wrong token was shown").count();
    assert!((1..=8).contains(&looked_at), "{looked_at} of {tries:?}");
}
