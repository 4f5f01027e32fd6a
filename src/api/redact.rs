//! Texts from outside made fit to be stored and shown: no secret, one line, not endless.

use secrecy::{ExposeSecret, SecretString};

const LONGEST: usize = 400;
/// How the service's secrets begin: tokens, and the tickets of claim links.
const SECRETS: [&str; 2] = ["nmv_", "clm_"];

/// The text without the tokens given, anything that looks like one, and the queries of addresses.
pub(super) fn redact(text: &str, tokens: &[SecretString]) -> String {
    // Addresses first: a mark inside a query would end it too early, and leave the rest of it.
    let bare = |address: &str| address.find(['?', '#']);
    let mut out = text.to_owned();
    for start in ["https://", "http://"] {
        out = cut_after(&out, start, bare, |c| !is_end_of_address(c), "?…");
    }
    for token in tokens.iter().map(ExposeSecret::expose_secret).filter(|t| !t.is_empty()) {
        out = out.replace(token, "[token]");
    }
    for start in SECRETS {
        out = cut_after(&out, start, |_| Some(0), is_word, "[token]");
    }
    out
}

/// A redacted text as one line of at most some hundred characters.
pub(super) fn tidy(text: &str, tokens: &[SecretString]) -> String {
    let odd = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let line = redact(text, tokens).replace(odd, " ");
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// In each run that begins with `start` and goes on while `inside`, what stands behind `from` gives way to `mark`.
fn cut_after(
    text: &str,
    start: &str,
    from: impl Fn(&str) -> Option<usize>,
    inside: impl Fn(char) -> bool,
    mark: &str,
) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(start) {
        let run = &rest[at..];
        let len = run.find(|c| !inside(c)).unwrap_or(run.len()).max(start.len());
        out.push_str(&rest[..at]);
        match from(&run[..len]) {
            Some(keep) => {
                out.push_str(&run[..keep]);
                out.push_str(mark);
            }
            None => out.push_str(&run[..len]),
        }
        rest = &run[len..];
    }
    out + rest
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

fn is_end_of_address(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '<' | '>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_queries_go() {
        let table = [
            ("plain words", "plain words"),
            ("bad token s3cret!", "bad token [token]!"),
            ("bad nmv_usr_AbC-1_2, sorry", "bad [token], sorry"),
            ("nmv_", "[token]"),
            ("see https://x.example/a.mp4?sig=1&b=2 now", "see https://x.example/a.mp4?… now"),
            ("(http://x.example/#frag)", "(http://x.example/?…"),
            ("https://x.example/?t=s3cret&a[]=nmv_1&sig='x'", "https://x.example/?…"),
            ("\"https://x.example/a\"?", "\"https://x.example/a\"?"),
            ("https://w/claim?ct=clm_1 and clm_2", "https://w/claim?… and [token]"),
            ("a\u{1b}[31m\nb\u{202e}c", "a [31m b c"),
        ];
        for (from, to) in table {
            assert_eq!(tidy(from, &["s3cret".into(), "".into()]), to);
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let cut = tidy(&"ক".repeat(5000), &[]);
        assert_eq!(cut.chars().count(), LONGEST + 1);
    }
}
