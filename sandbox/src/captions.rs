//! What is written on a film: the lines of its captions, and the scenes that words fall into.

/// Lines burned into a film, rich in conjuncts, reph and vowels that stand before their consonant.
const LINES: &[&str] = &[
    "আমি বাংলায় গান গাই",
    "স্ত্রী ও পুরুষ, সবার জন্য বিজ্ঞান",
    "ক্ষমা মহৎ গুণ, জ্ঞানই শক্তি",
    "রাষ্ট্র ও স্বাস্থ্য কর্তৃপক্ষ",
    "উচ্ছ্বাসে ভরা লক্ষ্মী মেয়েটি",
    "প্রধানমন্ত্রী দীর্ঘ যাত্রা শেষে ফিরলেন",
];

/// More scenes than these are not made: what is left stands in the last.
const MOST_SCENES: usize = 6;

/// Words shown for a while.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Caption {
    pub(crate) start: u64,
    pub(crate) ms: u64,
    pub(crate) text: String,
}

impl Caption {
    /// Whether any of it is shown between these moments.
    pub(crate) fn touches(&self, start: u64, ms: u64) -> bool {
        self.start < start + ms && start < self.start + self.ms
    }
}

/// Captions from `start` on for so long, each a little over a second long; the first is the `nth` line.
pub(crate) fn captions(start: u64, length: u64, nth: usize) -> Vec<Caption> {
    let count = (length / 1300).clamp(1, 200);
    let each = (length / count).max(1);
    let lines = LINES.iter().cycle().skip(nth % LINES.len());
    (0..count)
        .zip(lines)
        .map(|(at, line)| Caption { start: start + at * each, ms: each, text: (*line).to_owned() })
        .collect()
}

/// The scenes of a film that is made of words alone: a sentence or a line each.
pub(crate) fn scenes(words: &str) -> Vec<String> {
    let mut scenes: Vec<String> = Vec::new();
    let mut scene = String::new();
    let mut letters = words.chars().peekable();
    while let Some(letter) = letters.next() {
        scene.push(letter);
        // A point inside a number or an address is none at the end of a sentence.
        let ends =
            matches!(letter, '.' | '!' | '?') && letters.peek().is_none_or(|next| next.is_whitespace());
        if ends || matches!(letter, '\n' | '।' | '。') {
            scenes.push(std::mem::take(&mut scene));
        }
    }
    scenes.push(scene);
    let mut scenes: Vec<String> =
        scenes.iter().map(|scene| short(scene, 120)).filter(|scene| !scene.is_empty()).collect();
    if let Some(rest) = scenes.get(MOST_SCENES - 1..).map(|rest| rest.join(" ")) {
        scenes.truncate(MOST_SCENES - 1);
        scenes.push(short(&rest, 120));
    }
    scenes
}

/// The text on one line, at most so many characters.
pub(crate) fn short(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(most).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_cover_the_film_and_nothing_more() {
        for length in [1, 500, 2000, 5280, 61_000, 10_000_000] {
            let captions = captions(700, length, 5);
            let end = captions.last().map(|last| last.start + last.ms).unwrap();
            assert!(end <= 700 + length.max(1) && end + 200 >= 700 + length, "{length}: {end}");
            assert_eq!((captions[0].start, captions[0].text.as_str()), (700, LINES[5]));
        }
    }

    #[test]
    fn each_sentence_is_a_scene() {
        let cases: [(&str, &[&str]); 5] = [
            ("a city at night", &["a city at night"]),
            ("Rain falls. 3.5 cars pass!\n\nDawn?", &["Rain falls.", "3.5 cars pass!", "Dawn?"]),
            ("শহর জাগে। নদী বয়।", &["শহর জাগে।", "নদী বয়।"]),
            ("1\n2\n3\n4\n5\n6\n7", &["1", "2", "3", "4", "5", "6 7"]),
            (" \n ", &[]),
        ];
        for (words, wanted) in cases {
            assert_eq!(scenes(words), wanted, "{words:?}");
        }
    }
}
