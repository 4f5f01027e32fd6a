//! What a text's trail comes to: whose it is, or what it is meant for where no clip claims it.

use super::trail::{Told, because};
use crate::inbox::{Claim, Kind, Means, Trail};
use crate::job::Code;
use crate::service::{About, Explained, Role};

/// A text: whose it is.
pub(super) fn text(told: &mut Told, look: &Trail, trail: &Explained) {
    for (clip, claim) in &look.clips {
        told.line(
            "clip",
            match claim {
                Claim::Own => format!("it holds the words of {clip}"),
                Claim::Ambiguous => format!("it could mean {clip}, and something else as well"),
                Claim::GivesWay => format!("it means {clip}, but gives way to another text"),
                Claim::Unfit => format!("it lies beside {clip}, and can't be its words as it is"),
            },
        );
    }
    match look.clips.first() {
        Some((clip, Claim::Own)) => told.say("words", format!("it holds the words of {clip}")),
        Some((clip, Claim::GivesWay)) => {
            told.say("gives-way", format!("it means {clip}, but another text comes first"));
        }
        Some((clip, Claim::Ambiguous)) => told.held(
            "held",
            Code::Ambiguous,
            format!("it could mean {clip}, and something else as well: nothing is guessed"),
        ),
        Some((clip, Claim::Unfit)) => {
            told.held("held", Code::NotPlainText, format!("{clip} waits for it as a plain text"));
        }
        None if look.rules => told.say("rules", "it says what clips alone are for, here and below"),
        None if look.kind == Kind::Rich => {
            told.held("not-taken", Code::NotTaken, "no clip of its name lies beside it".to_owned());
        }
        None if look.withheld.is_some() => alone(told, look, trail),
        None => {
            told.say("rules", "it makes its folder a project or a batch, which is taken as a whole");
        }
    }
}

/// A text that no clip claims: what it is meant for, and whether that is so.
fn alone(told: &mut Told, look: &Trail, trail: &Explained) {
    let means = match look.means {
        Some(Means::Video) => "it makes a film of its words alone",
        Some(Means::Ask) => "it asks for the credits or for what is going on, and is answered by a report",
        Some(Means::Version(_)) => "it holds new words for the film of that name, where one was made here",
        Some(Means::Answer) => "it answers the question about the clip of that name, where one waits",
        Some(Means::Words) | None => "it holds new words where a film of its name was made here",
    };
    told.line("means", means);
    let stamp = look.entry.map(|entry| entry.stamp);
    let is_its = |about: &&About| {
        about.role == Role::Clip && stamp.is_some_and(|stamp| about.job.clip.stamp.same_but_numbers(&stamp))
    };
    match (trail.jobs.iter().find(is_its), look.means, &trail.order) {
        (Some(About { job, .. }), ..) => {
            told.code = job.code();
            told.say("job", format!("it is the text of job {}, which is {}", job.id, job.state()));
        }
        (None, Some(Means::Video), Some(Err(failure))) => {
            let why = because(failure);
            told.held("put-aside", failure.code, format!("it is put aside with a note: {why}"));
        }
        (None, Some(Means::Video | Means::Ask), _) => {
            told.say("ready", "nothing is against it: it is taken as soon as it has stopped changing");
        }
        _ => {
            let held = look.withheld.as_ref().and_then(|held| Some((held.reason.code()?, &held.detail)));
            let (code, why) = held.map_or_else(
                || {
                    let why = "no clip of its name lies beside it: it waits for one, and costs nothing";
                    (Code::AwaitsClip, why.to_owned())
                },
                |(code, detail)| (code, format!("it can't be used as it is, and waits: {detail}")),
            );
            told.held("waits", code, why);
        }
    }
}
