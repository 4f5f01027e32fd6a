//! Files made by ffmpeg, and films looked at, listened to and measured by it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Whether ffmpeg is here.
pub(crate) fn ffmpeg() -> bool {
    Command::new("ffmpeg").arg("-version").output().is_ok_and(|output| output.status.success())
}

/// A file in the format of that name, made by ffmpeg.
pub(crate) fn made(dir: &Path, name: &str, arguments: &[&str]) -> Vec<u8> {
    let path = dir.join(name);
    let status =
        Command::new("ffmpeg").args(["-v", "error", "-y", "-f", "lavfi"]).args(arguments).arg(&path).status();
    assert!(status.unwrap().success(), "{name}");
    std::fs::read(path).unwrap()
}

/// What a program writes about a film.
fn output(dir: &Path, film: &[u8], program: &str, arguments: &[&str]) -> Vec<u8> {
    std::fs::write(dir.join("look.mp4"), film).unwrap();
    let output = Command::new(program).current_dir(dir).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What ffprobe says of a film.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) codecs: String,
    pub(crate) size: (u64, u64),
    pub(crate) seconds: f64,
    /// The length of the picture alone.
    pub(crate) seen: f64,
}

impl Look {
    pub(crate) fn at(dir: &Path, film: &[u8]) -> Self {
        let entries = "stream=codec_name,width,height,duration:format=duration";
        let arguments = ["-v", "error", "-print_format", "json", "-show_entries", entries, "look.mp4"];
        let all: Value = serde_json::from_slice(&output(dir, film, "ffprobe", &arguments)).unwrap();
        let streams = all["streams"].as_array().unwrap();
        let names: Vec<&str> = streams.iter().map(|stream| stream["codec_name"].as_str().unwrap()).collect();
        let picture = streams.iter().find(|stream| stream["width"].is_u64()).unwrap();
        let number = |value: &Value| value.as_str().unwrap().parse().unwrap();
        Self {
            codecs: names.join("+"),
            size: (picture["width"].as_u64().unwrap(), picture["height"].as_u64().unwrap()),
            seconds: number(&all["format"]["duration"]),
            seen: number(&picture["duration"]),
        }
    }
}

/// The shades of a film's picture at a moment, 0 to 255, row by row.
pub(crate) fn shades(dir: &Path, film: &[u8], seconds: f64) -> Vec<u8> {
    let at = seconds.to_string();
    let arguments = [
        "-v",
        "error",
        "-i",
        "look.mp4",
        "-ss",
        &at,
        "-frames:v",
        "1",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "gray",
        "-",
    ];
    output(dir, film, "ffmpeg", &arguments)
}

/// How many spots of the picture are as bright as written words, in its lower third.
pub(crate) fn written(dir: &Path, film: &[u8], seconds: f64) -> usize {
    let shades = shades(dir, film, seconds);
    shades[shades.len() * 2 / 3..].iter().filter(|shade| **shade > 220).count()
}

/// How loud a film is between two moments: 0 is silence, 1 is as loud as can be.
pub(crate) fn loudness(dir: &Path, film: &[u8], from: f64, to: f64) -> f64 {
    let (from, to) = (from.to_string(), to.to_string());
    let arguments = [
        "-v", "error", "-i", "look.mp4", "-ss", &from, "-to", &to, "-vn", "-f", "f32le", "-ac", "1", "-ar",
        "8000", "-",
    ];
    let bytes = output(dir, film, "ffmpeg", &arguments);
    let squares = bytes.as_chunks::<4>().0.iter().map(|four| f64::from(f32::from_le_bytes(*four)).powi(2));
    let count = f64::from(u32::try_from(bytes.len() / 4).unwrap());
    (squares.sum::<f64>() / count.max(1.0)).sqrt()
}
