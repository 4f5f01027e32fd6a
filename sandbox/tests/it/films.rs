//! Real films, where ffmpeg is; the sample and an honest word where it isn't.

use dakbox_sandbox::{Ffmpeg, Options, SAMPLE_CLIP};
use serde_json::Value;

use crate::http::{Sandbox, quick};
use crate::media::{Look, ffmpeg, made};

/// Uploads files into one session, sends words, renders; gives the last words, the film and the world's note on it.
async fn film_of(options: Options, files: &[(&str, &[u8])]) -> (String, Vec<u8>, Value) {
    let sandbox = Sandbox::start(options).await;
    let session = sandbox.session().await;
    for (name, bytes) in files {
        assert_eq!(sandbox.upload(&session, name, bytes).await.status, 200, "{name}");
    }
    let frames = sandbox.message(&session, "বাংলা ক্যাপশন {\\b1} add music").await.frames();
    let words = frames.last().unwrap()["content"]["parts"][0]["text"].as_str().unwrap_or("").to_owned();
    let draft = sandbox.draft(&session).await;
    sandbox.export("render_1", &session, &draft).await;
    assert_eq!(sandbox.rendered("render_1").await["status"], "completed");
    let film = sandbox.call("GET", "/api/render/proxy/render_1/download", "").await.body;
    (words, film, sandbox.world().await["renders"][0].clone())
}

#[tokio::test]
async fn each_kind_of_file_becomes_a_film() {
    if !ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let picture = "testsrc=s=642x362:r=24:d=2";
    let sound = "sine=frequency=440:duration=2";
    let cases: [(&str, &[&str], f64); 5] = [
        ("a.mkv", &["-i", picture], 2.0),
        ("a.webm", &["-i", picture, "-c:v", "libvpx", "-deadline", "realtime"], 2.0),
        ("a.png", &["-i", picture, "-frames:v", "1"], 4.0),
        ("a.mp3", &["-i", sound], 2.0),
        ("a.wav", &["-i", sound], 2.0),
    ];
    for (name, arguments, seconds) in cases {
        let bytes = made(dir.path(), name, arguments);
        let options = Options { ffmpeg: Ffmpeg::Find, ..quick() };
        let (_, film, render) = film_of(options, &[(name, &bytes)]).await;
        assert_eq!(render["real"], true, "{name}: {render}");
        let look = Look::at(dir.path(), &film);
        assert_eq!(look.codecs, "h264+aac", "{name}");
        assert!((look.seconds - seconds).abs() < 0.3, "{name}: {look:?}");
    }
}

#[tokio::test]
async fn several_files_become_one_film() {
    if !ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let song = made(dir.path(), "b.wav", &["-i", "sine=frequency=440:duration=1"]);
    let options = Options { ffmpeg: Ffmpeg::Find, ..quick() };
    let (_, film, render) = film_of(options, &[("a.mp4", SAMPLE_CLIP), ("b.wav", &song)]).await;
    assert_eq!(render["real"], true, "{render}");
    let length = Look::at(dir.path(), &film).seconds;
    assert!((length - 5.3).abs() < 0.3, "a sound is mixed in, not put behind: {length}");
    let moov = film.windows(4).position(|four| four == b"moov").unwrap();
    let mdat = film.windows(4).position(|four| four == b"mdat").unwrap();
    assert!(moov < mdat, "it starts fast");
}

#[tokio::test]
async fn without_ffmpeg_the_film_is_the_sample_and_the_words_say_so() {
    let nowhere = tempfile::tempdir().unwrap();
    let options = Options { ffmpeg: Ffmpeg::In(nowhere.path().to_owned()), silent: 1.0, ..quick() };
    let (words, film, render) = film_of(options, &[("a.mp4", SAMPLE_CLIP)]).await;
    assert!(words.contains("no ffmpeg"), "{words}");
    assert_eq!((&render["real"], &film[4..8]), (&Value::Bool(false), &b"ftyp"[..]));
    assert!(render["note"].as_str().unwrap().contains("sample"), "{render}");
}

#[tokio::test]
async fn a_file_that_is_no_media_is_the_sample_too() {
    if !ffmpeg() {
        return;
    }
    let options = Options { ffmpeg: Ffmpeg::Find, ..quick() };
    let (words, _, render) = film_of(options, &[("a.mp4", b"no film at all")]).await;
    assert!(words.contains("could not read"), "{words}");
    assert_eq!(render["real"], false);
}
