//! Somebody else's words, sentence by sentence and clause by clause. What stands in quotes is never parted.

/// Quotes as they open and close.
const QUOTES: [(char, char); 7] =
    [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('「', '」'), ('『', '』'), ('《', '》')];
/// What ends a sentence wherever it stands.
const ENDS: &str = "!?।。！？؟";
/// What may stand behind the end of a sentence and belongs to it.
const CLOSERS: &str = "\"”»」』》)）]】*_";

/// The characters that stand outside quotes, each with its place. A quote that is not closed in its line is none.
pub(super) fn outside(text: &str) -> Vec<(usize, char)> {
    let (mut out, mut start) = (Vec::with_capacity(text.len()), 0);
    for line in text.split_inclusive('\n') {
        let mut hidden_to = 0;
        let mut unclosed = [false; QUOTES.len()];
        for (at, c) in line.char_indices().filter(|(at, _)| line.is_char_boundary(*at)) {
            if at < hidden_to {
                continue;
            }
            if let Some(n) = QUOTES.iter().position(|(open, _)| *open == c).filter(|n| !unclosed[*n]) {
                let inside = &line[at + c.len_utf8()..];
                if let Some(length) = inside.find(QUOTES[n].1) {
                    hidden_to = at + c.len_utf8() + length + QUOTES[n].1.len_utf8();
                    continue;
                }
                unclosed[n] = true;
            }
            out.push((start + at, c));
        }
        start += line.len();
    }
    out
}

/// The text without what is quoted in it.
pub(super) fn bare(text: &str) -> String {
    outside(text).into_iter().map(|(_, c)| c).collect()
}

/// The sentences; together they are the text. Blanks and closing marks behind one belong to it.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let shown = outside(text);
    let ends = shown.iter().enumerate().filter(|(n, (at, c))| {
        let next = shown.get(n + 1).map(|(_, c)| *c);
        let adjoins = shown.get(n + 1).is_none_or(|(next, _)| *next == at + c.len_utf8());
        let adjoining = next.filter(|_| adjoins);
        *c == '\n'
            || (ENDS.contains(*c) && !(*c == '?' && is_in_an_address(text, *at, adjoining)))
            || (*c == '.' && ends_here(text, *at, adjoining))
    });
    parts(text, ends.map(|(_, (at, c))| at + c.len_utf8()))
}

/// Whether a full stop ends a sentence, and is not part of a number, a name or a list's number.
fn ends_here(text: &str, at: usize, next: Option<char>) -> bool {
    let line = text[..at].rsplit('\n').next().unwrap_or_default().trim_start();
    let listed = !line.is_empty() && line.chars().count() < 4 && line.chars().all(char::is_numeric);
    let short = ["e.g", "i.e", "etc", "vs"].iter().any(|word| line.ends_with(word));
    !listed && !short && next.is_none_or(|c| c.is_whitespace() || CLOSERS.contains(c) || c == '.')
}

/// Whether a question mark is a part of an address, which goes on behind it: with a query, or with what stands for one that is
/// not shown.
fn is_in_an_address(text: &str, at: usize, next: Option<char>) -> bool {
    let before = text[..at].rsplit(char::is_whitespace).next().unwrap_or_default();
    next.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '%' | '…'))
        && (before.contains("://") || before.contains('/') || before.starts_with("www."))
}

/// The clauses of a sentence; together they are the sentence.
pub(super) fn clauses(sentence: &str) -> Vec<&str> {
    let shown = outside(sentence);
    let is_blank = |n: usize| shown.get(n).is_none_or(|(_, c)| c.is_whitespace());
    let ends = shown.iter().enumerate().filter(|(n, (_, c))| match c {
        '，' | '；' | '—' => true,
        ',' | ';' => is_blank(n + 1),
        '-' | '–' => {
            *n > 0 && is_blank(n + 1) && is_blank(n - 1) && !sentence[..shown[*n].0].trim().is_empty()
        }
        _ => false,
    });
    parts(sentence, ends.map(|(_, (at, c))| at + c.len_utf8()))
}

/// A text cut behind these places, and behind the blanks and closing marks that follow them.
fn parts(text: &str, ends: impl Iterator<Item = usize>) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    for end in ends {
        if end <= start {
            continue;
        }
        let rest =
            text[end..].trim_start_matches(|c: char| CLOSERS.contains(c) || ENDS.contains(c) || c == '.');
        let mut cut = text.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
        if !text[..cut].ends_with('\n') && text[cut..].starts_with('\n') {
            cut += 1;
        }
        // A quote that opens here is the next one's.
        if text[end..cut].contains(['"', '*', '_'])
            && !text[..end].ends_with(|c: char| ENDS.contains(c) || c == '.')
        {
            cut = end;
        }
        parts.push(&text[start..cut]);
        start = cut;
    }
    if start < text.len() {
        parts.push(&text[start..]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_people_see_them_end() {
        let table: [(&str, &[&str]); 11] = [
            ("See https://x.y/?a=b. Two", &["See https://x.y/?a=b. ", "Two"]),
            ("This/that?no Two", &["This/that?no Two"]),
            ("", &[]),
            ("One. Two!  Three", &["One. ", "Two!  ", "Three"]),
            ("Cut to 3.5 s in talk.mp4. Done", &["Cut to 3.5 s in talk.mp4. ", "Done"]),
            ("1. One\n2. Two", &["1. One\n", "2. Two"]),
            ("The text \"Wait! Go.\" is in. Yes", &["The text \"Wait! Go.\" is in. ", "Yes"]),
            ("好。完成！再见", &["好。", "完成！", "再见"]),
            ("হয়েছে। শেষ।", &["হয়েছে। ", "শেষ।"]),
            ("An open \" quote. Two", &["An open \" quote. ", "Two"]),
            ("Really?! Yes...\n\nNo", &["Really?! ", "Yes...\n", "\n", "No"]),
        ];
        for (text, want) in table {
            assert_eq!(sentences(text), want, "{text}");
        }
    }

    #[test]
    fn clauses_end_at_commas_and_dashes() {
        assert_eq!(clauses("A, b \"c, d\" - e 1,000"), ["A, ", "b \"c, d\" - ", "e 1,000"]);
        assert_eq!(clauses("完成，点击“导出，再来”。"), ["完成，", "点击“导出，再来”。"]);
        assert_eq!(clauses("- a bullet"), ["- a bullet"]);
        assert_eq!(bare("a \"b\" c “d"), "a  c “d");
    }

    #[test]
    fn together_they_are_the_text() {
        for text in ["\n\n!!a", "“a”.\"b\" *c*", ". . .", "\"\"\"\"", "a,\n b;c - \n", "「，」，，—"]
        {
            assert_eq!(sentences(text).concat(), text);
            assert_eq!(clauses(text).concat(), text);
        }
    }
}
