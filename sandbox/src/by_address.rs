//! Uploads by address: the body is read strictly, nothing is fetched, and a clip is made up for each address.

use std::net::IpAddr;

use hyper::StatusCode;
use hyper::header::CONTENT_TYPE;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::answer::{self, Answer};
use crate::film::Probe;
use crate::handle::Ask;
use crate::sandbox::Sandbox;
use crate::session::json_body;
use crate::upload::{bad, format, hex, unsupported};
use crate::world::{Media, MediaKind};

/// Endings of addresses behind which there is no media, whatever the service finds there.
const NO_MEDIA: &[&str] = &["html", "htm", "txt", "pdf", "exe", "zip", "rar", "doc", "docx", "json", "xml"];

/// `{"urls":[…],"source_type":"url"}` and nothing besides. What came stands in the world, taken or not.
pub(crate) async fn addresses(sandbox: &Sandbox, ask: &mut Ask, session: &str) -> Result<Vec<Media>, Answer> {
    let kind = ask.header(CONTENT_TYPE.as_str()).unwrap_or("").to_ascii_lowercase();
    let body = json_body(ask).await?;
    let read = if kind.starts_with("application/json") {
        read(&body)
    } else {
        Err("Content-Type must be application/json or multipart/form-data")
    };
    let mut world = sandbox.world();
    world.by_address(session, body.clone(), read.is_ok());
    let urls = match read {
        Ok(urls) => urls,
        Err(why) => {
            world.violation("upload by address", format!("{why}: {body}"));
            return Err(bad(why));
        }
    };
    if urls.iter().any(|url| world.any_token_in(url)) {
        world.violation("token in address", "upload".to_owned());
    }
    drop(world);
    let files: Option<Vec<Media>> = urls.iter().map(|url| made_up(url)).collect();
    files.ok_or_else(unsupported)
}

/// The addresses of a good body.
fn read(body: &Value) -> Result<Vec<String>, &'static str> {
    let known = |key: &String| key == "urls" || key == "source_type";
    if !body.as_object().is_some_and(|body| body.keys().all(known)) {
        return Err("Only urls and source_type are known");
    }
    if body["source_type"] != "url" {
        return Err("source_type must be url");
    }
    let urls =
        body["urls"].as_array().filter(|urls| !urls.is_empty()).ok_or("urls must be a list of addresses")?;
    urls.iter()
        .map(|url| {
            let url = url.as_str().ok_or("urls must be a list of addresses")?;
            check(url).map(|()| url.to_owned())
        })
        .collect()
}

/// Whether the service could fetch it at all: over https, from a public host, without a password in it.
fn check(url: &str) -> Result<(), &'static str> {
    let rest = url.strip_prefix("https://").ok_or("An address must begin with https://")?;
    if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("An address has no blanks");
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("An address must not hold a password");
    }
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or_default(),
    };
    if is_public(&host.to_ascii_lowercase()) { Ok(()) } else { Err("An address must name a public host") }
}

fn is_public(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified())
        }
        Ok(IpAddr::V6(ip)) => {
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
        Err(_) => host.rsplit_once('.').is_some_and(|(_, last)| !["local", "localhost"].contains(&last)),
    }
}

/// The clip behind an address, always the same for one; `None`: it names no media.
fn made_up(url: &str) -> Option<Media> {
    let rest = url.strip_prefix("https://").unwrap_or(url);
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, name) = path
        .split_once('/')
        .map_or((path, ""), |(host, path)| (host, path.rsplit('/').next().unwrap_or_default()));
    let name = if name.is_empty() { host } else { name };
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    if ending.is_some_and(|ending| NO_MEDIA.contains(&ending.as_str())) {
        return None;
    }
    let kind = format(name).map_or(MediaKind::Video, |(_, kind)| kind);
    let seed = Sha256::digest(url.as_bytes());
    let mut probe = Probe::guess(kind, 0);
    if kind != MediaKind::Still {
        probe.seconds = 2.0 + f64::from(seed[0] % 4);
    }
    if kind != MediaKind::Sound {
        (probe.width, probe.height) = [(1280, 720), (640, 360), (720, 1280)][usize::from(seed[1] % 3)];
    }
    if kind == MediaKind::Video {
        probe.fps = [24.0, 25.0, 30.0][usize::from(seed[2] % 3)];
        probe.has_sound = seed[3].is_multiple_of(2);
    }
    Some(Media {
        name: name.to_owned(),
        kind,
        content: hex(&seed),
        size: 0,
        url: Some(url.to_owned()),
        path: None,
        seconds: probe.seconds,
        width: probe.width,
        height: probe.height,
        fps: probe.fps,
        has_sound: probe.has_sound,
        probed: true,
    })
}

/// The answer where no address could be fetched.
pub(crate) fn unreachable(files: &[Media]) -> Answer {
    let first = files.first().map_or("", |media| media.url.as_deref().unwrap_or(&media.name));
    answer::refused(StatusCode::BAD_REQUEST, 400, &format!("Could not fetch {first}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_is_two_keys_and_nothing_besides() {
        let url = "https://example.org/a.mp4";
        assert_eq!(read(&json!({"urls": [url], "source_type": "url"})), Ok(vec![url.to_owned()]));
        for (body, wanted) in [
            (json!([]), "Only"),
            (json!({"urls": [url], "source_type": "url", "x": 1}), "Only"),
            (json!({"urls": [url]}), "source_type"),
            (json!({"urls": [url], "source_type": "file"}), "source_type"),
            (json!({"urls": [], "source_type": "url"}), "list"),
            (json!({"urls": url, "source_type": "url"}), "list"),
            (json!({"urls": [url, 7], "source_type": "url"}), "list"),
            (json!({"urls": [url, "http://example.org/"], "source_type": "url"}), "https"),
        ] {
            assert!(read(&body).unwrap_err().contains(wanted), "{body}");
        }
    }

    #[test]
    fn an_address_must_be_one_that_a_service_can_fetch() {
        for (url, good) in [
            ("https://example.org", true),
            ("https://example.org:8443/a?b#c", true),
            ("https://93.184.216.34/a.mp4", true),
            ("https://[2606:2800::1]/a.mp4", true),
            ("http://example.org/", false),
            ("HTTPS//example.org", false),
            ("https://", false),
            ("https://localhost/a.mp4", false),
            ("https://nas.local/a.mp4", false),
            ("https://nas/a.mp4", false),
            ("https://10.0.0.7/a.mp4", false),
            ("https://169.254.169.254/latest", false),
            ("https://[::1]/a.mp4", false),
            ("https://me:secret@example.org/a.mp4", false),
            ("https://example.org/a b.mp4", false),
        ] {
            assert_eq!(check(url).is_ok(), good, "{url}");
        }
    }

    #[test]
    fn a_clip_is_made_up_and_always_the_same() {
        let film = made_up("https://h.org/dir/film.mov?x=1").unwrap();
        assert_eq!((film.name.as_str(), film.kind), ("film.mov", MediaKind::Video));
        let again = made_up("https://h.org/dir/film.mov?x=1").unwrap();
        assert_eq!((&film.content, film.millis()), (&again.content, again.millis()));
        assert_ne!(film.content, made_up("https://h.org/dir/film.mov?x=2").unwrap().content);
        assert_eq!(made_up("https://h.org").unwrap().name, "h.org");
        assert_eq!(made_up("https://h.org/s.MP3").unwrap().kind, MediaKind::Sound);
        assert_eq!(made_up("https://h.org/p.png").unwrap().kind, MediaKind::Still);
        assert!(made_up("https://h.org/page.HTML").is_none());
    }
}
