//! Uploads: multipart parts named `files`, one or more, hashed as they come; or addresses.

use std::sync::Arc;

use futures_util::stream;
use hyper::StatusCode;
use hyper::header::CONTENT_TYPE;
use multer::{Field, Multipart};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempPath;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::answer::{self, Answer};
use crate::by_address;
use crate::faults::{Kind, UploadFault};
use crate::film::Probe;
use crate::handle::{Ask, vanishes};
use crate::sandbox::Sandbox;
use crate::state::info;
use crate::world::{Intake, Media, MediaKind, Session};

const FORMATS: &[(&str, MediaKind)] = &[
    ("mp4", MediaKind::Video),
    ("mov", MediaKind::Video),
    ("avi", MediaKind::Video),
    ("webm", MediaKind::Video),
    ("mkv", MediaKind::Video),
    ("jpg", MediaKind::Still),
    ("jpeg", MediaKind::Still),
    ("png", MediaKind::Still),
    ("gif", MediaKind::Still),
    ("webp", MediaKind::Still),
    ("mp3", MediaKind::Sound),
    ("wav", MediaKind::Sound),
    ("m4a", MediaKind::Sound),
    ("aac", MediaKind::Sound),
];

/// `POST /api/upload-video/nemo_agent/me/<sid>`. Nothing is taken in before all of it came.
pub(crate) async fn upload(sandbox: &Sandbox, ask: &mut Ask, account: usize, id: &str) -> Answer {
    vanishes(sandbox, ask, id);
    if !may_come(sandbox, account, id) {
        return answer::no_session();
    }
    let kind = ask.header(CONTENT_TYPE.as_str()).unwrap_or("").to_owned();
    let files = match multer::parse_boundary(&kind) {
        Ok(boundary) => parts(sandbox, ask, boundary).await,
        Err(_) => by_address::addresses(sandbox, ask, id).await,
    };
    let files = match files {
        Ok(files) => files,
        Err(answer) => return answer,
    };
    let has = |fault| ask.hits.has(&Kind::Upload(fault));
    if has(UploadFault::Unreachable) {
        return by_address::unreachable(&files);
    } else if has(UploadFault::Unsupported) {
        return unsupported();
    } else if has(UploadFault::TooLarge) {
        return too_large();
    }
    let told: Vec<Value> = files.iter().map(info).collect();
    let how = Intake { fill: sandbox.options.fill_at_upload, forget: has(UploadFault::DraftForgets) };
    match sandbox.world().take_in((account, id), files, how) {
        Some(()) => answer::data(&json!({"files": told, "session_state_applied": true})),
        None => answer::no_session(),
    }
}

/// Whether the session is there. That a run goes on in it is only noted: no source says what the service does then.
fn may_come(sandbox: &Sandbox, account: usize, id: &str) -> bool {
    let mut world = sandbox.world();
    let running = world.session(account, id).map(Session::is_running);
    if running == Some(true) {
        world.violation("upload while a message runs", id.to_owned());
    }
    running.is_some()
}

/// 400 with these words.
pub(crate) fn bad(message: &str) -> Answer {
    answer::refused(StatusCode::BAD_REQUEST, 400, message)
}

/// 4001: no format of the service's.
pub(crate) fn unsupported() -> Answer {
    let words = "Unsupported file type. Supported: mp4 mov avi webm mkv jpg png gif webp mp3 wav m4a aac";
    answer::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, 4001, words)
}

/// 4002: too large.
fn too_large() -> Answer {
    answer::refused(StatusCode::PAYLOAD_TOO_LARGE, 4002, "File too large, 500 MB at most")
}

/// The format of a file by its name's ending.
pub(crate) fn format(name: &str) -> Option<(&'static str, MediaKind)> {
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    FORMATS.iter().copied().find(|(known, _)| *known == ending)
}

async fn parts(sandbox: &Sandbox, ask: &mut Ask, boundary: String) -> Result<Vec<Media>, Answer> {
    let inflow =
        stream::unfold(&mut ask.body, |body| async move { body.next().await.map(|piece| (piece, body)) });
    let mut multipart = Multipart::new(inflow, boundary);
    let mut files = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(|error| bad(&error.to_string()))? {
        if field.name() != Some("files") {
            let name = field.name().unwrap_or("").to_owned();
            sandbox.world().violation("unknown part", name);
            continue;
        }
        let Some(name) = field.file_name().map(str::to_owned) else {
            return Err(bad("A part named files has no filename"));
        };
        let Some((ending, kind)) = format(&name) else {
            return Err(unsupported());
        };
        let stored = store(sandbox, field, ending).await?;
        files.push(look(sandbox, name, kind, stored).await);
    }
    if files.is_empty() { Err(bad("No part is named files")) } else { Ok(files) }
}

/// A file's bytes as they came.
struct Stored {
    content: String,
    size: u64,
    path: Option<TempPath>,
}

/// Hashes a part as it comes, and keeps it where a tool can read it.
async fn store(sandbox: &Sandbox, mut field: Field<'_>, ending: &str) -> Result<Stored, Answer> {
    let lost =
        |_: std::io::Error| answer::detail(StatusCode::INSUFFICIENT_STORAGE, &json!("the sandbox's disk"));
    let mut kept = None;
    if sandbox.keeps_uploads() {
        let suffix = format!(".{ending}");
        let file = tempfile::Builder::new().prefix("upload-").suffix(&suffix).tempfile_in(sandbox.work());
        let (file, path) = file.map_err(lost)?.into_parts();
        kept = Some((File::from_std(file), path));
    }
    let (mut hash, mut size) = (Sha256::new(), 0_u64);
    while let Some(piece) = field.chunk().await.map_err(|error| bad(&error.to_string()))? {
        hash.update(&piece);
        size += piece.len() as u64;
        if size > sandbox.options.size_limit {
            return Err(too_large());
        }
        if let Some((file, _)) = &mut kept {
            file.write_all(&piece).await.map_err(lost)?;
        }
    }
    if let Some((file, _)) = &mut kept {
        file.flush().await.map_err(lost)?;
    }
    Ok(Stored { content: hex(&hash.finalize()), size, path: kept.map(|(_, path)| path) })
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What there is to know of a stored file: by ffprobe, else guessed from its size.
async fn look(sandbox: &Sandbox, name: String, kind: MediaKind, stored: Stored) -> Media {
    let probe = match (&sandbox.tools, &stored.path) {
        (Some(tools), Some(path)) => tools.probe(path, kind).await,
        _ => None,
    };
    let probed = probe.is_some();
    let probe = probe.unwrap_or_else(|| Probe::guess(kind, stored.size));
    Media {
        name,
        kind: probe.kind,
        content: stored.content,
        size: stored.size,
        url: None,
        path: stored.path.map(Arc::new),
        seconds: probe.seconds,
        width: probe.width,
        height: probe.height,
        fps: probe.fps,
        has_sound: probe.has_sound,
        probed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_known_by_its_ending() {
        for (name, wanted) in [
            ("a.MP4", Some("mp4")),
            ("ক্লিপ.jpeg", Some("jpeg")),
            ("a.mp4.exe", None),
            ("mp4", None),
            ("a.", None),
        ] {
            assert_eq!(format(name).map(|(ending, _)| ending), wanted, "{name}");
        }
    }
}
