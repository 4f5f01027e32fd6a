//! A draft's captions as an ASS script, for libass to burn in.

use std::fmt::Write as _;

use crate::captions::short;
use crate::draft::Draft;

/// The whole script for a film of that size.
pub(super) fn script(draft: &Draft, (width, height): (u32, u32)) -> String {
    let side = width.min(height);
    let (caption, title, margin) = ((side / 12).max(12), (side / 22).max(9), (side / 18).max(4));
    let mut script = format!(
        "[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
ScaledBorderAndShadow: yes
WrapStyle: 0

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Caption,Noto Sans Bengali,{caption},&H00FFFFFF,&H00101010,&H80000000,0,1,3,1,2,{margin},{margin},{margin},1
Style: Title,Noto Sans Bengali,{title},&H0000D7FF,&H00101010,&H80000000,0,1,2,1,8,{margin},{margin},{margin},1

[Events]
Format: Layer, Start, End, Style, Text
"
    );
    for caption in &draft.captions {
        line(&mut script, caption.start, caption.start + caption.ms, "Caption", &caption.text);
    }
    if let Some(words) = draft.edits.last() {
        line(&mut script, 0, draft.length(), "Title", &short(words, 60));
    }
    script
}

fn line(script: &mut String, start: u64, end: u64, style: &str, text: &str) {
    let _ = writeln!(script, "Dialogue: 0,{},{},{style},{}", moment(start), moment(end), plain(text));
}

/// Milliseconds as `H:MM:SS.cc`.
fn moment(ms: u64) -> String {
    let (hours, minutes, seconds, hundredths) =
        (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms / 10 % 100);
    format!("{hours}:{minutes:02}:{seconds:02}.{hundredths:02}")
}

/// Words without what libass reads as an instruction.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '{' => '(',
            '}' => ')',
            '\\' => '/',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{Clip, Source};
    use crate::world::MediaKind;

    #[test]
    fn moments_are_written_in_hundredths() {
        assert_eq!(moment(0), "0:00:00.00");
        assert_eq!(moment(3_725_678), "1:02:05.67");
    }

    #[test]
    fn a_strangers_words_stay_words() {
        let mut draft = Draft::default();
        let clip = Clip { title: "a.mp4".into(), ms: 5280, source: Source::Upload(0) };
        draft.add(clip, MediaKind::Video, (640, 360));
        draft.edit("{\\fs200}big\nDialogue: 0,0,0,x");
        let script = script(&draft, (640, 360));
        assert!(script.contains("Title,(/fs200)big Dialogue: 0,0,0,x\n"), "{script}");
        assert_eq!(script.matches("\nDialogue:").count(), 1 + draft.captions.len());
    }
}
