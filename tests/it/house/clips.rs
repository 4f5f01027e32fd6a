//! Clips to drop: the samples of every format, made different from each other where that matters.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

/// A sample of `tests/media`.
pub(crate) fn media(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media").join(name)).unwrap()
}

/// A short film that nobody else drops: a sample with a `free` box behind it that holds `seed`.
pub(crate) fn clip(seed: &str) -> Vec<u8> {
    let mut bytes = media("moov-first.mp4");
    bytes.extend_from_slice(&u32::try_from(8 + seed.len()).unwrap().to_be_bytes());
    bytes.extend_from_slice(b"free");
    bytes.extend_from_slice(seed.as_bytes());
    bytes
}

/// A hash as the sandbox spells it.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
