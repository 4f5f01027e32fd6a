//! Bytes to text, and text to canonical words.

use std::char::{REPLACEMENT_CHARACTER, decode_utf16};

use unicode_normalization::UnicodeNormalization as _;

use super::Problem;

/// The longest text taken, in bytes as they lie on the disk.
pub const MAX_BYTES: usize = 64 * 1024;

/// The line that separates two steps.
pub const SEPARATOR: &str = "---";

/// The words as they are sent and compared: NFC, `\n`, no blank space around a step, no empty steps.
///
/// Two texts that would send the same messages in the same order are the same canonical words; these are
/// what a message is paid for once.
pub fn canonical(words: &str) -> String {
    steps(words).join("\n---\n")
}

/// The steps of a text, in order: what stands between lines that are exactly `---`, each canonical.
pub fn steps(words: &str) -> Vec<String> {
    let text: String = newlines(words).nfc().collect();
    let mut steps = vec![String::new()];
    for line in text.split('\n') {
        if trim(line) == SEPARATOR {
            steps.push(String::new());
        } else if let Some(step) = steps.last_mut() {
            step.push_str(line);
            step.push('\n');
        }
    }
    steps.iter().map(|s| trim(s)).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

/// What a text says, however an editor writes it: the same for two that differ in encoding, line ends and blank space alone.
/// Nothing where it can't be read.
pub fn gist(bytes: &[u8]) -> Option<String> {
    let text: String = decode(bytes).ok()?.nfc().collect();
    let lines: Vec<&str> = text.lines().map(trim).filter(|line| !line.is_empty()).collect();
    Some(lines.join("\n"))
}

/// The text of a file, with `\n` at the end of each line.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::TooLong);
    }
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))?,
    };
    let text = text.trim_end_matches('\0');
    if text.contains('\0') {
        return Err(Problem::Encoding { found: "zero bytes in it, as in UTF-16 without a byte order mark" });
    }
    // Someone's editor has already lost letters here: nobody pays for words that were never meant.
    if text.contains(REPLACEMENT_CHARACTER) {
        return Err(Problem::Encoding { found: "letters in it that an editor could not read either" });
    }
    if text.starts_with("{\\rtf") {
        return Err(Problem::Encoding { found: "it is rich text (RTF) inside" });
    }
    Ok(newlines(text))
}

fn utf8(bytes: &[u8]) -> Result<String, Problem> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(Problem::Encoding { found: "it is neither UTF-8 nor UTF-16 with a byte order mark" }),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Problem> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> = decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    // A single zero at the end is padding; any other odd byte is half a letter.
    match text {
        Ok(text) if rest.iter().all(|byte| *byte == 0) => Ok(text),
        _ => Err(Problem::Encoding { found: "UTF-16 that is cut or damaged" }),
    }
}

/// Every line end that Unicode knows becomes `\n`: CR LF, CR, VT (a soft break in Word), FF, NEL, LS, PS.
fn newlines(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\u{B}', '\u{C}', '\u{85}', '\u{2028}', '\u{2029}'], "\n")
}

/// Without the blanks around it: white space, control characters, and marks that nobody sees.
///
/// The joiners of Bangla (U+200C, U+200D) are letters' parts, and stay.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || c.is_control() || is_bidi(c) || matches!(c, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
    })
}

/// Characters that turn the reading direction of what follows them.
pub(super) const fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn be(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    #[test]
    fn every_encoding_reads_the_same() {
        let want = "বাংলা 🎬\nনিচে\n";
        let crlf = want.replace('\n', "\r\n");
        let table: [(&str, Vec<u8>); 9] = [
            ("UTF-8", want.into()),
            ("UTF-8, BOM, CRLF", [b"\xEF\xBB\xBF", crlf.as_bytes()].concat()),
            ("old Mac", want.replace('\n', "\r").into()),
            ("U+2028", want.replace('\n', "\u{2028}").into()),
            ("trailing NULs", [want.as_bytes(), &[0; 70]].concat()),
            ("UTF-16 LE", [&b"\xFF\xFE"[..], &le(&crlf)].concat()),
            ("UTF-16 BE", [&b"\xFE\xFF"[..], &be(&crlf)].concat()),
            ("UTF-16 LE, NULs", [&b"\xFF\xFE"[..], &le(want), &[0; 6]].concat()),
            ("UTF-16 BE, an odd NUL", [&b"\xFE\xFF"[..], &be(want), &[0; 5]].concat()),
        ];
        for (name, bytes) in table {
            assert_eq!(decode(&bytes).as_deref(), Ok(want), "{name}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let table: [(&str, Vec<u8>); 10] = [
            ("Latin-1", b"caf\xE9".into()),
            ("cut UTF-8", "বাংলা".as_bytes()[..4].into()),
            ("UTF-16 LE without BOM", le("add music")),
            ("UTF-16 BE without BOM", be("add music")),
            ("Bangla in UTF-16 LE without BOM", le("বাংলা")),
            ("UTF-16 cut in a letter", b"\xFF\xFEa\0b".into()),
            ("UTF-16 with half a pair", [&b"\xFF\xFE"[..], &0xD83C_u16.to_le_bytes(), &le("x")].concat()),
            ("UTF-32 LE", b"\xFF\xFE\0\0a\0\0\0".into()),
            ("letters lost before", "caf\u{FFFD}".into()),
            ("rich text", b"{\\rtf1 add music}".into()),
        ];
        for (name, bytes) in table {
            assert!(matches!(decode(&bytes), Err(Problem::Encoding { .. })), "{name}: {:?}", decode(&bytes));
        }
    }

    #[test]
    fn the_limit_is_in_bytes() {
        assert!(decode(&vec![b'a'; MAX_BYTES]).is_ok());
        assert_eq!(decode(&vec![b'a'; MAX_BYTES + 1]), Err(Problem::TooLong));
        assert_eq!(decode(&vec![0xFF; MAX_BYTES + 1]), Err(Problem::TooLong));
    }

    #[test]
    fn steps_stand_between_separators() {
        let table: [(&str, &[&str]); 10] = [
            ("one", &["one"]),
            ("one\n---\ntwo", &["one", "two"]),
            ("one\r\n --- \r\ntwo\r\n", &["one", "two"]),
            ("\u{FEFF}\n---\n\n---\none\n---\n", &["one"]),
            ("one --- two", &["one --- two"]),
            ("one\n----\ntwo", &["one\n----\ntwo"]),
            ("one\n\n  two", &["one\n\n  two"]),
            ("---", &[]),
            (" \t\u{200B}\u{A0}\u{3000}", &[]),
            ("", &[]),
        ];
        for (words, want) in table {
            assert_eq!(steps(words), want, "{words:?}");
        }
    }

    #[test]
    fn the_same_words_are_the_same() {
        let pairs = [
            ("add music", " add music\r\n\0"),
            ("cafe\u{301}", "caf\u{E9}"),
            ("\u{9DF}", "\u{9AF}\u{9BC}"),
            ("a\n---\nb", "---\n a\n\n---\n\u{FEFF}\n---\nb\n"),
        ];
        for (a, b) in pairs {
            assert_eq!(canonical(a), canonical(b), "{a:?}");
        }
        for (a, b) in [("add music", "Add music"), ("a\n---\nb", "a b"), ("a  b", "a b"), ("ক\u{200D}", "ক")]
        {
            assert_ne!(canonical(a), canonical(b), "{a:?}");
        }
    }

    proptest! {
        #[test]
        fn canonical_words_stay_as_they_are(words in "[ab\\-\\n\\r \u{301}\u{FEFF}\u{9AF}\u{9BC}\u{2028}]{0,24}|\\PC*") {
            let once = canonical(&words);
            prop_assert_eq!(canonical(&once), once.clone());
            prop_assert_eq!(steps(&once), steps(&words));
        }

        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(text) = decode(&bytes) {
                let left = text.contains(['\0', '\r', '\u{2028}']);
                prop_assert!(!left);
            }
        }
    }
}
