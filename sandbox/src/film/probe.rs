//! What there is to know of a file: by ffprobe's JSON, or guessed.

use serde_json::Value;

use crate::world::MediaKind;

/// How long a still picture is shown, in seconds.
pub(super) const STILL_SECONDS: f64 = 4.0;

/// What is in a file.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Probe {
    pub(crate) kind: MediaKind,
    pub(crate) seconds: f64,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) fps: f64,
    pub(crate) has_sound: bool,
}

impl Probe {
    /// A guess from the size, where nothing can look inside.
    #[expect(clippy::cast_precision_loss, reason = "a guess need not be exact")]
    pub(crate) fn guess(kind: MediaKind, size: u64) -> Self {
        let picture = kind != MediaKind::Sound;
        let seconds = if kind == MediaKind::Still { STILL_SECONDS } else { size as f64 / 200_000.0 };
        Self {
            kind,
            seconds: seconds.clamp(1.0, 3600.0),
            width: if picture { 1280 } else { 0 },
            height: if picture { 720 } else { 0 },
            fps: if kind == MediaKind::Video { 25.0 } else { 0.0 },
            has_sound: kind != MediaKind::Still,
        }
    }

    /// Reads ffprobe's answer; `None`: there is no stream in it that a film can be made of.
    pub(super) fn read(json: &[u8], by_name: MediaKind) -> Option<Self> {
        let all: Value = serde_json::from_slice(json).ok()?;
        let streams = all["streams"].as_array()?;
        let of = |kind: &str| streams.iter().find(|stream| stream["codec_type"] == kind && !is_cover(stream));
        let (picture, sound) = (of("video"), of("audio"));
        let number = |value: &Value| value.as_str().and_then(|text| text.parse::<f64>().ok());
        let length = number(&all["format"]["duration"]).or_else(|| number(&picture.or(sound)?["duration"]));
        let (kind, seconds) = match (picture, sound, by_name) {
            (None, None, _) => return None,
            (_, Some(_), MediaKind::Sound) | (None, Some(_), _) => (MediaKind::Sound, length?),
            (Some(_), _, MediaKind::Still) if length.is_none_or(|length| length < 1.0) => {
                (MediaKind::Still, STILL_SECONDS)
            }
            (Some(_), _, _) => (MediaKind::Video, length?),
        };
        let size = |key: &str| {
            let size = picture.filter(|_| kind != MediaKind::Sound).and_then(|stream| stream[key].as_u64());
            u32::try_from(size.unwrap_or(0)).unwrap_or(0)
        };
        Some(Self {
            kind,
            seconds: seconds.max(0.04),
            width: size("width"),
            height: size("height"),
            fps: picture.and_then(|stream| ratio(stream["avg_frame_rate"].as_str()?)).unwrap_or(0.0),
            has_sound: sound.is_some(),
        })
    }
}

/// Whether a stream is only the picture on a record's cover.
fn is_cover(stream: &Value) -> bool {
    stream["disposition"]["attached_pic"] == 1
}

/// `24000/1001` as a number, with three decimals.
fn ratio(text: &str) -> Option<f64> {
    let (above, below) = text.split_once('/')?;
    let (above, below): (f64, f64) = (above.parse().ok()?, below.parse().ok()?);
    (below > 0.0).then(|| (above / below * 1000.0).round() / 1000.0)
}

/// Whether a file is the regular Noto Sans Bengali, by its name.
pub(super) fn is_font(name: &str) -> bool {
    ["NotoSansBengali-Regular.", "NotoSansBengali[", "NotoSansBengali-VF."]
        .iter()
        .any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_streams_are() {
        let video = r#"{"codec_type":"video","width":640,"height":360,"avg_frame_rate":"24000/1001"}"#;
        let cover = r#"{"codec_type":"video","width":640,"height":640,"avg_frame_rate":"0/0","disposition":{"attached_pic":1}}"#;
        let sound = r#"{"codec_type":"audio"}"#;
        let cases = [
            (format!("[{video},{sound}]"), "5.0", MediaKind::Video, Some((MediaKind::Video, 5.0, 640, true))),
            (
                format!("[{video}]"),
                "0.04",
                MediaKind::Still,
                Some((MediaKind::Still, STILL_SECONDS, 640, false)),
            ),
            (format!("[{video}]"), "3.0", MediaKind::Still, Some((MediaKind::Video, 3.0, 640, false))),
            (format!("[{cover},{sound}]"), "9.0", MediaKind::Sound, Some((MediaKind::Sound, 9.0, 0, true))),
            (format!("[{sound}]"), "9.0", MediaKind::Video, Some((MediaKind::Sound, 9.0, 0, true))),
            ("[]".to_owned(), "9.0", MediaKind::Video, None),
            (format!("[{video}]"), "N/A", MediaKind::Video, None),
        ];
        for (streams, duration, by_name, wanted) in cases {
            let json = format!(r#"{{"streams":{streams},"format":{{"duration":"{duration}"}}}}"#);
            let probe = Probe::read(json.as_bytes(), by_name);
            let found = probe.map(|probe| (probe.kind, probe.seconds, probe.width, probe.has_sound));
            assert_eq!(found, wanted, "{json}");
        }
        assert_eq!(ratio("24000/1001"), Some(23.976));
        assert_eq!(ratio("0/0"), None);
    }

    #[test]
    fn fonts_go_by_their_names() {
        assert!(is_font("NotoSansBengali-Regular.ttf") && is_font("NotoSansBengali[wdth,wght].ttf"));
        assert!(!is_font("NotoSansBengali-Bold.ttf") && !is_font("NotoSansBengaliUI-Regular.ttf"));
    }
}
