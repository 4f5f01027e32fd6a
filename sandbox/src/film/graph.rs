//! The filter graph of a film: every upload brought to one size and sound, joined, with the captions burned in.

use std::fmt::Write as _;

use super::probe::STILL_SECONDS;
use crate::draft::GENERATED_MS;
use crate::world::{Media, MediaKind};

/// The widest film made.
const WIDEST: u32 = 1280;

/// One upload as the graph sees it.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Part {
    /// Which input has the picture; `None`: a plain background.
    picture: Option<usize>,
    /// Which input has the sound; `None`: silence.
    sound: Option<usize>,
    still: bool,
    seconds: f64,
}

impl Part {
    /// An upload that is the input of that number.
    pub(super) fn of(media: &Media, input: usize) -> Self {
        let still = media.kind == MediaKind::Still;
        Self {
            picture: (media.kind != MediaKind::Sound).then_some(input),
            sound: media.has_sound.then_some(input),
            still,
            seconds: if still { STILL_SECONDS } else { media.seconds },
        }
    }

    /// A film made of words alone.
    #[expect(clippy::cast_precision_loss, reason = "a few seconds are exact")]
    pub(super) fn generated() -> Self {
        Self { picture: None, sound: None, still: false, seconds: GENERATED_MS as f64 / 1000.0 }
    }
}

/// The film's size: at most [`WIDEST`] wide, both sides even.
pub(super) fn canvas((width, height): (u32, u32)) -> (u32, u32) {
    let (width, height) = (u64::from(width.max(2)), u64::from(height.max(2)));
    let wide = width.min(u64::from(WIDEST));
    let even = |side: u64| u32::try_from((side / 2 * 2).clamp(64, 4096)).unwrap_or(WIDEST);
    (even(wide), even(height * wide / width))
}

/// The graph from all parts to `[film]` and `[sound]`. Only numbers go into it.
pub(super) fn graph(parts: &[Part], (width, height): (u32, u32), fonts: bool) -> String {
    let mut graph = String::new();
    for (nth, part) in parts.iter().enumerate() {
        let seconds = part.seconds;
        let _ = match part.picture {
            Some(input) => write!(
                graph,
                "[{input}:v:0]scale={width}:{height}:force_original_aspect_ratio=decrease,\
                 pad={width}:{height}:(ow-iw)/2:(oh-ih)/2"
            ),
            None => write!(graph, "color=c=0x14213d:s={width}x{height}:r=25:d={seconds:.3}"),
        };
        if part.still {
            let _ = write!(graph, ",tpad=stop_mode=clone:stop_duration={seconds:.3}");
        }
        let _ = write!(graph, ",setsar=1,format=yuv420p[v{nth}];");
        let _ = match part.sound {
            Some(input) => write!(graph, "[{input}:a:0]aresample=44100"),
            None => write!(graph, "anullsrc=r=44100:cl=stereo,atrim=duration={seconds:.3}"),
        };
        let _ = write!(graph, ",aformat=sample_fmts=fltp:sample_rates=44100:channel_layouts=stereo[a{nth}];");
    }
    for nth in 0..parts.len() {
        let _ = write!(graph, "[v{nth}][a{nth}]");
    }
    // `shaping=complex` is what makes conjuncts; the `subtitles` filter can't.
    let fonts = if fonts { ":fontsdir=fonts" } else { "" };
    let _ = write!(
        graph,
        "concat=n={}:v=1:a=1[joined][sound];[joined]ass=captions.ass:shaping=complex{fonts}[film]",
        parts.len()
    );
    graph
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
    }

    #[test]
    fn each_part_has_a_picture_and_a_sound() {
        let still = Part { picture: Some(0), sound: None, still: true, seconds: 4.0 };
        let song = Part { picture: None, sound: Some(1), still: false, seconds: 9.5 };
        let graph = graph(&[still, song], (640, 360), true);
        for wanted in [
            "[0:v:0]scale=640:360",
            "tpad=stop_mode=clone:stop_duration=4.000",
            "anullsrc=r=44100:cl=stereo,atrim=duration=4.000",
            "color=c=0x14213d:s=640x360:r=25:d=9.500",
            "[1:a:0]aresample",
            "[v0][a0][v1][a1]concat=n=2:v=1:a=1",
            "ass=captions.ass:shaping=complex:fontsdir=fonts[film]",
        ] {
            assert!(graph.contains(wanted), "{wanted} is not in {graph}");
        }
    }
}
