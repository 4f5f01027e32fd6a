//! Text from outside made fit to stand in ours: one line, no tricks, no more than sensible.

use std::fmt::Write as _;

/// Columns a line of a note or a report takes at most, links apart.
pub(super) const WIDTH: usize = 90;
/// Characters of a name that are shown; of a longer one the middle is left out.
const NAME_MAX: usize = 60;
/// A longer address is no link that anyone could use.
const LINK_MAX: usize = 2000;
/// A blank in a name, where a line must not be broken. No control character comes in from outside; what was made fit once
/// may come in again, and keeps its blanks.
const JOINT: char = '\u{1F}';

/// The text on one line: no control characters, nothing that turns the reading direction, nothing invisible but the
/// joiners that Bangla needs.
pub(super) fn one_line(raw: &str) -> String {
    let is_blank = |c: char| c.is_whitespace() || c == JOINT;
    raw.chars().map(|c| if is_blank(c) { ' ' } else { c }).filter(|c| !is_tricky(*c)).collect()
}

/// Text with its blanks folded, cut after `max` characters; nothing where there is none.
pub(super) fn folded(raw: &str, max: usize) -> Option<String> {
    let mut text = one_line(raw).split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > max {
        text = text.chars().take(max).collect::<String>() + "...";
    }
    (!text.is_empty()).then(|| isolated(text))
}

/// The same, ending like a sentence.
pub(super) fn sentence(raw: &str, max: usize) -> Option<String> {
    let text = folded(raw, max)?;
    Some(if text.ends_with(['.', '!', '?', ':', '।']) { text } else { text + "." })
}

/// A name: on one line, never broken in two, the middle of a long one left out, its end kept.
pub(super) fn name(raw: &str) -> String {
    let all: Vec<char> = one_line(raw).chars().map(|c| if c == ' ' { JOINT } else { c }).collect();
    if all.len() <= NAME_MAX {
        return isolated(all.into_iter().collect());
    }
    let (head, tail) = (NAME_MAX / 2, NAME_MAX / 2 - 3);
    let ends = [&all[..head], &['.'; 3], &all[all.len() - tail..]].concat();
    isolated(ends.into_iter().collect())
}

/// A name that is to be typed: nothing of it is left out.
pub(super) fn whole(raw: &str) -> String {
    isolated(one_line(raw).replace(' ', &JOINT.to_string()))
}

/// A sentence with its names, for where lines are broken by somebody else.
pub(super) fn unjoined(text: &str) -> String {
    text.replace(JOINT, " ")
}

/// An address as it is, or nothing where it could not be one.
pub(super) fn link(raw: &str) -> Option<String> {
    let fine = raw.len() <= LINK_MAX && !raw.chars().any(|c| c.is_whitespace() || is_tricky(c));
    (fine && !raw.is_empty()).then(|| raw.to_owned())
}

/// Somebody else's words as a block of at most `max` lines. Each line begins with a mark, so that none can pass for one
/// of ours.
pub(super) fn quote(raw: &str, max: usize) -> String {
    const MARK: &str = "  > ";
    let start: String = raw.chars().take(max * WIDTH).collect();
    let mut lines = Vec::new();
    for line in start.lines().map(one_line).filter(|l| !l.trim().is_empty()) {
        let folded = wrap(&line, "", "", WIDTH - MARK.len());
        lines.extend(folded.lines().map(|l| isolated(l.to_owned())));
    }
    let cut = lines.len() > max || start.len() < raw.len();
    lines.truncate(max);
    let mut out = String::new();
    for line in lines.iter().map(String::as_str).chain(cut.then_some("...")) {
        let _ = writeln!(out, "{MARK}{line}");
    }
    out
}

/// A paragraph of ours, `first` before its first line and `rest` before the others. A line in it that begins with a
/// blank stands as it is: something to type, or a link.
pub(super) fn paragraph(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::new();
    for (at, line) in text.lines().enumerate() {
        if line.starts_with(' ') {
            let _ = writeln!(out, "{rest}{}", line.replace(JOINT, " "));
        } else {
            out += &wrap(line, if at == 0 { first } else { rest }, rest, WIDTH);
        }
    }
    out
}

/// A size as file managers show it: the number, and the catalogue's message of its unit.
pub(super) fn size(bytes: u64) -> (String, &'static str) {
    let units = [("size-gb", 1_u64 << 30), ("size-mb", 1 << 20), ("size-kb", 1 << 10)];
    let Some((unit, one)) = units.into_iter().find(|(_, one)| bytes >= *one) else {
        return (bytes.to_string(), "size-bytes");
    };
    let tenths = (u128::from(bytes) * 10 + u128::from(one / 2)) / u128::from(one);
    let n =
        if tenths >= 100 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) };
    (n, unit)
}

/// A length of time as players show it: `1:03`, `1:02:03`.
pub(super) fn clock(ms: u64) -> String {
    let s = ms.saturating_add(500) / 1000;
    let (h, m, s) = (s / 3600, s / 60 % 60, s % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
}

/// A number of credits: whole where it is whole.
pub(super) fn amount(n: f64) -> String {
    let text = format!("{n:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Lines of at most `width` columns, each ended; a word that is wider by itself is broken.
fn wrap(text: &str, first: &str, rest: &str, width: usize) -> String {
    let (mut out, mut line, mut used) = (String::new(), first.to_owned(), first.chars().count());
    let mut bare = true;
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let wide = word.chars().count();
        if !bare && used + 1 + wide > width {
            out += &line;
            out.push('\n');
            (line, used, bare) = (rest.to_owned(), rest.chars().count(), true);
        }
        if !bare {
            line.push(' ');
            used += 1;
        }
        for c in word.chars() {
            if used >= width {
                out += &line;
                out.push('\n');
                (line, used) = (rest.to_owned(), rest.chars().count());
            }
            line.push(if c == JOINT { ' ' } else { c });
            used += 1;
        }
        bare = false;
    }
    out + &line + "\n"
}

/// Isolated, where it holds letters written from right to left. Elsewhere it needs no invisible characters around it,
/// and a name copied out of a note is the name.
fn isolated(text: String) -> String {
    if text.chars().any(is_right_to_left) { format!("\u{2068}{text}\u{2069}") } else { text }
}

const fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

fn is_tricky(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_on_one_line_and_keep_their_ends() {
        let long = format!("{}.mp4", "n".repeat(251));
        let table = [
            ("talk.mp4", "talk.mp4".to_owned()),
            ("a\nb\t\u{2028}c.mp4", format!("a{JOINT}b{JOINT}{JOINT}c.mp4")),
            ("x\u{202E}4pm.exe\u{2069}\x1b[31m", "x4pm.exe[31m".to_owned()),
            ("<img>", "<img>".to_owned()),
            ("আমার ক্লিপ\u{200D}.mp4", format!("আমার{JOINT}ক্লিপ\u{200D}.mp4")),
            ("שלום.mp4", "\u{2068}שלום.mp4\u{2069}".to_owned()),
            (&long, format!("{}...{}.mp4", "n".repeat(30), "n".repeat(23))),
        ];
        for (raw, shown) in table {
            assert_eq!(name(raw), shown, "{raw:?}");
            assert_eq!(name(&shown), shown, "made fit once more");
        }
    }

    #[test]
    fn words_of_others_are_marked_and_capped() {
        assert_eq!(quote("Done!\r\n\n   Reason: \u{202E}ok", 9), "  > Done!\n  > Reason: ok\n");
        let endless = quote(&"ab ".repeat(9999), 3);
        assert_eq!(endless.lines().count(), 4);
        assert!(endless.ends_with("  > ...\n") && endless.lines().all(|l| l.chars().count() <= WIDTH));
        assert!(quote(&"x".repeat(300), 9).lines().all(|l| l.chars().count() <= WIDTH));
        assert_eq!(quote(" \n ", 9), "");
    }

    #[test]
    fn paragraphs_break_between_words_and_never_in_a_name() {
        let file = name(&"a b ".repeat(12));
        let text =
            paragraph(&format!("{} {file} {}", "one two ".repeat(6), "three ".repeat(9)), "1. ", "   ");
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{text}");
        assert!(text.contains(&"a b ".repeat(12)), "{text}");
        let typed = format!("Type this:\n    {}", "x ".repeat(80));
        assert_eq!(paragraph(&typed, "- ", "  ").lines().count(), 2);
    }

    #[test]
    fn numbers_are_shown_as_people_write_them() {
        let sizes = [
            (0, ("0", "size-bytes")),
            (1023, ("1023", "size-bytes")),
            (1024, ("1.0", "size-kb")),
            (1_500_000, ("1.4", "size-mb")),
            (524_288_000, ("500", "size-mb")),
            (u64::MAX, ("17179869184", "size-gb")),
        ];
        for (bytes, (n, unit)) in sizes {
            assert_eq!(size(bytes), (n.to_owned(), unit));
        }
        let times = [(0, "0:00"), (62_600, "1:03"), (3_723_000, "1:02:03")];
        for (ms, shown) in times {
            assert_eq!(clock(ms), shown);
        }
        let amounts = [(100.0, "100"), (49.5, "49.5"), (0.0, "0"), (33.333, "33.33"), (1200.0, "1200")];
        for (n, shown) in amounts {
            assert_eq!(amount(n), shown);
        }
    }

    #[test]
    fn a_link_is_whole_or_not_there() {
        assert_eq!(link("https://a.example/x?b=1").as_deref(), Some("https://a.example/x?b=1"));
        for bad in ["", "https://a b", "https://a\nReason: x", "https://\u{202E}a", &"x".repeat(3000)] {
            assert_eq!(link(bad), None, "{bad:?}");
        }
    }
}
