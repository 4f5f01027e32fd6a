//! Which text belongs to which clip of one folder. Pure, over names alone.
//!
//! Nothing is guessed: a text that two clips could mean belongs to neither.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::names::{DEFAULT, Kind, fold};
use crate::job::RelPath;

/// The names of one folder that pairing looks at.
#[derive(Clone, Default, Debug)]
pub(super) struct Names<'a> {
    /// Clips, and addresses of some, whatever their state.
    pub clips: Vec<&'a RelPath>,
    /// Plain texts that are regular files.
    pub texts: Vec<&'a RelPath>,
    /// What would be a clip's text, were it a plain text in a regular file.
    pub unfit: Vec<&'a RelPath>,
}

impl<'a> Names<'a> {
    /// Sorts files of a folder by what they are to one another: path, kind by name, whether a regular file.
    pub(super) fn of(files: impl Iterator<Item = (&'a RelPath, Kind, bool)>) -> Self {
        let mut names = Self::default();
        for (path, kind, regular) in files {
            match (kind, regular) {
                (kind, true) if kind.is_clip() => names.clips.push(path),
                (Kind::Text, true) => names.texts.push(path),
                (Kind::Rich, _) | (Kind::Text, false) => names.unfit.push(path),
                _ => {}
            }
        }
        names
    }
}

/// The words of a clip, as far as names tell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Words {
    /// The clip is alone.
    Alone,
    /// This text.
    Sidecar(RelPath),
    /// These texts could mean it, and other clips or one another as well.
    Ambiguous(Vec<RelPath>),
    /// Only this lies beside it, which is no plain text.
    Unfit(RelPath),
}

/// A clip with its words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pair {
    /// What names it.
    pub words: Words,
    /// Texts beside it that mean it too but give way.
    pub beside: Vec<RelPath>,
}

/// All clips of a folder with their words, and the texts that belong to no clip.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Pairs {
    /// By the clip's path.
    pub clips: BTreeMap<RelPath, Pair>,
    /// Texts alone.
    pub alone: BTreeSet<RelPath>,
}

impl Pairs {
    /// The text that says what clips alone are for.
    pub(super) fn default_text(&self) -> Option<&RelPath> {
        self.text_of(DEFAULT)
    }

    /// The text of that stem; `project.txt` goes before `Project.TXT`.
    pub(super) fn text_of(&self, stem: &[u8]) -> Option<&RelPath> {
        let texts = self.alone.iter().filter(|text| fold(text.stem()) == stem);
        texts.max_by_key(|text| text.name() == [stem, b".txt"].concat())
    }
}

/// The stems of texts that name a clip, folded and as bytes.
type Forms = [(Vec<u8>, Vec<u8>); 3];

/// The strongest first: `talk.mp4.txt`, `talk.txt`, `talk.txt.txt`.
fn forms(clip: &RelPath) -> Forms {
    let (name, stem) = (clip.name().to_vec(), clip.stem().to_vec());
    let twice = [&stem[..], b".txt"].concat();
    [(fold(&name), name), (fold(&stem), stem), (fold(&twice), twice)]
}

/// What a clip claims in each form: the text whose bytes fit if there is one, else all whose meaning does.
fn claims<'a>(forms: &Forms, texts: &HashMap<Vec<u8>, Vec<&'a RelPath>>) -> Vec<Vec<&'a RelPath>> {
    let mut found = Vec::new();
    for (key, bytes) in forms {
        let Some(all) = texts.get(key) else { continue };
        let exact: Vec<_> = all.iter().copied().filter(|t| t.stem() == bytes).collect();
        // `talk.txt` and `talk.TXT` are two exact ones.
        found.push(if exact.is_empty() { all.clone() } else { exact });
    }
    found
}

/// Pairs the clips and texts of one folder.
pub(super) fn pair(names: &Names<'_>) -> Pairs {
    let texts = by_key(&names.texts);
    let unfit = by_key(&names.unfit);
    let forms: Vec<_> = names.clips.iter().map(|clip| forms(clip)).collect();
    let claimed: Vec<_> = forms.iter().map(|forms| claims(forms, &texts)).collect();
    let mut claimants: HashMap<&RelPath, usize> = HashMap::new();
    for text in claimed.iter().flatten().flatten() {
        *claimants.entry(text).or_default() += 1;
    }
    let mut pairs = Pairs::default();
    for ((clip, forms), claimed) in names.clips.iter().zip(&forms).zip(&claimed) {
        let words = match claimed.first() {
            Some(best) if best.len() == 1 && claimants[best[0]] == 1 => Words::Sidecar(best[0].clone()),
            Some(best) => Words::Ambiguous(best.iter().map(|t| (*t).clone()).collect()),
            None => forms
                .iter()
                .find_map(|(key, _)| unfit.get(key)?.first())
                .map_or(Words::Alone, |text| Words::Unfit((*text).clone())),
        };
        let beside = beside(forms, &words, &texts);
        pairs.clips.insert((*clip).clone(), Pair { words, beside });
    }
    let meant: HashSet<_> = forms.iter().flatten().map(|(key, _)| key).collect();
    let alone = texts.iter().filter(|(key, _)| !meant.contains(key));
    pairs.alone = alone.flat_map(|(_, texts)| texts).map(|t| (*t).clone()).collect();
    pairs
}

/// The texts that mean a clip besides the one that was chosen.
fn beside(forms: &Forms, words: &Words, texts: &HashMap<Vec<u8>, Vec<&RelPath>>) -> Vec<RelPath> {
    let Words::Sidecar(chosen) = words else { return Vec::new() };
    let all = forms.iter().filter_map(|(key, _)| texts.get(key)).flatten();
    let others: BTreeSet<_> = all.filter(|t| **t != chosen).map(|t| (*t).clone()).collect();
    others.into_iter().collect()
}

fn by_key<'a>(texts: &[&'a RelPath]) -> HashMap<Vec<u8>, Vec<&'a RelPath>> {
    let mut map: HashMap<_, Vec<_>> = HashMap::new();
    for text in texts {
        map.entry(fold(text.stem())).or_default().push(*text);
    }
    map
}

#[cfg(test)]
mod tests {
    use super::super::names::kind;
    use super::*;

    fn paths(names: &[&[u8]]) -> Vec<RelPath> {
        names.iter().map(|n| RelPath::from_bytes(n).unwrap()).collect()
    }

    fn pairs_of(names: &[&[u8]]) -> Pairs {
        let all = paths(names);
        pair(&Names::of(all.iter().map(|path| (path, kind(path), true))))
    }

    /// `clip<text`, `clip-` alone, `clip?` ambiguous, `clip!text` unfit, `+text` beside, then the texts alone.
    fn shown(names: &[&str]) -> String {
        let bytes: Vec<&[u8]> = names.iter().map(|n| n.as_bytes()).collect();
        let pairs = pairs_of(&bytes);
        let mut out = Vec::new();
        for (clip, Pair { words, beside }) in &pairs.clips {
            let words = match words {
                Words::Alone => "-".to_owned(),
                Words::Sidecar(text) => format!("<{text}"),
                Words::Ambiguous(_) => "?".to_owned(),
                Words::Unfit(text) => format!("!{text}"),
            };
            let beside = beside.iter().fold(String::new(), |all, t| all + "+" + &t.to_string());
            out.push(format!("{clip}{words}{beside}"));
        }
        out.extend(pairs.alone.iter().map(ToString::to_string));
        out.join(" ")
    }

    #[test]
    fn who_belongs_to_whom() {
        let table: &[(&[&str], &str)] = &[
            (&["talk.mp4"], "talk.mp4-"),
            (&["talk.mp4", "talk.txt"], "talk.mp4<talk.txt"),
            (&["talk.mp4", "talk.mp4.txt"], "talk.mp4<talk.mp4.txt"),
            (&["talk.mp4", "talk.txt.txt"], "talk.mp4<talk.txt.txt"),
            (&["talk.mp4", "talk.txt", "talk.mp4.txt"], "talk.mp4<talk.mp4.txt+talk.txt"),
            (&["talk.mp4", "talk.txt", "talk.txt.txt"], "talk.mp4<talk.txt+talk.txt.txt"),
            (&["Talk.MP4", "talk.TXT"], "Talk.MP4<talk.TXT"),
            (&["talk .mp4", " TALK.txt"], "talk .mp4< TALK.txt"),
            // One text, two clips.
            (&["a.mov", "a.mp4", "a.txt"], "a.mov? a.mp4?"),
            (&["A.MP4", "a.mp4", "a.txt"], "A.MP4? a.mp4?"),
            (&["a.mov", "a.mp4"], "a.mov- a.mp4-"),
            (&["a.mov", "a.mp4", "a.mov.txt", "a.mp4.txt"], "a.mov<a.mov.txt a.mp4<a.mp4.txt"),
            (
                &["a.mov", "a.mp4", "a.txt", "a.mov.txt", "a.mp4.txt"],
                "a.mov<a.mov.txt+a.txt a.mp4<a.mp4.txt+a.txt",
            ),
            // Its own is its own, but what is left is still not said to mean the other.
            (&["a.mov", "a.mp4", "a.mp4.txt"], "a.mov- a.mp4<a.mp4.txt"),
            (&["a.mov", "a.mp4", "a.mp4.txt", "a.txt"], "a.mov? a.mp4<a.mp4.txt+a.txt"),
            // Twins with a text each, byte for byte.
            (&["A.mp4", "a.mp4", "A.txt", "a.txt"], "A.mp4<A.txt+a.txt a.mp4<a.txt+A.txt"),
            (&["A.mp4", "a.mp4", "a.mp4.txt"], "A.mp4? a.mp4?"),
            // Two texts that mean the same clip and differ in case.
            (&["talk.mp4", "TALK.txt", "talk.txt"], "talk.mp4<talk.txt+TALK.txt"),
            (&["talk.mp4", "TALK.txt", "Talk.txt"], "talk.mp4?"),
            (&["talk.mp4", "talk.txt", "talk.TXT"], "talk.mp4?"),
            // First of all the sidecar of a clip of its very stem.
            (&["talk.v2.mp4", "talk.v2.txt"], "talk.v2.mp4<talk.v2.txt"),
            (&["talk.mp4", "talk.v2.txt"], "talk.mp4- talk.v2.txt"),
            (&["x.video.mp4", "x.video.txt"], "x.video.mp4<x.video.txt"),
            (&["x.answer.txt", "x.mp4"], "x.mp4- x.answer.txt"),
            (&["project.mp4", "project.txt"], "project.mp4<project.txt"),
            (&["a.mp4", "project.txt"], "a.mp4- project.txt"),
            // One text that names two clips in two forms.
            (&["a.mp4", "a.mp4.mov", "a.mp4.txt"], "a.mp4? a.mp4.mov?"),
            (&["talk.mp4", "talk.txt.mp4", "talk.txt.txt"], "talk.mp4? talk.txt.mp4?"),
            // Word processors.
            (&["talk.mp4", "talk.docx"], "talk.mp4!talk.docx"),
            (&["talk.mp4", "talk.mp4.rtf"], "talk.mp4!talk.mp4.rtf"),
            (&["talk.mp4", "talk.rtf", "talk.txt"], "talk.mp4<talk.txt"),
            (&["a.mp4", "b.docx"], "a.mp4-"),
            (&["readme.txt"], "readme.txt"),
            // Addresses.
            (&["film.url", "film.txt"], "film.url<film.txt"),
            (&["Film.webloc", "film.webloc.txt"], "Film.webloc<film.webloc.txt"),
            (&["film.url"], "film.url-"),
            (&["film.mp4", "film.txt", "film.url"], "film.mp4? film.url?"),
            // Composed and decomposed.
            (&["\u{e9}.mp4", "e\u{301}.txt"], "\u{e9}.mp4<e\u{301}.txt"),
            (
                &["\u{e9}.mp4", "e\u{301}.mp4", "\u{e9}.txt", "e\u{301}.txt"],
                "e\u{301}.mp4<e\u{301}.txt+\u{e9}.txt \u{e9}.mp4<\u{e9}.txt+e\u{301}.txt",
            ),
        ];
        for (names, want) in table {
            assert_eq!(shown(names), *want, "{names:?}");
            let mut turned = names.to_vec();
            turned.reverse();
            assert_eq!(shown(&turned), *want, "in any order: {names:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_only_mean_themselves() {
        let pairs = pairs_of(&[b"a\xff.mp4", b"a\xff.txt", b"A\xff.mov", b"b\xfe\n.mp4", b"b\xfe\n.mp4.txt"]);
        let words: Vec<_> = pairs.clips.values().map(|p| p.words.clone()).collect();
        let [text, named] = [&b"a\xff.txt"[..], b"b\xfe\n.mp4.txt"].map(|b| RelPath::from_bytes(b).unwrap());
        assert_eq!(words, [Words::Alone, Words::Sidecar(text), Words::Sidecar(named)]);
    }
}
