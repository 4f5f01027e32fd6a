//! Several files in one session become one film; words alone become a film that carries them.

use std::path::Path;

use dakbox_sandbox::{Ffmpeg, Options, SAMPLE_CLIP};
use serde_json::{Value, json};

use crate::http::{Sandbox, draft_in, quick, upload_of};
use crate::media::{Look, ffmpeg, loudness, made, shades, written};

fn real() -> Options {
    Options { ffmpeg: Ffmpeg::Find, second_stage: None, ..quick() }
}

/// What a track is of, and its segments with their starts and lengths.
type Track = (u64, Vec<(String, u64, u64)>);

/// The draft's tracks.
pub(crate) fn tracks(draft: &str) -> Vec<Track> {
    let draft: Value = serde_json::from_str(draft).unwrap();
    let segment = |it: &Value| {
        let title = it["m"]["title"].as_str().or(it["text"].as_str()).unwrap_or_default().to_owned();
        (title, it["s"].as_u64().unwrap(), it["d"].as_u64().unwrap())
    };
    let track =
        |it: &Value| (it["tt"].as_u64().unwrap(), it["sg"].as_array().unwrap().iter().map(segment).collect());
    draft["t"].as_array().unwrap().iter().map(track).collect()
}

/// Uploads each file in a call of its own, or all in one, and exports what one message makes of them.
async fn project(files: &[(&str, &[u8])], in_one_call: bool, words: &str) -> (Vec<u8>, Value) {
    let sandbox = Sandbox::start(real()).await;
    let session = sandbox.session().await;
    if in_one_call {
        let (headers, body) = upload_of(files);
        let path = format!("/api/upload-video/nemo_agent/me/{session}");
        let told = sandbox.send("POST", &path, &headers, &body).await.json();
        assert_eq!(told["data"]["files"].as_array().map(Vec::len), Some(files.len()), "{told}");
    } else {
        for (name, bytes) in files {
            assert_eq!(sandbox.upload(&session, name, bytes).await.status, 200, "{name}");
        }
    }
    let state = sandbox.state(&session).await;
    let infos = state.json()["data"]["state"]["video_infos"].clone();
    let names: Vec<&Value> = infos.as_array().unwrap().iter().map(|info| &info["filename"]).collect();
    assert_eq!(names, files.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    sandbox.message(&session, words).await;
    let draft = sandbox.draft(&session).await;
    sandbox.export("render_1", &session, &draft).await;
    sandbox.rendered("render_1").await;
    let film = sandbox.send("GET", "/cdn/render_1.mp4", "", b"").await.body;
    let world = sandbox.world().await;
    assert_eq!(world["violations"], json!([]), "{world:#}");
    assert_eq!(world["renders"][0]["real"], true, "{}", world["renders"]);
    sandbox.stop().await;
    (film, world)
}

fn near(found: f64, wanted: f64) -> bool {
    (found - wanted).abs() < 0.35
}

/// Odd sizes, other rates, a clip without sound, held pictures, two songs.
fn everything(dir: &Path) -> Vec<(&'static str, Vec<u8>)> {
    let sine = "sine=frequency=440:duration=2";
    let clip =
        |name, picture: &str| made(dir, name, &["-i", picture, "-f", "lavfi", "-i", sine, "-shortest"]);
    vec![
        ("01.png", made(dir, "01.png", &["-i", "testsrc=s=333x777:d=1", "-frames:v", "1"])),
        ("02.mp4", clip("02.mp4", "testsrc=s=642x362:r=24:d=2")),
        ("03.mkv", made(dir, "03.mkv", &["-i", "testsrc2=s=101x303:r=10:d=3", "-c:v", "ffv1"])),
        ("04.jpg", made(dir, "04.jpg", &["-i", "smptebars=s=1500x900:d=1", "-frames:v", "1"])),
        // So short that it is a picture that moves, and no film.
        ("05.gif", made(dir, "05.gif", &["-i", "testsrc=s=99x77:r=10:d=0.8"])),
        ("06.webm", clip("06.webm", "testsrc=s=320x240:r=60:d=2")),
        ("07.wav", made(dir, "07.wav", &["-i", "sine=frequency=300:duration=3"])),
        ("08.mp3", made(dir, "08.mp3", &["-i", "sine=frequency=500:duration=4"])),
    ]
}

#[tokio::test]
async fn clips_pictures_and_sounds_become_one_film() {
    if !ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let files = everything(dir.path());
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, &bytes[..])).collect();
    let (film, world) = project(&files, false, "add Bangla captions").await;
    let look = Look::at(dir.path(), &film);
    assert_eq!((look.codecs.as_str(), look.size), ("h264+aac", (642, 362)), "the first film's size");
    // 4 + 2 + 3 + 4 + 4 + 2, the sounds under it.
    assert!(near(look.seconds, 19.0) && near(look.seen, 19.0), "{look:?}");
    let loud = |from, to| loudness(dir.path(), &film, from, to) > 0.01;
    assert!(loud(0.2, 2.8) && loud(3.2, 6.8), "the songs, one after the other from the beginning on");
    assert!(!loud(7.5, 16.5), "nothing when they are over");
    assert!(loud(17.3, 18.7), "a clip keeps its own sound");
    for at in [0.6, 5.0, 8.0, 11.0, 15.0, 18.0] {
        assert!(written(dir.path(), &film, at) > 50, "no words at {at}");
    }
    let lower = |at| shades(dir.path(), &film, at)[642 * 240..].to_vec();
    assert_ne!(lower(0.6), lower(2.0), "words change over a held picture");
    let render = &world["renders"][0];
    assert_eq!(render["clips"], json!(["01.png", "02.mp4", "03.mkv", "04.jpg", "05.gif", "06.webm"]));
    assert_eq!(render["sounds"], json!(["07.wav", "08.mp3"]));
    let tracks = tracks(world["sessions"][0]["draft"].as_str().unwrap());
    assert_eq!(tracks[0].0, 0);
    assert_eq!(tracks[0].1[3], ("04.jpg".to_owned(), 9000, 4000));
    assert_eq!((tracks[1].0, &tracks[1].1[1]), (1, &("08.mp3".to_owned(), 3000, tracks[1].1[1].2)));
}

#[tokio::test]
async fn pictures_alone_and_sounds_alone() {
    if !ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let all = everything(dir.path());
    let of = |names: &[&str]| -> Vec<(&str, &[u8])> {
        let fits = all.iter().filter(|(name, _)| names.contains(name));
        fits.map(|(name, bytes)| (*name, &bytes[..])).collect()
    };
    let (film, _) = project(&of(&["04.jpg", "05.gif"]), true, "captions").await;
    let look = Look::at(dir.path(), &film);
    assert_eq!(
        (look.codecs.as_str(), look.size),
        ("h264+aac", (1280, 768)),
        "the first picture's, at most 1280 wide"
    );
    assert!(near(look.seen, 8.0) && loudness(dir.path(), &film, 0.0, 8.0) < 0.001, "{look:?}");

    let (film, _) = project(&of(&["04.jpg", "07.wav", "08.mp3"]), false, "captions").await;
    assert!(near(Look::at(dir.path(), &film).seconds, 4.0), "what is longer than all pictures is cut off");

    let (film, world) = project(&of(&["07.wav", "08.mp3"]), false, "captions").await;
    let look = Look::at(dir.path(), &film);
    assert_eq!((look.codecs.as_str(), look.size), ("h264+aac", (1280, 720)));
    assert!(near(look.seen, 7.0) && loudness(dir.path(), &film, 0.2, 6.8) > 0.01, "{look:?}");
    let top: Vec<u8> = shades(dir.path(), &film, 5.0)[1280 * 200..1280 * 400].to_vec();
    assert!(top.iter().all(|shade| *shade < 24), "a black picture");
    assert!(written(dir.path(), &film, 5.0) > 50, "with words on it");
    let tracks = tracks(world["sessions"][0]["draft"].as_str().unwrap());
    assert_eq!(tracks.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [1, 7, 7]);
}

#[tokio::test]
async fn a_clip_that_is_no_media_makes_the_whole_film_the_sample() {
    if !ffmpeg() {
        return;
    }
    let sandbox = Sandbox::start(real()).await;
    let session = sandbox.session().await;
    sandbox.upload(&session, "a.mp4", SAMPLE_CLIP).await;
    sandbox.upload(&session, "b.mp4", b"no film at all").await;
    let draft = sandbox.draft(&session).await;
    sandbox.export("render_1", &session, &draft).await;
    assert_eq!(sandbox.rendered("render_1").await["status"], "completed");
    assert_eq!(sandbox.world().await["renders"][0]["real"], false);
}

#[tokio::test]
async fn words_alone_become_a_film_with_the_words_on_it() {
    if !ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let words = "A short film about Dhaka. বৃষ্টির রাতে নদীর ঘাট।\nThe end!";
    let (film, world) = project(&[], false, words).await;
    let look = Look::at(dir.path(), &film);
    assert_eq!((look.codecs.as_str(), look.size), ("h264+aac", (1280, 720)));
    assert!(near(look.seen, 15.0), "three scenes of five seconds: {look:?}");
    let scenes = json!(["A short film about Dhaka.", "বৃষ্টির রাতে নদীর ঘাট।", "The end!"]);
    assert_eq!(world["renders"][0]["captions"], scenes);
    for at in [2.0, 7.0, 12.0] {
        assert!(written(dir.path(), &film, at) > 50, "no words at {at}");
    }
    assert_ne!(shades(dir.path(), &film, 2.0)[..9], shades(dir.path(), &film, 7.0)[..9], "another scene");
    assert_eq!(world["charges"][0]["cost"], 100);
}

/// A film of words is refined like any other, for the price of an edit.
#[tokio::test]
async fn a_film_of_words_is_refined_in_its_session() {
    let sandbox = Sandbox::start(quick()).await;
    let session = sandbox.session().await;
    sandbox.message(&session, "One. Two.").await;
    let state = sandbox.state(&session).await;
    assert_eq!(state.json()["data"]["state"]["generated_media"], json!([{"type": "video", "count": 2}]));
    sandbox.message(&session, "add music").await;
    let after = sandbox.state(&session).await.text();
    let tracks = tracks(draft_in(&after));
    assert_eq!(tracks[0].1.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["One.", "Two."]);
    assert_eq!(tracks[1].1[0].0, "Lo-fi");
    let world = sandbox.world().await;
    let costs: Vec<&Value> = world["charges"].as_array().unwrap().iter().map(|it| &it["cost"]).collect();
    assert_eq!(costs, [100, 50]);
}
