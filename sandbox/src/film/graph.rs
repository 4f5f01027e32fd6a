//! The filter graph of a film: every picture brought to one size and rate, joined, sounds mixed in, captions burned in.

use std::fmt::Write as _;

use super::probe::STILL_SECONDS;
use crate::world::{Media, MediaKind};

/// The widest film made.
const WIDEST: u32 = 1280;
/// What every sound is brought to.
const SOUND: &str = "aformat=sample_fmts=fltp:sample_rates=44100:channel_layouts=stereo";
/// Backgrounds of scenes that words were made into.
const PLAIN: &[&str] = &["0x14213d", "0x3d1435", "0x143d2a", "0x3d2c14", "0x2a143d", "0x14333d"];

/// What is seen for a while.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Picture {
    /// The film that is that input.
    Film(usize),
    /// The picture that is that input, held.
    Still(usize),
    /// A test picture, for a film that was never fetched.
    MadeUp,
    /// A plain background, one of several.
    Plain(usize),
    /// Nothing.
    Black,
}

/// What is heard for a while.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Sound {
    /// The sound of that input.
    Input(usize),
    /// A tone of so many hertz, for a sound that was never fetched.
    Tone(u32),
    Silence,
}

/// One piece of the film.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Part {
    pub(super) picture: Picture,
    pub(super) sound: Sound,
    pub(super) seconds: f64,
}

impl Part {
    /// An upload that is the input of that number; `None`: it was never fetched.
    pub(super) fn of(media: &Media, input: Option<usize>) -> Self {
        let still = media.kind == MediaKind::Still;
        let picture = match (media.kind, input) {
            (MediaKind::Sound, _) => Picture::Black,
            (_, None) => Picture::MadeUp,
            (MediaKind::Still, Some(input)) => Picture::Still(input),
            (MediaKind::Video, Some(input)) => Picture::Film(input),
        };
        let sound = match input {
            Some(input) if media.has_sound => Sound::Input(input),
            None if media.has_sound => Sound::Tone(tone(&media.content)),
            _ => Sound::Silence,
        };
        Self { picture, sound, seconds: if still { STILL_SECONDS } else { media.seconds } }
    }

    /// A scene that words were made into.
    #[expect(clippy::cast_precision_loss, reason = "a few seconds are exact")]
    pub(super) fn scene(nth: usize, ms: u64) -> Self {
        Self { picture: Picture::Plain(nth), sound: Sound::Silence, seconds: ms as f64 / 1000.0 }
    }
}

/// From 220 to 475 hertz, always the same for one content.
fn tone(content: &str) -> u32 {
    220 + u32::from_str_radix(content.get(..2).unwrap_or("0"), 16).unwrap_or(0)
}

/// What a film is made of.
#[derive(Debug)]
pub(super) struct Cut {
    /// What is seen, with the sound that belongs to it.
    pub(super) parts: Vec<Part>,
    /// What is heard besides, from the beginning on.
    pub(super) sounds: Vec<Part>,
    pub(super) size: (u32, u32),
    /// Pictures a second.
    pub(super) rate: f64,
    /// Whether the folder has fonts.
    pub(super) fonts: bool,
}

/// The film's size: at most [`WIDEST`] wide, both sides even.
pub(super) fn canvas((width, height): (u32, u32)) -> (u32, u32) {
    let (width, height) = (u64::from(width.max(2)), u64::from(height.max(2)));
    let wide = width.min(u64::from(WIDEST));
    let even = |side: u64| u32::try_from((side / 2 * 2).clamp(64, 4096)).unwrap_or(WIDEST);
    (even(wide), even(height * wide / width))
}

/// A rate that a film can have: 25 where the first clip has none, and none beyond 60.
pub(super) fn rate(fps: f64) -> f64 {
    if fps >= 1.0 { fps.min(60.0) } else { 25.0 }
}

impl Cut {
    /// The graph from all inputs to `[film]` and `[sound]`. Only numbers go into it.
    pub(super) fn graph(mut self) -> String {
        let mut graph = String::new();
        if self.parts.is_empty() {
            // Sounds alone are heard over a black picture that is as long as they are.
            let seconds = self.sounds.iter().map(|sound| sound.seconds).sum();
            self.parts = vec![Part { picture: Picture::Black, sound: Sound::Silence, seconds }];
        }
        for (nth, part) in self.parts.iter().enumerate() {
            let _ = write!(graph, "{}[v{nth}];", self.picture(part));
            let _ = write!(graph, "{}[a{nth}];", heard(part));
        }
        for nth in 0..self.parts.len() {
            let _ = write!(graph, "[v{nth}][a{nth}]");
        }
        let own = if self.sounds.is_empty() { "sound" } else { "own" };
        let _ = write!(graph, "concat=n={}:v=1:a=1[joined][{own}];", self.parts.len());
        if !self.sounds.is_empty() {
            let mut row = String::new();
            for (nth, sound) in self.sounds.iter().enumerate() {
                let _ = write!(graph, "{}[s{nth}];", heard(sound));
                let _ = write!(row, "[s{nth}]");
            }
            let _ = write!(
                graph,
                "{row}concat=n={}:v=0:a=1[heard];[own][heard]amix=inputs=2:duration=first:normalize=0[sound];",
                self.sounds.len()
            );
        }
        // `shaping=complex` is what makes conjuncts; the `subtitles` filter can't.
        let fonts = if self.fonts { ":fontsdir=fonts" } else { "" };
        let _ = write!(graph, "[joined]ass=captions.ass:shaping=complex{fonts}[film]");
        graph
    }

    /// The picture of a part, in the film's size and rate.
    fn picture(&self, part: &Part) -> String {
        let ((width, height), rate, seconds) = (self.size, self.rate, part.seconds);
        let fit = format!(
            "scale={width}:{height}:force_original_aspect_ratio=decrease,\
             pad={width}:{height}:(ow-iw)/2:(oh-ih)/2"
        );
        let made = |name: &str| format!("{name}s={width}x{height}:r={rate:.3}:d={seconds:.3}");
        let picture = match part.picture {
            Picture::Film(input) => format!("[{input}:v:0]{fit},fps={rate:.3}"),
            Picture::Still(input) => {
                let hold = format!("fps={rate:.3},tpad=stop_mode=clone:stop_duration={seconds:.3}");
                format!("[{input}:v:0]{fit},{hold},trim=duration={seconds:.3}")
            }
            Picture::MadeUp => made("testsrc2="),
            Picture::Plain(nth) => made(&format!("color=c={}:", PLAIN[nth % PLAIN.len()])),
            Picture::Black => made("color=c=black:"),
        };
        format!("{picture},setsar=1,format=yuv420p")
    }
}

/// The sound of a part.
fn heard(part: &Part) -> String {
    let seconds = part.seconds;
    let sound = match part.sound {
        Sound::Input(input) => format!("[{input}:a:0]aresample=44100"),
        Sound::Tone(hertz) => format!("sine=f={hertz}:r=44100:d={seconds:.3}"),
        Sound::Silence => format!("anullsrc=r=44100:cl=stereo,atrim=duration={seconds:.3}"),
    };
    format!("{sound},{SOUND}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_has_even_sides_and_is_not_too_wide() {
        let cases = [
            ((1280, 720), (1280, 720)),
            ((1920, 1080), (1280, 720)),
            ((641, 361), (640, 360)),
            ((1080, 1920), (1080, 1920)),
            ((0, 0), (64, 64)),
            ((1, 100_000), (64, 4096)),
            ((4000, 3), (1280, 64)),
        ];
        for (size, wanted) in cases {
            assert_eq!(canvas(size), wanted, "{size:?}");
        }
        for (fps, wanted) in [(0.0, 25.0), (23.976, 23.976), (100.0, 60.0)] {
            assert!((rate(fps) - wanted).abs() < f64::EPSILON, "{fps}");
        }
    }

    fn cut(parts: Vec<Part>, sounds: Vec<Part>) -> String {
        Cut { parts, sounds, size: (640, 360), rate: 25.0, fonts: true }.graph()
    }

    fn part(picture: Picture, sound: Sound, seconds: f64) -> Part {
        Part { picture, sound, seconds }
    }

    #[test]
    fn each_part_has_a_picture_and_a_sound_and_sounds_are_mixed_in() {
        let parts = vec![
            part(Picture::Still(0), Sound::Silence, 4.0),
            part(Picture::Film(1), Sound::Input(1), 2.0),
            part(Picture::MadeUp, Sound::Tone(300), 3.0),
        ];
        let graph = cut(parts, vec![part(Picture::Black, Sound::Input(2), 9.5)]);
        for wanted in [
            "[0:v:0]scale=640:360",
            "tpad=stop_mode=clone:stop_duration=4.000,trim=duration=4.000",
            "anullsrc=r=44100:cl=stereo,atrim=duration=4.000",
            "testsrc2=s=640x360:r=25.000:d=3.000",
            "sine=f=300",
            "[v0][a0][v1][a1][v2][a2]concat=n=3:v=1:a=1[joined][own]",
            "[2:a:0]aresample",
            "[s0]concat=n=1:v=0:a=1[heard];[own][heard]amix=inputs=2:duration=first",
            "ass=captions.ass:shaping=complex:fontsdir=fonts[film]",
        ] {
            assert!(graph.contains(wanted), "{wanted} is not in {graph}");
        }
    }

    #[test]
    fn sounds_alone_have_a_black_picture_as_long_as_they_are() {
        let sound = |seconds| part(Picture::Black, Sound::Input(0), seconds);
        let graph = cut(Vec::new(), vec![sound(1.5), sound(2.0)]);
        assert!(graph.contains("color=c=black:s=640x360:r=25.000:d=3.500"), "{graph}");
    }
}
