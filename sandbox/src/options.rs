//! Every knob of the sandbox, with the defaults a first try wants.

use std::path::PathBuf;
use std::time::Duration;

use crate::faults::Fault;

/// How the sandbox behaves. All fields are plain: take the default and change what matters.
#[derive(Clone, Debug)]
pub struct Options {
    /// Decides, with the clip and the words, which edits end without words.
    pub seed: u64,
    /// How long the stream of one message takes.
    pub message_time: Duration,
    /// How long after the stream the draft moves once more; `None`: it doesn't.
    pub second_stage: Option<Duration>,
    /// How long a render takes at least.
    pub render_time: Duration,
    /// Credits of a new account. The real service gives 100; the default lets many clips through.
    pub credits: u64,
    /// What a message costs in a session without media (a generation).
    pub generation_cost: u64,
    /// What a message costs in a session with media (an edit).
    pub edit_cost: u64,
    /// Share of edits that end without words, 0 to 1.
    pub silent: f64,
    /// When a message is charged.
    pub charge_at: ChargeAt,
    /// What becomes of a run whose client hung up.
    pub on_hangup: OnHangup,
    /// Whether an upload alone puts its clip into the draft.
    pub fill_at_upload: bool,
    /// Whether exports without attribution headers are refused (402).
    pub attribution: bool,
    /// For how long a token is good, and for how long its client gets no other.
    pub token_life: Duration,
    /// How many tokens one address gets within [`Options::token_life`]; further ones are answered 429.
    pub tokens_per_address: usize,
    /// Tokens known from the start, each of a registered account.
    pub tokens: Vec<String>,
    /// How session ids look.
    pub session_ids: SessionIds,
    /// Which of the two answer shapes the token and render calls have.
    pub shape: Shape,
    /// How the state call gives the draft.
    pub draft_form: DraftForm,
    /// Which dialect the streams of messages speak.
    pub dialect: Dialect,
    /// Another host name of this machine for the download addresses, to make them another origin than the API's.
    pub cdn_host: Option<String>,
    /// The largest file taken, in bytes.
    pub size_limit: u64,
    /// What goes wrong, and when.
    pub faults: Vec<Fault>,
    /// Where ffmpeg is.
    pub ffmpeg: Ffmpeg,
    /// Where uploads and films lie; `None`: a temporary folder, removed at the end.
    pub work_dir: Option<PathBuf>,
}

/// When a message is charged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChargeAt {
    /// When its body was read and found good.
    Body,
    /// As soon as its headers came: the worst case. A whole request that is then refused is paid back.
    Headers,
}

/// What becomes of a run whose client hung up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnHangup {
    /// It is cancelled at once, as the real service does; what it charged stays charged.
    Cancel,
    /// It goes on without its client.
    Continue,
}

/// How session ids look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionIds {
    /// Numbers beyond 2^53, which a client that reads them as floats spoils.
    Number,
    /// Strings.
    Text,
}

/// Which of the two answer shapes the token and render calls have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Fields under `data`; the film's address in `data.outputUrl`.
    Wrapped,
    /// Fields at the top; the film's address in `output.url`.
    Bare,
}

/// How the state call gives the draft.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DraftForm {
    /// As an object; `null` while there is none.
    Object,
    /// As a string that holds the object; missing while there is none.
    Text,
}

/// Which dialect the streams of messages speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// The service's own, as its public client reads it: `{"type":"text"…}`.
    Nemo,
    /// The Agent Development Kit, release 2: pieces, then the whole, and an error event behind a silent edit.
    Adk,
    /// The same without pieces.
    AdkWhole,
    /// An old release: a turn's text and its call apart, each piece under its own id, errors pasted in unescaped.
    AdkOld,
}

/// Where ffmpeg is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ffmpeg {
    /// Wherever `PATH` has it; without it, films are the sample from `assets/`, and the words say so.
    Find,
    /// In this folder, together with ffprobe.
    In(PathBuf),
    /// Not used at all: every film is the sample. Uploads are hashed and not kept.
    Off,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 0,
            message_time: Duration::from_secs(2),
            second_stage: Some(Duration::from_millis(400)),
            render_time: Duration::from_secs(1),
            credits: 10_000,
            generation_cost: 100,
            edit_cost: 50,
            silent: 0.3,
            charge_at: ChargeAt::Body,
            on_hangup: OnHangup::Cancel,
            fill_at_upload: true,
            attribution: true,
            token_life: Duration::from_hours(7 * 24),
            tokens_per_address: 10,
            tokens: Vec::new(),
            session_ids: SessionIds::Number,
            shape: Shape::Wrapped,
            draft_form: DraftForm::Object,
            dialect: Dialect::Adk,
            cdn_host: None,
            size_limit: 500 * 1024 * 1024,
            faults: Vec::new(),
            ffmpeg: Ffmpeg::Find,
            work_dir: None,
        }
    }
}
