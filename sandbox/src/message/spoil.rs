//! A run's script, repeated, shuffled, respelled and swollen as faults want it.

use std::fmt::Write as _;

use bytes::Bytes;

use super::adk;
use super::script::Beat;
use crate::faults::{Beat as Form, Hits, Lines, Odd, Spoil};

/// The longest piece that a swollen frame is sent in.
const PIECE: usize = 64 << 10;

/// Does to the beats of a run what the faults say, in the order they stand.
pub(super) fn spoil(mut beats: Vec<Beat>, hits: &Hits) -> Vec<Beat> {
    let form = form(hits);
    for fault in hits.spoils() {
        match fault {
            Spoil::Beats(count) => {
                let first = (0..u64::from(*count))
                    .map(|nth| adk::heartbeat(form.unwrap_or_else(|| adk::nth_form(nth))));
                beats.splice(0..0, first.map(|beat| Beat::Say(beat.into())));
            }
            Spoil::Twice => beats = beats.into_iter().flat_map(twice).collect(),
            Spoil::Replay => {
                let again: Vec<Bytes> = beats.iter().filter_map(said).cloned().collect();
                beats.extend(again.into_iter().map(Beat::Say));
            }
            Spoil::Shuffle => shuffle(&mut beats),
            Spoil::Odd(odd) => amid(&mut beats, Beat::Say(odd_frame(*odd).into())),
            Spoil::Later(code) => amid(&mut beats, Beat::Say(adk::code_frame(code).into())),
            Spoil::Flood(bytes) => beats.push(Beat::Flood(*bytes)),
            Spoil::Tiny(frames) => beats.push(Beat::Tiny(*frames)),
            Spoil::Lines(lines) => respell(&mut beats, *lines),
            _ => {}
        }
    }
    beats
}

/// The form that heartbeats have, where one is wanted.
pub(super) fn form(hits: &Hits) -> Option<Form> {
    hits.spoils().find_map(|fault| if let Spoil::Beat(form) = fault { Some(*form) } else { None })
}

/// One frame of so many bytes, in pieces, and without an end.
pub(super) fn flood(bytes: u64) -> impl Iterator<Item = Bytes> {
    let pieces = usize::try_from(bytes).unwrap_or(usize::MAX).div_ceil(PIECE);
    let piece = Bytes::from(vec![b'x'; PIECE]);
    std::iter::once(Bytes::from_static(b"data: ")).chain(std::iter::repeat_n(piece, pieces))
}

/// So many tiny frames, many to a piece. Each is another event, and some speak.
pub(super) fn tiny(frames: u64) -> impl Iterator<Item = Bytes> {
    const EACH: u64 = 1000;
    (0..frames.div_ceil(EACH)).map(move |piece| {
        let mut all = String::new();
        for nth in piece * EACH..frames.min((piece + 1) * EACH) {
            let words = match nth % 8 {
                0 => format!(r#""content":{{"parts":[{{"text":"{nth:0200}"}}]}},"#),
                _ => String::new(),
            };
            let _ = write!(all, "data: {{{words}\"id\":\"{nth}\"}}\n\n");
        }
        all.into()
    })
}

fn said(beat: &Beat) -> Option<&Bytes> {
    if let Beat::Say(frame) = beat { Some(frame) } else { None }
}

fn twice(beat: Beat) -> Vec<Beat> {
    match beat {
        Beat::Say(frame) => vec![Beat::Say(frame.clone()), Beat::Say(frame)],
        other => vec![other],
    }
}

/// Every second frame and the one behind it change places; the first stays.
fn shuffle(beats: &mut [Beat]) {
    let says: Vec<usize> = (0..beats.len()).filter(|at| said(&beats[*at]).is_some()).collect();
    for pair in says.get(1..).unwrap_or_default().chunks_exact(2) {
        beats.swap(pair[0], pair[1]);
    }
}

/// Puts a beat into the middle of what is said.
fn amid(beats: &mut Vec<Beat>, beat: Beat) {
    beats.insert(beats.len() / 2, beat);
}

fn odd_frame(odd: Odd) -> &'static [u8] {
    match odd {
        Odd::Json => b"data: {\"type\":\"text\",\"content\":\"cut off\n\n",
        Odd::Utf8 => b"data: {\"type\":\"text\",\"content\":\"bad \xe0\xa6 bytes\"}\n\n",
        Odd::Type => b"data: {\"type\":\"telemetry\",\"content\":\"40 percent\"}\n\n",
        Odd::Done => b"data: [DONE]\n\n",
        Odd::Error => "data: {\"error\": \"ffmpeg \"died\": কোড ১ 🎬\nsecond line\tdata: x\"}\n\n".as_bytes(),
    }
}

fn respell(beats: &mut [Beat], lines: Lines) {
    let mut first = true;
    for beat in beats {
        let Beat::Say(frame) = beat else { continue };
        let text = String::from_utf8_lossy(frame);
        let spelled = match lines {
            Lines::Crlf => text.replace('\n', "\r\n"),
            Lines::Cr => text.replace('\n', "\r"),
            Lines::Bom if first => format!("\u{feff}{text}"),
            Lines::Bom => continue,
            // JSON may be broken where a name begins.
            Lines::Many => format!(
                "id: 7\nretry: 10\n{}",
                text.replace(",\"", ",\n: a comment\nodd\ndata: \"").replace("{\"", "{\ndata:\"")
            ),
        };
        *frame = spelled.into();
        first = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Call;
    use crate::faults::Plan;

    fn spoiled(faults: &str) -> String {
        let plan =
            Plan::new(faults.split(' ').map(|fault| format!("message:{fault}").parse().unwrap()).collect());
        let say = |text: &'static str| Beat::Say(text.into());
        let beats = vec![say("a\n"), say("b\n"), Beat::Edit, say("c\n"), say("d\n")];
        let text = |beat: Beat| match beat {
            Beat::Say(frame) => String::from_utf8_lossy(&frame).into_owned(),
            Beat::Flood(_) => "flood ".into(),
            Beat::Tiny(_) => "tiny ".into(),
            _ => "! ".into(),
        };
        spoil(beats, &plan.take(Call::Message)).into_iter().map(text).collect::<String>().replace('\n', " ")
    }

    #[test]
    fn beats_are_spoiled_as_wanted() {
        let cases = [
            ("silent", "a b ! c d "),
            ("twice", "a a b b ! c c d d "),
            ("replay", "a b ! c d a b c d "),
            ("shuffle", "a c ! b d "),
            ("lines=cr", "a\rb\r! c\rd\r"),
            ("lines=bom", "\u{feff}a b ! c d "),
            ("odd=done", "a b data: [DONE]  ! c d "),
            ("flood=9", "a b ! c d flood "),
            ("tiny=9 twice", "a a b b ! c c d d tiny "),
            ("beats=2 beat=comment", ": alive  : alive  a b ! c d "),
        ];
        for (faults, wanted) in cases {
            assert_eq!(spoiled(faults), wanted, "{faults}");
        }
    }

    #[test]
    fn floods_and_swarms_are_as_long_as_wanted() {
        assert_eq!(flood(1 << 20).map(|piece| piece.len()).sum::<usize>(), 6 + (1 << 20));
        let all: Vec<u8> = tiny(2500).flatten().collect();
        assert_eq!(String::from_utf8(all).unwrap().matches("\n\n").count(), 2500);
    }
}
