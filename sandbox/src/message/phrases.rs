//! What the backend says at the end of a run, in its usual words or as faults want it. It assumes a screen, as the real
//! one does.

use crate::captions::short;
use crate::draft::Draft;
use crate::faults::{Said, Tongue};
use crate::sandbox::Sandbox;

/// What a run leaves to tell of.
pub(super) struct Told<'a> {
    pub(super) words: &'a str,
    pub(super) generates: bool,
    /// Whether something on the timeline could not be read.
    pub(super) unread: bool,
    /// How many pieces are on the timeline, and how long it is in seconds.
    pub(super) pieces: usize,
    pub(super) seconds: u64,
}

impl<'a> Told<'a> {
    /// Of a draft as the run will leave it.
    pub(super) fn new(words: &'a str, draft: &Draft) -> Self {
        let (pieces, seconds) = (draft.clips.len() + draft.sounds.len(), draft.length().div_ceil(1000));
        Self { words, generates: false, unread: false, pieces, seconds }
    }
}

/// The words of a fault.
pub(super) fn said(said: Said, told: &Told<'_>) -> String {
    let (pieces, seconds) = (told.pieces, told.seconds);
    match said {
        Said::Question(tongue, _) => question(tongue).to_owned(),
        Said::Drag(tongue, _) => drag(tongue).to_owned(),
        Said::Screen(Tongue::English | Tongue::Mixed) => format!(
            "The captions are on the whole film now (clips: {pieces}, 0-{seconds}s), in white with a dark edge. Click the [Export] \
             button in the top right, then open the [Timeline] panel; you can drag the clip to another place. Preview \
             in timeline before you go on, and check your account under [Billing] for the credits that are left. The \
             music is at 35%."
        ),
        Said::Screen(Tongue::Chinese) => format!(
            "{pieces} 个片段都加上了字幕（0-{seconds} 秒），白字深边。请点击右上角的【导出】按钮，然后打开【时间线】面板；\
             您可以拖拽片段来调整顺序。导出之前可以在时间线上预览，账户余额请在【账单】页面查看。背景音乐音量为 35%。"
        ),
        Said::Screen(Tongue::Bangla) => format!(
            "{pieces}টি ক্লিপেই ক্যাপশন বসানো হয়েছে (0-{seconds} সেকেন্ড), সাদা অক্ষরে গাঢ় কিনারা। উপরে ডান দিকের [Export] \
             বোতামে ক্লিক করুন, তারপর [Timeline] প্যানেল খুলুন; ক্লিপটি টেনে এনে অন্য জায়গায় ছেড়ে দিতে পারেন। \
             এগোনোর আগে টাইমলাইনে দেখে নিন, আর বাকি ক্রেডিট [Billing] পাতায় দেখুন। সঙ্গীত 35% জোরে বাজছে।"
        ),
    }
}

const fn question(tongue: Tongue) -> &'static str {
    match tongue {
        Tongue::English => {
            "Before I begin: which language should the captions be in, and which clip comes first?"
        }
        Tongue::Chinese => "开始之前想确认一下：字幕要用哪种语言？哪个片段放在最前面？",
        Tongue::Bangla => "শুরু করার আগে জানতে চাই: ক্যাপশন কোন ভাষায় হবে, আর কোন ক্লিপটি আগে আসবে?",
        Tongue::Mixed => "কোন ভাষায় ক্যাপশন চান? Which of the two clips should come first?",
    }
}

/// What only a hand on a screen can do. It asks nothing in so many words.
const fn drag(tongue: Tongue) -> &'static str {
    match tongue {
        Tongue::English | Tongue::Mixed => {
            "I left the order as it is. Drag the clip to the start of the timeline, then drop it before the first one."
        }
        Tongue::Chinese => "顺序还没有改动。请把片段拖拽到时间线的开头，放在第一个片段之前。",
        Tongue::Bangla => "ক্রম আগের মতোই আছে। ক্লিপটি টেনে টাইমলাইনের শুরুতে আনুন, তারপর প্রথম ক্লিপের আগে ছেড়ে দিন।",
    }
}

/// What is usually said.
pub(super) fn closing(sandbox: &Sandbox, told: &Told<'_>) -> String {
    let done = if told.generates {
        "একটি নতুন ক্লিপ তৈরি করা হয়েছে"
    } else {
        "বাংলা ক্যাপশন যোগ করা হয়েছে"
    };
    let film = if sandbox.tools.is_none() {
        " This sandbox has no ffmpeg, so the film will be its sample and not yours."
    } else if told.unread && !told.generates {
        " This sandbox could not read the file, so the film will be its sample and not yours."
    } else {
        ""
    };
    let asked = short(told.words, 80);
    format!(
        "{done}। I did what you asked: “{asked}”.{film} You can preview in timeline, then click [Export button] to save it."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_own_words_for_the_screen() {
        let told = Told { words: "x", generates: false, unread: false, pieces: 3, seconds: 12 };
        let cases = [
            (
                Said::Screen(Tongue::English),
                &["Click the [Export] button", "[Timeline]", "drag the clip", "clips: 3"][..],
            ),
            (Said::Screen(Tongue::Chinese), &["点击", "导出", "打开", "拖拽", "3 个"]),
            (Said::Screen(Tongue::Bangla), &["ক্লিক করুন", "প্যানেল খুলুন", "টেনে এনে", "3টি"]),
            (Said::Drag(Tongue::English, None), &["Drag the clip", "drop it"]),
            (Said::Drag(Tongue::Chinese, None), &["拖拽"]),
            (Said::Drag(Tongue::Bangla, None), &["টেনে", "ছেড়ে দিন"]),
        ];
        for (kind, wanted) in cases {
            let text = said(kind, &told);
            for word in wanted {
                assert!(text.contains(word), "{word} is not in {text}");
            }
            assert!(!text.contains(['?', '？']), "{text}");
        }
        for tongue in [Tongue::English, Tongue::Chinese, Tongue::Bangla, Tongue::Mixed] {
            assert!(said(Said::Question(tongue, None), &told).contains(['?', '？']));
        }
    }
}
