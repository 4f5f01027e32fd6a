//! Length and picture size as AVI and WebP write them.

use super::Facts;
use super::source::le32;

/// From the first bytes of an AVI's `hdrl` list: its `avih`.
pub(super) fn avi(list: &[u8]) -> Facts {
    let Some(header) = list.get(12..).filter(|_| list.get(4..8) == Some(b"avih")) else {
        return Facts::default();
    };
    let length = le32(header, 0)
        .zip(le32(header, 16))
        .map(|(each, frames)| u64::from(each) * u64::from(frames) / 1000);
    Facts { duration_ms: length.filter(|ms| *ms > 0), width: le32(header, 32), height: le32(header, 36) }
}

/// From the first bytes of a WebP chunk; none where it doesn't say (a single frame of a moving one).
pub(super) fn webp(id: [u8; 4], body: &[u8]) -> Option<Facts> {
    let word = |at: usize| Some(u32::from(u16::from_le_bytes(*body.get(at..)?.first_chunk()?)));
    let (width, height) = match &id {
        b"VP8X" => (word(4)? | u32::from(*body.get(6)?) << 16, word(7)? | u32::from(*body.get(9)?) << 16),
        b"VP8L" => (le32(body, 1)? & 0x3FFF, le32(body, 1)? >> 14 & 0x3FFF),
        b"VP8 " => return Some(Facts::sized(word(6)? & 0x3FFF, word(8)? & 0x3FFF)),
        _ => return None,
    };
    Some(Facts::sized(width + 1, height + 1))
}
