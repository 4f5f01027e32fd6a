//! The chunks of PNG.

use std::io::{Read, Seek};

use super::source::{Halt, Source, be32};
use super::walk::{Ending, Texture, Walk, short};
use super::{Facts, Format};

/// The last chunk's check sum: it is always the same, being empty.
const IEND_SUM: [u8; 4] = [0xAE, 0x42, 0x60, 0x82];

/// Walks a file that begins with PNG's eight bytes.
pub(super) fn walk<R: Read + Seek>(source: &mut Source<'_, R>) -> Result<Walk, Halt> {
    let len = source.len();
    let mut walk = Walk { texture: Texture::Raw, ..Walk::new(Format::Png, Ending::Open) };
    let (mut at, mut pixels) = (8, false);
    loop {
        let head = source.some(at, len, 16)?;
        let (Some(size), Some(kind)) = (be32(&head, 0), head.get(4..8)) else {
            walk.ending = short(at, 12);
            return Ok(walk);
        };
        if !kind.iter().all(u8::is_ascii_alphabetic) {
            walk.gap = Some(at);
            walk.ending = if pixels { Ending::Open } else { Ending::Damaged };
            return Ok(walk);
        }
        let end = at + 12 + u64::from(size);
        if end > len {
            walk.ending = Ending::Short(end);
            return Ok(walk);
        }
        match kind {
            b"IHDR" => walk.facts = be32(&head, 8).zip(be32(&head, 12)).map_or(Facts::default(), size_of),
            b"IDAT" => pixels = true,
            b"IEND" => {
                walk.end_at(end, len, pixels);
                if head.get(8..12) != Some(&IEND_SUM) && pixels {
                    walk.ending = Ending::Open;
                }
                return Ok(walk);
            }
            _ => {}
        }
        at = end;
    }
}

fn size_of((width, height): (u32, u32)) -> Facts {
    Facts::sized(width, height)
}
