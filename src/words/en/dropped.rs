//! About what was dropped.

use super::super::fill::{Text, Ways};

const SAVE_AS: Ways = &["Save the clip as MP4, or in another of these formats: {$formats}."];
const PUT_AGAIN: Ways = &["Put the new clip and its text into the inbox."];
const STILL_COPYING: Ways =
    &["Is it still being copied? Then just wait. dakbox takes it when it is complete."];
const TAKE_OUT: Ways = &["If you do not need it any more, take it out of the inbox."];

pub(super) const NOT_MEDIA: Text = Text {
    happened: &["{$file} is not a video, a picture or a sound that dakbox can use."],
    to_do: &[
        &["Open the file on your computer. If it does not play there either, get a new copy of it."],
        &["If it plays, save it as MP4, or in another of these formats: {$formats}."],
        PUT_AGAIN,
    ],
};

pub(super) const TOO_LARGE: Text = Text {
    happened: &["{$file} is too large: the video service takes at most 500 MB."],
    to_do: &[
        &[
            "Make the clip smaller: save it with a lower quality, or cut it into parts. Parts of less than 2 minutes \
           also give the most accurate Bangla text.",
        ],
        PUT_AGAIN,
    ],
};

pub(super) const UNSUPPORTED: Text = Text {
    happened: &["The video service does not take {$file}: it does not know this kind of file."],
    to_do: &[SAVE_AS, PUT_AGAIN],
};

pub(super) const BAD_SIDECAR: Text = Text {
    happened: &["dakbox cannot use the text that came with {$file}."],
    to_do: &[
        &["Open {$text} in a simple editor, such as Notepad or TextEdit."],
        &["Correct it, and save it as plain text (UTF-8). It may have up to 64 KB."],
        &["Put the clip and the text into the inbox."],
    ],
};

pub(super) const NOT_WHOLE: Text = Text {
    happened: &["{$file} is not complete: a part of the file is still empty."],
    to_do: &[
        STILL_COPYING,
        &["Did the copying stop? Then copy the file into the inbox once more."],
        &[
            "Is the file complete, and does it only end in silence? Then write this as the first line of {$text}, and \
             save it. Make that file if it is not there.\n    Whole: yes",
        ],
    ],
};

pub(super) const EMPTY: Text = Text {
    happened: &["{$file} is empty: there is nothing in the file."],
    to_do: &[
        STILL_COPYING,
        &["Did the copying stop? Then copy the file into the inbox once more."],
        TAKE_OUT,
    ],
};

pub(super) const UNREADABLE: Text = Text {
    happened: &["dakbox is not allowed to open {$file}, or could not read it."],
    to_do: &[
        &["Close the file in all other programs."],
        &["If that does not help, copy the file into the inbox once more."],
        &[
            "If that does not help either, show this note to the person who runs dakbox. dakbox needs the right to \
           read the file.",
        ],
    ],
};

pub(super) const NOT_SAFE: Text = Text {
    happened: &["dakbox does not take {$file}: it is a link to a file that belongs to somebody else."],
    to_do: &[
        &["Take the link out of the inbox."],
        &["Put a real copy of the clip into the inbox instead. You must have the right to read that clip."],
    ],
};

pub(super) const AMBIGUOUS: Text = Text {
    happened: &[
        "It is not clear which text belongs to {$file}: there is another clip of the same name, and only one text.",
    ],
    to_do: &[
        &[
            "Give each clip a text of its own. Name it like the whole clip, with .txt at the end. The text for {$file} \
           is then {$own_text}.",
        ],
        &["Or give one of the clips another name, and its text the same new name."],
    ],
};

pub(super) const NOT_PLAIN_TEXT: Text = Text {
    happened: &["The text for {$file} is not plain text, so dakbox cannot read it."],
    to_do: &[
        &["Open the text in the program that it was written with, for example Word or Pages."],
        &["Choose \"Save as\", then \"Plain text (.txt)\", and save it as {$text} beside the clip."],
        &["Take the old text out of the inbox."],
    ],
};

pub(super) const NEEDS_SIDECAR: Text = Text {
    happened: &["{$file} has no text, and dakbox needs one that says what to do with the clip."],
    to_do: &[
        &["Make a plain text file with the name {$text} beside the clip."],
        &[
            "Write into it what you want. For example:\n    generate Bangla subtitles and add them to my video",
        ],
    ],
};

pub(super) const OWN_FILM: Text = Text {
    happened: &[
        "dakbox has made the film {$file} itself. It works on such a film only when a text says what to do.",
    ],
    to_do: &[
        &["Is it here by mistake? Then take it out of the inbox."],
        &[
            "Do you want it changed once more? Then make a plain text file with the name {$text} beside it, and write \
           into it what you want. This is new work, and it costs credits.",
        ],
    ],
};

pub(super) const NOT_TAKEN: Text = Text {
    happened: &["dakbox does not take some of the files in {$file}. It takes these formats: {$formats}."],
    to_do: &[
        &["Is one of the files a clip? Then save it in one of these formats, and put it into the inbox."],
        &["Take the others out of the inbox. They are not touched, and they cost nothing."],
    ],
};

pub(super) const TOO_DEEP: Text = Text {
    happened: &["{$file} lies too deep: dakbox looks into at most 32 folders, one inside another."],
    to_do: &[&["Move it to a folder that is nearer to the inbox."]],
};

pub(super) const SAME_AGAIN: Text = Text {
    happened: &[
        "dakbox has already made a film from {$file} with the same words: {$film}.",
        "dakbox has already made a film from {$file} with the same words.",
    ],
    to_do: &[
        &[
            "Look for the film in the outbox. If you have what you need, take the clip and its text out of the inbox.",
        ],
        &["Do you want something else? Then change the words in {$text}."],
        &[
            "Do you want the same work once more, and pay for it once more? Then write this as the first line of \
           {$text}, and save it. Make that file if it is not there.\n    Again: yes",
        ],
    ],
};

pub(super) const NOT_IN_THIS_VERSION: Text = Text {
    happened: &["{$file} asks for something that this version of dakbox cannot do yet."],
    to_do: &[
        &["Leave that wish out: change the text or the file, and save it."],
        &["Or take it out of the inbox, and keep it for a later version."],
    ],
};

pub(super) const AWAITS_CLIP: Text = Text {
    happened: &["{$file} is a text without a clip, so dakbox does nothing with it."],
    to_do: &[&["Put the clip beside it, under the same name."], TAKE_OUT],
};
