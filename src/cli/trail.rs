//! What a file's trail comes to, in sentences. Nothing is decided here: each sentence tells what was.

use jiff::tz::TimeZone;

use super::human::{lasting, plain, sentence, size, time};
use super::view::Daemon;
use crate::config::Config;
use crate::inbox::{Dropped, Kind, LeftAlone, Trail, Words, alone_wait};
use crate::instruction;
use crate::job::{Action, Code, Failure, Job, Moment, next_action};
use crate::mount::Type;
use crate::service::{Explained, Place, Role};
use crate::worker::Admission;

/// From where the trail is told.
#[derive(Clone, Copy)]
pub(super) struct Standpoint<'a> {
    pub(super) config: &'a Config,
    pub(super) daemon: &'a Daemon,
    pub(super) now: Moment,
    pub(super) zone: &'a TimeZone,
}

/// What is told of a file.
pub(super) struct Told {
    /// In which folder it lies.
    pub(super) place: Option<&'static str>,
    /// What becomes of it, in a word.
    pub(super) state: &'static str,
    /// The reason, where there is one.
    pub(super) code: Option<Code>,
    /// What becomes of it, in a sentence.
    pub(super) text: String,
    /// When it is looked at next.
    pub(super) next: Option<Moment>,
    /// When the daemon saw it first, and by what.
    pub(super) seen: Option<(Moment, &'static str)>,
    /// Each rule and each reading.
    pub(super) lines: Vec<(&'static str, String)>,
}

/// What is next for a job.
pub(super) struct Next {
    pub(super) at: Option<Moment>,
    pub(super) text: String,
}

/// What is next for a job, by the one decision that the daemon asks as well.
pub(super) fn next_of(job: &Job, point: &Standpoint<'_>) -> Next {
    let only = "only a person, or a change in the folder, moves it on";
    let (at, what) = match next_action(job, point.now) {
        Action::Nothing => (None, "It has ended.".to_owned()),
        Action::Await => (None, format!("It waits: {only}.")),
        Action::At(at) => (Some(at), format!("It is looked at again at {}.", time(at, point.zone))),
        Action::Run(step) => (None, format!("Its next step is due: {step}.")),
    };
    let stands = matches!(point.daemon, Daemon::Stopped) && !job.is_ended();
    Next { at, text: if stands { what + " dakbox is not running." } else { what } }
}

/// What a file is to a job, as a sentence begins.
pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::Clip => "It is the clip of",
        Role::Text => "It holds words of",
        Role::Film => "It is the film of",
        Role::Report => "It is the report of",
        Role::Note => "It is the note of",
        Role::SameBytes => "It has the very bytes of the clip of",
        Role::SameFilm => "It has the very bytes of the film that was made by",
    }
}

/// Tells a file's trail.
pub(super) fn told(trail: &Explained, point: &Standpoint<'_>) -> Told {
    let mut told = Told {
        place: place(trail.place),
        state: "unknown",
        code: None,
        text: String::new(),
        next: None,
        seen: None,
        lines: Vec::new(),
    };
    told.line("place", lies(trail));
    told.line("file", file(trail, point));
    match &trail.trail {
        Some(Ok(look)) => looked(&mut told, look, trail, point),
        Some(Err(why)) => {
            told.say("closed", format!("the inbox can't be looked at: {}", sentence(why)));
        }
        None => kept(&mut told, trail),
    }
    super::sighted::daemon(&mut told, trail, point);
    told.text = sentence(&told.text);
    told
}

impl Told {
    pub(super) fn say(&mut self, state: &'static str, text: impl Into<String>) {
        (self.state, self.text) = (state, text.into());
    }

    pub(super) fn held(&mut self, state: &'static str, code: Code, text: String) {
        self.say(state, text);
        self.code = Some(code);
    }

    pub(super) fn line(&mut self, rule: &'static str, text: impl AsRef<str>) {
        self.lines.push((rule, sentence(text.as_ref())));
    }
}

const fn place(place: Place) -> Option<&'static str> {
    match place {
        Place::Inbox => Some("inbox"),
        Place::Outbox => Some("outbox"),
        Place::Archive => Some("archive"),
        Place::Failed => Some("failed"),
        Place::Elsewhere => None,
    }
}

fn lies(trail: &Explained) -> String {
    match place(trail.place) {
        Some(folder) => format!("in the {folder}, as {}", trail.below),
        None => "in none of dakbox's folders".to_owned(),
    }
}

fn file(trail: &Explained, point: &Standpoint<'_>) -> String {
    let Some((bytes, changed)) = trail.file else { return "nothing lies there".to_owned() };
    let ago = lasting(point.now.since(changed));
    format!("{}, last changed {} by its own clock ({ago} ago)", size(bytes), time(changed, point.zone))
}

/// A file of another folder than the inbox.
fn kept(told: &mut Told, trail: &Explained) {
    let there = trail.file.is_some();
    match (trail.jobs.first(), trail.place) {
        (Some(about), _) => {
            let gone = if there { "" } else { "it is gone, but is known: " };
            told.code = about.job.code();
            told.say("kept", format!("{gone}{} job {}", role(about.role).to_lowercase(), about.job.id));
        }
        (None, Place::Elsewhere) if there => {
            told.say("elsewhere", "it lies in none of dakbox's folders, and is nothing to it");
        }
        (None, _) if there => told.say("unknown", "no job has put it there"),
        (None, _) => told.say("missing", "there is no such file, and nothing is known of one"),
    }
}

/// A file of the inbox: each rule, in the order in which they are asked.
fn looked(told: &mut Told, look: &Trail, trail: &Explained, point: &Standpoint<'_>) {
    if let Some(left) = &look.left_alone {
        return left_alone(told, left);
    }
    let Some(entry) = look.entry else {
        match trail.jobs.first() {
            Some(about) => {
                told.code = about.job.code();
                told.say(
                    "gone",
                    format!(
                        "it does not lie there any more; {} job {}",
                        role(about.role).to_lowercase(),
                        about.job.id
                    ),
                );
            }
            None => told.say("missing", "there is no such file, and nothing is known of one"),
        }
        return;
    };
    if entry.kind != Type::Folder {
        told.line("name", kind(look.kind));
    }
    match entry.kind {
        Type::Folder => return told.say("folder", folder(look)),
        Type::File => {}
        Type::Link | Type::Other | Type::Unknown => {
            let what = if entry.kind == Type::Link { "a symbolic link" } else { "no regular file" };
            told.line("kind", format!("it is {what}"));
            told.say("not-taken", format!("it is {what}, and is never followed or read"));
        }
    }
    unit(told, look);
    words(told, look, trail);
    match look.kind {
        Kind::Clip(_) | Kind::Address => clip(told, look, trail, point),
        Kind::Text | Kind::Rich => super::texts::text(told, look, trail),
        Kind::Foreign => told.held("not-taken", Code::NotTaken, "its ending is none that is taken".into()),
    }
    match &look.withheld {
        Some(held) if held.reason.code().is_none() && told.state == "unknown" => {
            told.say("waits", "it is being changed while it is looked at");
        }
        Some(held) => {
            let Some(code) = held.reason.code() else { return };
            let why = if held.detail.is_empty() { String::new() } else { format!(": {}", held.detail) };
            told.held("held", code, format!("it is not taken as it is ({code}){why}"));
        }
        None => {}
    }
}

/// The folder that makes it a part of something.
fn unit(told: &mut Told, look: &Trail) {
    if let Some(batch) = &look.batch {
        told.line(
            "folder",
            format!("{batch} makes it a batch: its clips are worked one by one, by name, in one session"),
        );
    } else if let Some(unit) = &look.unit.as_ref().filter(|_| !is_held_batch(look)) {
        told.line(
            "folder",
            format!("{unit} is a project, by its name or by a text in it: it makes one film"),
        );
        told.say(
            "part",
            format!("it is part of {unit}, which is taken as a whole once nothing in it changes"),
        );
    }
}

/// Whether it lies in a folder whose text would make it a batch, were it a plain one: that is said as what it is.
fn is_held_batch(look: &Trail) -> bool {
    look.withheld.as_ref().is_some_and(|held| held.reason.code() == Some(Code::NotPlainText))
}

fn left_alone(told: &mut Told, left: &LeftAlone) {
    match left {
        LeftAlone::Ignored { name, pattern } => {
            let text =
                format!("{name} is never taken: `{pattern}` is on the list of names that are left alone");
            told.line("ignored", &text);
            told.say("ignored", text);
        }
        LeftAlone::TooDeep { most } => {
            let text =
                format!("it lies deeper than {most} folders below the inbox, where nothing is looked for");
            told.line("depth", &text);
            told.held("too-deep", Code::TooDeep, text);
        }
        LeftAlone::Closed { folder, why } => {
            let text = format!("the folder {folder} is not entered: {why}");
            told.line("folder", &text);
            told.say("closed", text);
        }
    }
}

fn kind(kind: Kind) -> String {
    match kind {
        Kind::Clip(format) => format!("a clip, by its ending: {}", format.name()),
        Kind::Text => "a text, by its ending".to_owned(),
        Kind::Rich => "a text of a word processor, by its ending: only plain text is read".to_owned(),
        Kind::Address => "a file that names an address, by its ending".to_owned(),
        Kind::Foreign => "neither a clip nor a text, by its ending".to_owned(),
    }
}

fn folder(look: &Trail) -> String {
    look.unit.as_ref().map_or_else(
        || "it is a folder; what lies in it is taken one by one, once nothing in it changes".to_owned(),
        |unit| format!("it is a folder of {unit}, which is a project or a batch"),
    )
}

/// Which text is meant, and what it says.
fn words(told: &mut Told, look: &Trail, trail: &Explained) {
    match &look.words {
        None => {}
        Some(Words::Sidecar(text)) => told.line("words", format!("{text} holds its words")),
        Some(Words::Ambiguous(texts)) => {
            let texts: Vec<_> = texts.iter().map(ToString::to_string).collect();
            told.line("words", format!("{} could mean it, and something else as well", texts.join(", ")));
        }
        Some(Words::Unfit(text)) => {
            told.line("words", format!("{text} lies beside it, and is no plain text"));
        }
        Some(Words::Alone) => told.line(
            "words",
            match &look.text {
                Some((text, _)) if look.batch.as_ref() == Some(text) => {
                    format!("no text of its own; {text} says what such clips of the batch are for")
                }
                Some((default, _)) => format!("no text of its own; {default} says what clips alone are for"),
                None => "no text of its own, and no default.txt: the words of the settings".to_owned(),
            },
        ),
    }
    for text in &look.beside {
        told.line("beside", format!("{text} means it too, but gives way"));
    }
    if let Some((path, read)) = &look.text {
        match read {
            Err(why) => told.line("text", format!("{path} can't be read: {why}")),
            Ok(text) => match instruction::read(&text.bytes) {
                Err(problem) => told.line("text", format!("{path}: {problem}")),
                Ok(sidecar) if sidecar.words.is_none() => {
                    told.line("text", format!("{path} holds headers alone"));
                }
                Ok(_) => told.line("text", format!("{path} reads well, {} bytes", text.bytes.len())),
            },
        }
    }
    match &trail.order {
        Some(Ok(order)) => {
            let steps = order.messages.len();
            told.line(
                "asked",
                format!(
                    "“{}” in {steps} message{}; language {}, quality {}{}",
                    plain(&order.words, 300),
                    if steps == 1 { "" } else { "s" },
                    plain(&order.language, 40),
                    plain(&order.quality, 40),
                    if order.again { ", and again where it was paid for before" } else { "" }
                ),
            );
        }
        // What is wrong with the clip itself stands in a line of its own.
        Some(Err(failure)) if look.arrival.as_ref().is_some_and(|arrival| arrival.verdict.is_ok()) => {
            told.line("asked", because(failure));
        }
        Some(Err(_)) | None => {}
    }
}

pub(super) fn because(failure: &Failure) -> String {
    format!("{} ({})", plain(&failure.message, 500).trim_end_matches('.'), failure.code)
}

/// A clip by its bytes, and what becomes of it.
fn clip(told: &mut Told, look: &Trail, trail: &Explained, point: &Standpoint<'_>) {
    let Some(arrival) = &look.arrival else { return };
    match &arrival.verdict {
        Ok(Dropped::Media(media)) => told.line("bytes", format!("whole, and {}", media.format.name())),
        Ok(Dropped::Address(address)) => {
            told.line(
                "address",
                format!("{address}, which the service is told, and nothing is fetched from here"),
            );
        }
        Err(failure) => told.line("bytes", because(failure)),
    }
    let watch = &point.config.watch;
    told.line(
        "settle",
        format!(
            "it has to be unchanged for {}, or closed by its writer where its end is proven",
            lasting(watch.settle)
        ),
    );
    if look.words == Some(Words::Alone) {
        let wait = lasting(alone_wait(watch, look.text.is_some() || look.batch.is_some()));
        told.line("alone", format!("a clip alone waits {wait} for a text of its own"));
    }
    if trail.jobs.iter().any(|about| about.role == Role::SameFilm) && look.words == Some(Words::Alone) {
        told.line(
            "own-film",
            "a film that dakbox made is never worked without words of its own: it waits for some",
        );
    }
    match (&trail.admission, &trail.order) {
        (Some(Admission::Known(job)), _) => {
            told.code = job.code();
            told.next = next_of(job, point).at;
            told.say("job", format!("it is the clip of job {}, which is {}", job.id, job.state()));
        }
        (Some(Admission::Finished), _) => {
            told.say("finished", "it was worked already, and is left where it is");
        }
        (_, Some(Err(failure))) => {
            told.held(
                "put-aside",
                failure.code,
                format!("it is put aside with a note: {}", because(failure)),
            );
        }
        (Some(Admission::Reopens(job)), _) => {
            told.say("ready", format!("with it job {} goes on, as soon as it is taken", job.id));
        }
        _ => told.say("ready", "nothing is against it: it is taken as soon as its waiting is over"),
    }
}
