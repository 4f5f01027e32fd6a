//! About the video service: credits, plan, access, messages, films.

use super::super::fill::{Text, Ways};

const NOTHING_TO_DO: Ways = &["You do not need to do anything now."];
const SHOW: Ways = &["If this note is still here tomorrow, show it to the person who runs dakbox."];
const LOOK: Ways =
    &["Open the project in your browser, and look whether the work is done there:\n    {$project}"];
const SEND_AGAIN: Ways = &[
    "If it is not done, you can have your words sent once more. You may then pay twice. Write this as the first line \
     of {$text}, and save it. Make that file if it is not there.\n    Again: yes",
];
const DONE_THERE: Ways = &["If it is done there, just wait: dakbox sees it, and makes the film from it."];

pub(super) const NO_CREDITS: Text = Text {
    happened: &["There are not enough credits left to go on with {$file}."],
    to_do: &[&[
        "Register on this page to get more credits. The page is for the account that dakbox uses:\n    {$register}",
        "Top up credits in your account.",
    ]],
};

pub(super) const PLAN_BLOCKS_EXPORT: Text = Text {
    happened: &[
        "The video service does not export the film of {$file}, because the plan of your account does not allow it. \
         This is about the plan, not about credits.",
    ],
    to_do: &[
        &[
            "Register or upgrade your plan to unlock export. You can register here:\n    {$register}",
            "Register or upgrade your plan to unlock export.",
        ],
        &["Then just wait. The work is kept in the project, and an export costs nothing."],
    ],
};

pub(super) const TOKEN_REFUSED: Text = Text {
    happened: &["The video service did not accept the access key (the token) that dakbox used for {$file}."],
    to_do: &[
        &["Show this note to the person who runs dakbox. dakbox needs a new token."],
        &["dakbox can also work without a token of your own. It then asks for a free one by itself."],
    ],
};

pub(super) const TOKEN_LIMIT: Text = Text {
    happened: &[
        "The video service gives dakbox no new free access key (token) yet, and {$file} needs one. It gives only one \
         in 7 days.",
    ],
    to_do: &[
        NOTHING_TO_DO,
        &[
            "Is it urgent? Then register at the video service, and give your token to the person who runs dakbox.",
        ],
    ],
};

pub(super) const UNKNOWN_FATE: Text = Text {
    happened: &[
        "dakbox sent your words for {$file}, but it could not see whether the video service took them. It never \
         sends them again by itself.",
    ],
    to_do: &[LOOK, DONE_THERE, SEND_AGAIN],
};

// The folder contract answers a question by `<name>.answer.txt`. This version does not read that file yet, so the text
// names what does work.
pub(super) const QUESTION: Text = Text {
    happened: &["The video service has a question about {$file}, and it changed nothing yet."],
    to_do: &[
        &["This version of dakbox cannot send an answer yet. But you can ask again in clearer words."],
        &["Take the words of your text, and add the answer to the question."],
        &[
            "Put a copy of the clip with a new name into the inbox, and beside it a text of the same name with the new \
           words. This makes a new film, and it costs credits.",
        ],
        &["You can also look at the project in your browser:\n    {$project}"],
    ],
};

pub(super) const NOTHING_CHANGED: Text = Text {
    happened: &[
        "The video service stopped with an error, and it changed nothing for {$file}. dakbox does not send your words \
         again by itself.",
    ],
    to_do: &[LOOK, DONE_THERE, SEND_AGAIN],
};

// No `Again: yes` here: it would send the message into the session that is gone.
pub(super) const SESSION_LOST: Text = Text {
    happened: &[
        "The video service no longer has the project of {$file}. dakbox cannot reach the work in it any more.",
    ],
    to_do: &[
        &["Look at the project in your browser. Perhaps the work is still there:\n    {$project}"],
        &[
            "Do you want the work done anew, and pay for it once more? Put a copy of the clip with a new name into \
             the inbox, and beside it a text of the same name.",
        ],
        &[
            "Write the words in it a little differently. dakbox never pays twice for the same clip with the same \
             words.",
        ],
        &["If you do not need the film any more, take the clip and its text out of the inbox."],
    ],
};

pub(super) const SERVICE_DOWN: Text = Text {
    happened: &["The video service does not answer, so the work on {$file} has stopped for now."],
    to_do: &[&["Check that other pages on the internet open. If they do, just wait."], SHOW],
};

pub(super) const RATE_LIMITED: Text = Text {
    happened: &[
        "The video service has asked dakbox to go slower, so the work on {$file} has stopped for now.",
    ],
    to_do: &[NOTHING_TO_DO],
};

pub(super) const BAD_CERTIFICATE: Text = Text {
    happened: &[
        "dakbox has no safe connection to the video service, so the work on {$file} has stopped for now. It does not \
         use an unsafe one.",
    ],
    to_do: &[
        &["Check the date and the time of the computer that dakbox runs on."],
        &["Does your network ask you to log in on a web page? Then log in."],
        &["If this does not help, show this note to the person who looks after the network."],
    ],
};

pub(super) const ODD_ANSWER: Text = Text {
    happened: &["The video service gave an answer about {$file} that dakbox does not understand."],
    to_do: &[&["Does your network ask you to log in on a web page? Then log in. If not, just wait."], SHOW],
};

pub(super) const RENDER_FAILED: Text = Text {
    happened: &["The video service could not make the film of {$file}. It was asked two times."],
    to_do: &[
        &["Put the clip and its text into the inbox again. An export costs nothing."],
        &["If it fails again, open the project in your browser and export it there:\n    {$project}"],
        &["If that does not work either, show this note to the person who runs dakbox."],
    ],
};

pub(super) const BAD_FILM: Text = Text {
    happened: &["The film of {$file} did not arrive whole, so dakbox did not put it into the outbox."],
    to_do: &[&["You do not need to do anything now: dakbox fetches it again. This costs nothing."], SHOW],
};

pub(super) const BAD_ADDRESS: Text = Text {
    happened: &[
        "The film of {$file} lies at an address that dakbox does not open, because it may not be safe.",
    ],
    to_do: &[
        &[
            "Show this note to the person who runs dakbox. If the address is right, its host can be allowed with the \
           setting \"download_hosts\".",
        ],
        &["After that, dakbox is started anew, and goes on by itself."],
    ],
};
