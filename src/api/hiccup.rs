//! "I encountered a temporary issue": what the backend says by habit behind a good answer, and nobody needs to read.

/// What a hiccup is said with: one of these, and one of the nouns behind it.
const VERBS: [&str; 4] =
    ["encountered a temporary", "ran into a temporary", "experienced a temporary", "hit a temporary"];
const NOUNS: [&str; 7] = ["issue", "problem", "error", "glitch", "difficulty", "failure", "hiccup"];
/// What may stand before it in its sentence; other words make it a sentence that says more.
const LEAD: [&str; 27] = [
    "i",
    "i've",
    "i’ve",
    "we",
    "we've",
    "we’ve",
    "i'm",
    "i’m",
    "have",
    "has",
    "sorry",
    "apologies",
    "but",
    "however",
    "it",
    "seems",
    "looks",
    "like",
    "that",
    "unfortunately",
    "oops",
    "the",
    "system",
    "service",
    "and",
    "just",
    "error",
];
/// How the sentences behind it begin.
const TAIL: [&str; 7] =
    ["please", "try again", "sorry", "i apologize", "i apologise", "we apologize", "apologies"];

/// Leaves out the hiccups behind a normal answer; one that is all there is stays.
pub(super) fn without(texts: &[&str]) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut left_out = false;
    for text in texts {
        left_out = !kept.is_empty() && (is_hiccup(text) || (left_out && is_tail(text.trim())));
        if !left_out {
            kept.push(text);
        }
    }
    let mut all = kept.join("\n");
    while let Some(at) = closing(&all).filter(|at| !all[..*at].trim().is_empty()) {
        all.truncate(all[..at].trim_end().len());
    }
    all
}

/// Whether a text is nothing else.
fn is_hiccup(text: &str) -> bool {
    closing(text).is_some_and(|at| text[..at].trim().is_empty())
}

/// Whether a sentence is of those that follow a hiccup.
fn is_tail(sentence: &str) -> bool {
    TAIL.iter().any(|tail| sentence.get(..tail.len()).is_some_and(|start| start.eq_ignore_ascii_case(tail)))
}

/// Where the hiccup begins that a text ends on.
fn closing(text: &str) -> Option<usize> {
    let mut end = text.trim_end().len();
    while end > 0 {
        let start = start_of_last_sentence(&text[..end]);
        let sentence = text[start..end].trim().to_ascii_lowercase();
        if says(&sentence) {
            return Some(start);
        }
        if !sentence.is_empty() && !is_tail(&sentence) {
            return None;
        }
        end = text[..start].trim_end().len();
    }
    None
}

/// Where the last sentence begins. Only its end may hold the marks that end one.
fn start_of_last_sentence(text: &str) -> usize {
    let marks = ['.', '!', '?', '।', '…', '\n'];
    let body = text.trim_end_matches(|c: char| marks.contains(&c) || c.is_whitespace());
    body.rfind(marks).map_or(0, |at| at + body[at..].chars().next().map_or(0, char::len_utf8))
}

fn says(sentence: &str) -> bool {
    VERBS.iter().any(|verb| {
        let Some((lead, rest)) = sentence.split_once(verb) else { return false };
        let mut words =
            lead.split(|c: char| c.is_whitespace() || ",:;—–-".contains(c)).filter(|w| !w.is_empty());
        // "a temporary issue", "a temporary technical issue".
        let noun = rest.split_whitespace().take(2);
        words.all(|word| LEAD.contains(&word))
            && noun.into_iter().any(|n| NOUNS.iter().any(|noun| n.starts_with(noun)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hiccups_behind_an_answer_are_left_out_and_nothing_else_is() {
        let table: &[(&[&str], &str)] = &[
            (&[], ""),
            (&["Done.", "I encountered a temporary issue."], "Done."),
            (&["Done.", "I encountered a temporary issue. Please try again later."], "Done."),
            (&["Done.", "I encountered a temporary issue.", "Please try again later."], "Done."),
            (&["Done.", "Sorry, I've encountered a temporary technical problem!"], "Done."),
            (&["Done.", "Sorry, but we have ENCOUNTERED A TEMPORARY ISSUE while rendering…"], "Done."),
            (&["Done. I encountered a temporary issue."], "Done."),
            (&["শেষ। I encountered a temporary issue. Please try again in a moment."], "শেষ।"),
            (&["Done\nI encountered a temporary issue"], "Done"),
            (&["Done.", "I encountered a temporary issue.", "I encountered a temporary issue."], "Done."),
            (&["Done.", "I encountered a temporary issue.", "All is well now."], "Done.\nAll is well now."),
            // As the only answer it stays, however often it comes.
            (&["I encountered a temporary issue."], "I encountered a temporary issue."),
            (
                &["I encountered a temporary issue. Please try again later."],
                "I encountered a temporary issue. Please try again later.",
            ),
            (
                &["I encountered a temporary issue.", "I encountered a temporary issue."],
                "I encountered a temporary issue.",
            ),
            // Sentences that say more.
            (
                &["Captions are in, although I encountered a temporary issue with the music."],
                "Captions are in, although I encountered a temporary issue with the music.",
            ),
            (
                &["Done. I encountered a temporary issue. Then I tried again, and the title is in."],
                "Done. I encountered a temporary issue. Then I tried again, and the title is in.",
            ),
            (&["Please try again.", "Please say which clip."], "Please try again.\nPlease say which clip."),
            (
                &["I encountered a temporary tattoo parlour in the clip."],
                "I encountered a temporary tattoo parlour in the clip.",
            ),
        ];
        for (texts, left) in table {
            assert_eq!(without(texts), *left, "{texts:?}");
        }
    }
}
