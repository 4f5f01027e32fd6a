//! What a report remarks: what somebody should know who looks at the film.

use super::catalogue::{Args, Catalogue};
use super::show;

/// Names of a list that are shown.
const NAMES_MAX: usize = 4;

/// One thing to remark. Names and words are taken as they come: they are made harmless here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Remark {
    /// Texts beside the clip that mean it too, and were not used.
    GaveWay(Vec<String>),
    /// Texts of single clips of a project.
    OfParts(Vec<String>),
    /// The clip had no text of its own: the name one would have.
    NoText(String),
    /// What the clip is by its bytes, where its name says otherwise.
    OtherFormat(&'static str),
    /// The film's usual name was taken.
    NameTaken(String),
    /// How the film was exported, where that is not the best: `low` or `medium`.
    Quality(String),
    /// A step of the text asks for this quality, its first lines for the one that counts.
    OtherQuality {
        /// What the step asks for.
        asked: String,
        /// What counts.
        made: String,
    },
    /// The message at that number was sent once more, because a person said so.
    SentAgain(u64),
    /// Nothing was paid: the same was worked with the same words before, and its film is made once more.
    OnceMore,
    /// The service asked, and these words were its answer.
    Answered(String),
    /// The first export failed.
    ExportedAgain,
    /// The work waited.
    Waited {
        /// From when, as it is to be shown.
        from: String,
        /// Until when.
        to: String,
        /// The code of the reason.
        code: String,
    },
}

impl Remark {
    /// The sentences.
    pub(super) fn told(&self, words: &Catalogue) -> Option<String> {
        let quoted = |name: &str| Some(words.quoted(name));
        let at = |at: &str| Some(words.number(&show::name(at)));
        let plain = |text: &str| Some(text.to_owned());
        let names = |all: &[String]| {
            let named = all.iter().take(NAMES_MAX).map(|name| words.quoted(name));
            Some(named.collect::<Vec<_>>().join(", "))
        };
        let args = Args::default();
        let (message, args) = match self {
            Self::GaveWay(texts) => ("remark-gave-way", args.with("texts", names(texts))),
            Self::OfParts(texts) => ("remark-of-parts", args.with("texts", names(texts))),
            Self::NoText(text) => ("remark-no-text", args.with("text", quoted(text))),
            Self::OtherFormat(format) => ("remark-format", args.with("format", plain(format))),
            Self::NameTaken(name) => ("remark-name-taken", args.with("name", quoted(name))),
            Self::Quality(made) => ("remark-quality", args.with("made", plain(made))),
            Self::OtherQuality { asked, made } => {
                ("remark-other-quality", args.with("asked", plain(asked)).with("made", plain(made)))
            }
            Self::SentAgain(n) => ("remark-sent-again", args.count("n", Some(*n))),
            Self::OnceMore => ("remark-once-more", args),
            Self::Answered(answer) => ("remark-answered", args.with("answer", words.quoted_words(answer))),
            Self::ExportedAgain => ("remark-exported-again", args),
            Self::Waited { from, to, code } => {
                ("remark-waited", args.with("from", at(from)).with("to", at(to)).with("code", plain(code)))
            }
        };
        words.say(message, &args)
    }
}
