//! How it stands, in one line for `systemctl status`. Pure.

use crate::worker::Situation;

/// A status of so many characters tells enough.
const LONGEST: usize = 400;

/// Where the process has come to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) enum Phase {
    /// The ledger is being opened.
    #[default]
    Opening,
    /// It is looked whose the folders are.
    Looking,
    /// The folders are not to be worked in, and why.
    Held(String),
    /// Clips are taken.
    Taking,
    /// Nothing new is begun.
    Stopping,
    /// It ends because of this.
    Broken(String),
}

/// All that a line of status is made of.
#[derive(Clone, Default, Debug)]
pub(super) struct Standing {
    pub phase: Phase,
    pub now: Situation,
    /// The settings could not be read again.
    pub settings_stay: bool,
    /// The folders were looked at for long, and nothing came of it.
    pub share_is_silent: bool,
}

impl Standing {
    /// Folders, ledger and watch are up; or it is known why not, and dakbox waits for that.
    pub(super) fn is_up(&self) -> bool {
        match self.phase {
            Phase::Held(_) => true,
            Phase::Taking => self.now.inbox.is_some(),
            _ => false,
        }
    }

    /// The line.
    pub(super) fn words(&self) -> String {
        let mut words = match &self.phase {
            Phase::Opening => "starting".to_owned(),
            _ if self.share_is_silent => "waiting: the share does not answer".to_owned(),
            Phase::Looking => "looking at the folders".to_owned(),
            Phase::Held(why) => format!("waiting, nothing is taken: {why}"),
            Phase::Taking if self.now.inbox.is_none() => "beginning to watch the inbox".to_owned(),
            Phase::Taking => self.at_work(),
            Phase::Stopping => match self.now.paid {
                0 => "stopping".to_owned(),
                1 => "stopping: a message that is paid for runs to its end".to_owned(),
                n => format!("stopping: {n} messages that are paid for run to their end"),
            },
            Phase::Broken(why) => format!("ended: {why}"),
        };
        if self.settings_stay {
            words.push_str("; the settings could not be read again, so the old ones stay");
        }
        // What comes from names of files must not say anything to systemd on a line of its own.
        words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
    }

    fn at_work(&self) -> String {
        let Situation { working, queued, waiting, paused, inbox, .. } = &self.now;
        let counts = [(*working, "at work"), (*queued, "queued"), (*waiting, "waiting")];
        let counts: Vec<_> =
            counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        let mut words = if counts.is_empty() { "nothing to do".to_owned() } else { counts.join(", ") };
        if *paused {
            words.push_str("; paused by pause.txt, so no message is sent");
        }
        match inbox {
            Some(Err(why)) => words + "; the inbox is away: " + why,
            Some(Ok(())) | None => words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_words() {
        let idle = Situation { inbox: Some(Ok(())), ..Situation::default() };
        let busy = Situation {
            working: 3,
            paid: 1,
            queued: 12,
            waiting: 2,
            inbox: Some(Ok(())),
            ..Situation::default()
        };
        let away =
            Situation { waiting: 1, inbox: Some(Err("its mark is gone".into())), ..Situation::default() };
        let held = Phase::Held("/srv/a\nSTOPPING=1: its mark is not there".to_owned());
        for (phase, now, settings_stay, want) in [
            (Phase::Opening, Situation::default(), false, "starting"),
            (Phase::Looking, Situation::default(), false, "looking at the folders"),
            (
                held,
                Situation::default(),
                false,
                "waiting, nothing is taken: /srv/a STOPPING=1: its mark is not there",
            ),
            (Phase::Taking, Situation::default(), false, "beginning to watch the inbox"),
            (Phase::Taking, idle.clone(), false, "nothing to do"),
            (Phase::Taking, busy.clone(), false, "3 at work, 12 queued, 2 waiting"),
            (
                Phase::Taking,
                Situation { paused: true, ..busy.clone() },
                false,
                "3 at work, 12 queued, 2 waiting; paused by pause.txt, so no message is sent",
            ),
            (Phase::Taking, away, false, "1 waiting; the inbox is away: its mark is gone"),
            (Phase::Stopping, busy.clone(), false, "stopping: a message that is paid for runs to its end"),
            (Phase::Stopping, Situation::default(), false, "stopping"),
            (
                Phase::Taking,
                idle,
                true,
                "nothing to do; the settings could not be read again, so the old ones stay",
            ),
            (Phase::Broken("the disk is broken".into()), busy, false, "ended: the disk is broken"),
        ] {
            let standing = Standing { phase, now, settings_stay, share_is_silent: false };
            assert_eq!(standing.words(), want);
        }
        let long = Standing { phase: Phase::Held("x".repeat(9000)), ..Standing::default() };
        assert_eq!(long.words().chars().count(), LONGEST);
    }
}
