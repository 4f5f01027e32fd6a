//! Which container a file begins with, or what it is instead.

use std::io::{Read, Seek};

use super::source::{Halt, Purse, Source};
use super::walk::{Ending, Found, Walk};
use super::{Format, Kind, Stranger, boxes, ebml, frames, gif, jpeg, png, riff};

/// How much of a file's beginning is looked at.
const HEAD: usize = 4096;
/// Tags before the sound: one is usual, two happen.
const MOST_TAGS: u32 = 4;
/// No file of any format is shorter than the longest signature.
const SIGNATURE: usize = 12;

/// Goes through a file by what it begins with. `named` helps only where bytes alone say too little.
pub(super) fn walk<R: Read + Seek>(reader: &mut R, len: u64, named: Format) -> Result<Found, Halt> {
    let mut source = Source::new(reader, len, Purse::HEADERS);
    let head = source.some(0, len, HEAD)?;
    if let Some(format) = signature(&head) {
        let known = match format {
            Format::Mp4 => boxes::walk(&mut source),
            Format::Mkv => ebml::walk(&mut source),
            Format::Avi => riff::walk(&mut source, &head),
            Format::Png => png::walk(&mut source).map(Ok),
            Format::Gif => gif::walk(Source::new(reader, len, Purse::PICTURE)).map(Ok),
            _ => jpeg::walk(Source::new(reader, len, Purse::PICTURE)).map(Ok),
        };
        return match known {
            // More parts than are worth looking at: then only time tells whether it is whole.
            Err(Halt::Spent) => Ok(Ok(Walk::new(like(format, named), Ending::Open))),
            known => known,
        };
    }
    if head.len() < SIGNATURE && begins_one(&head) {
        return Ok(Ok(Walk::new(named, Ending::Short(SIGNATURE as u64))));
    }
    sound(&mut source, &head, named)
}

/// Sound in bare frames, with or without tags; else it is a stranger.
fn sound<R: Read + Seek>(source: &mut Source<'_, R>, head: &[u8], named: Format) -> Result<Found, Halt> {
    let mut at = 0;
    for _ in 0..MOST_TAGS {
        let Some(end) = frames::tag_end(source, at)? else { break };
        at = end;
    }
    if let Some(walk) = frames::walk(source, at)? {
        return Ok(Ok(walk));
    }
    let why = stranger(&if at > 0 { source.some(at, u64::MAX, HEAD)? } else { head.to_vec() });
    let search = why == Stranger::Unknown && (at > 0 || named.kind() == Kind::Sound);
    let found = if search { frames::search(source, at)? } else { None };
    Ok(found.ok_or(why))
}

/// The family (one format stands for it) that a head belongs to; those without a signature apart.
fn signature(head: &[u8]) -> Option<Format> {
    match head {
        [0xFF, 0xD8, 0xFF, ..] => Some(Format::Jpg),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Some(Format::Mkv),
        _ if head.starts_with(b"\x89PNG\r\n\x1a\n") => Some(Format::Png),
        _ if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") => Some(Format::Gif),
        _ if [&b"RIFF"[..], b"RF64", b"BW64"].iter().any(|id| head.starts_with(id)) && head.len() >= 12 => {
            Some(Format::Avi)
        }
        _ => head.get(4..8).filter(|kind| is_first_box(kind, head)).map(|_| Format::Mp4),
    }
}

/// What an MP4 or QuickTime file may begin with.
const FIRST_BOXES: [&[u8; 4]; 8] = [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp"];

fn is_first_box(kind: &[u8], head: &[u8]) -> bool {
    // Most of these are words: a text may have one of them at this place.
    FIRST_BOXES.iter().any(|first| *first == kind) && (kind == b"ftyp" || !is_text(head))
}

/// Whether so short a file may become one that has a signature.
fn begins_one(head: &[u8]) -> bool {
    let starts: [&[u8]; 8] = [
        b"\xFF\xD8\xFF",
        b"\x1A\x45\xDF\xA3",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"GIF87a",
        b"RIFF",
        b"RF64",
        b"ID3",
    ];
    let size_of_a_box = head.iter().take(2).all(|b| *b == 0) && head.len() > 2;
    let kind = head.get(4..).unwrap_or_default();
    size_of_a_box && FIRST_BOXES.iter().any(|first| first.starts_with(kind))
        || starts.iter().any(|s| s.starts_with(head) || head.starts_with(s))
        || matches!(head, [0xFF, sync, ..] if sync & 0xE0 == 0xE0)
}

/// The format to name where a family is known and no more.
fn like(family: Format, named: Format) -> Format {
    let boxes = [Format::Mp4, Format::Mov, Format::M4a];
    let riff = [Format::Avi, Format::Wav, Format::Webp];
    let ebml = [Format::Mkv, Format::Webm];
    let same = |group: &[Format]| group.contains(&family) && group.contains(&named);
    if same(&boxes) || same(&riff) || same(&ebml) { named } else { family }
}

/// What a file is that is none of ours.
pub(super) fn stranger(head: &[u8]) -> Stranger {
    let signatures: [(&[u8], Stranger); 14] = [
        (b"\x7FELF", Stranger::Program),
        (b"MZ", Stranger::Program),
        (b"#!", Stranger::Program),
        (b"PK\x03\x04", Stranger::Zip),
        (b"%PDF-", Stranger::Pdf),
        (b"fLaC", Stranger::Flac),
        (b"OggS", Stranger::Ogg),
        (b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", Stranger::WindowsMedia),
        (b"FLV\x01", Stranger::FlashVideo),
        (b"\x00\x00\x01\xBA", Stranger::MpegStream),
        (b"\x00\x00\x01\xB3", Stranger::MpegStream),
        (b"BM", Stranger::Bitmap),
        (b"II*\0", Stranger::Tiff),
        (b"MM\0*", Stranger::Tiff),
    ];
    let signed = signatures.iter().find(|(start, _)| head.starts_with(start)).map(|(_, stranger)| *stranger);
    let packets = head.first() == Some(&0x47) && head.get(188) == Some(&0x47) && head.get(376) == Some(&0x47);
    match signed {
        // Two letters are little: a text may begin with them as well.
        Some(Stranger::Program | Stranger::Bitmap) if is_text(head) && !head.starts_with(b"#!") => {
            Stranger::Text
        }
        Some(stranger) => stranger,
        None if packets => Stranger::MpegStream,
        None if !is_text(head) => Stranger::Unknown,
        None if is_page(head) => Stranger::WebPage,
        None => Stranger::Text,
    }
}

fn is_text(head: &[u8]) -> bool {
    let readable =
        |text: &str| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0C'));
    let utf16 = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    match std::str::from_utf8(head) {
        Ok(text) => readable(text),
        // The head may end within a letter.
        Err(e) if e.error_len().is_none() => {
            std::str::from_utf8(&head[..e.valid_up_to()]).is_ok_and(readable)
        }
        Err(_) => utf16,
    }
}

fn is_page(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let starts = |tag: &str| text.get(..tag.len()).is_some_and(|t| t.eq_ignore_ascii_case(tag.as_bytes()));
    ["<!doctype", "<html", "<head", "<body", "<?xml"].into_iter().any(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_named() {
        let mut packets = vec![1; 400];
        for at in [0, 188, 376] {
            packets[at] = 0x47;
        }
        let cases: [(&[u8], Stranger); 16] = [
            (b"<!DOCTYPE html><title>404", Stranger::WebPage),
            (b"\xEF\xBB\xBF \n<HTML>", Stranger::WebPage),
            (b"{\"error\": \"not found\"}", Stranger::Text),
            ("গান".as_bytes(), Stranger::Text),
            (&"গান".as_bytes()[..8], Stranger::Text),
            (b"\xFF\xFEh\0i\0", Stranger::Text),
            (b"BMW is a car", Stranger::Text),
            (b"BM\x9a\x01\0\0\0\0", Stranger::Bitmap),
            (b"\x7FELF\x02\x01\x01\0", Stranger::Program),
            (b"#!/bin/sh\n", Stranger::Program),
            (b"MZ\x90\0\x03\0", Stranger::Program),
            (b"PK\x03\x04\x14\0", Stranger::Zip),
            (b"%PDF-1.7\n", Stranger::Pdf),
            (b"OggS\0\x02", Stranger::Ogg),
            (&packets, Stranger::MpegStream),
            (b"\x01\x02\x03\x04", Stranger::Unknown),
        ];
        for (head, expected) in cases {
            assert_eq!(stranger(head), expected, "{head:?}");
        }
    }
}
