//! What a page has room for: it stays below 60 kB, however much there is to say, and tells what it leaves out. Pure.

use crate::words::{others_words, whole_name};

/// Bytes of all that a page lists; around it there is some more.
pub(super) const ROOM: usize = 52_000;
/// Sizes count in steps of this: what changes by a digit of a clock does not change what fits.
const STEP: usize = 128;
/// Characters of a name that is told in full.
const NAME: usize = 300;

/// What each may have of the room: all that it wants, where the others leave so much.
pub(super) fn shares(wanted: &[usize], room: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|at| wanted[*at]);
    let (mut shares, mut left) = (vec![0; wanted.len()], room);
    for (done, at) in order.into_iter().enumerate() {
        shares[at] = wanted[at].min(left / (wanted.len() - done));
        left -= shares[at];
    }
    shares
}

/// The room that text takes once it is written into a page.
pub(super) fn room_of(text: &str) -> usize {
    text.len() + 4 * text.bytes().filter(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')).count()
}

/// A size in whole steps.
pub(super) const fn stepped(size: usize) -> usize {
    size.next_multiple_of(STEP)
}

/// How many of these fit, from the first one on.
pub(super) fn fitting(sizes: impl IntoIterator<Item = usize>, room: usize) -> usize {
    let taken = sizes.into_iter().scan(0, |taken, size| {
        *taken += stepped(size);
        Some(*taken)
    });
    taken.take_while(|taken| *taken <= room).count()
}

/// Somebody else's words as far as they fit, and whether that is not all of them.
pub(super) fn beginning(words: &str, room: usize) -> (String, bool) {
    let mut whole = others_words(words, usize::MAX);
    let mut taken = 0;
    let end = whole.char_indices().find(|(at, c)| {
        taken += room_of(&whole[*at..*at + c.len_utf8()]);
        taken > room
    });
    let Some((end, _)) = end else { return (whole, false) };
    whole.truncate(end);
    (whole + "\u{2026}", true)
}

/// A name in full, as far as anybody reads it.
pub(super) fn in_full(name: &str) -> String {
    let whole = whole_name(name);
    match whole.char_indices().nth(NAME) {
        Some((at, _)) => format!("{}\u{2026}", &whole[..at]),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wants_little_leaves_it_to_the_others() {
        assert_eq!(shares(&[10, 20, 30], 100), [10, 20, 30]);
        assert_eq!(shares(&[100, 5, 100], 65), [30, 5, 30]);
        assert_eq!(shares(&[100, 0, 7], 0), [0, 0, 0]);
        assert_eq!(shares(&[], 9), [0; 0]);
        assert_eq!(shares(&[3, 3], 5).iter().sum::<usize>(), 5);
    }

    #[test]
    fn what_fits_does_not_change_with_every_byte() {
        for last in [1, 100, 128] {
            assert_eq!(fitting([100, 10, last], 384), 3, "{last}");
        }
        assert_eq!(fitting([100, 10, 129], 384), 2);
        assert_eq!(fitting([500, 10], 384), 0, "the first ones, without a gap");
    }

    #[test]
    fn words_are_cut_by_the_room_they_take() {
        assert_eq!(beginning("one\ntwo", 7), ("one\ntwo".to_owned(), false));
        assert_eq!(beginning("one two", 6), ("one tw\u{2026}".to_owned(), true));
        assert_eq!(beginning("<<<", 10), ("<<\u{2026}".to_owned(), true));
        assert_eq!(beginning("\u{0995}\u{0996}", 4), ("\u{0995}\u{2026}".to_owned(), true));
        assert_eq!(beginning("", 0), (String::new(), false));
        assert_eq!(in_full("talk.mp4"), "talk.mp4");
        assert_eq!(in_full(&"x".repeat(900)).chars().count(), NAME + 1);
    }
}
