//! Reading a session's state until it tells something: what stands before a message, and what became of it.

use std::time::Duration;

use super::Tools;
use super::stop::Stop;
use crate::job::{Code, Failure, SessionId};
use crate::timeline::Reading;

/// At most so many readings in a row that differ: a state that never rests is told of as a fault.
const RESTLESS: u32 = 60;

/// Two equal readings in a row, `interval` apart.
pub(super) async fn settled(tools: &Tools, session: &SessionId, interval: Duration) -> Result<Reading, Stop> {
    let mut last = tools.read_state(session).await?;
    for _ in 0..RESTLESS {
        tools.rest(interval).await?;
        let reading = tools.read_state(session).await?;
        if !reading.changed_from(&last) {
            return Ok(reading);
        }
        last = reading;
    }
    Err(restless())
}

/// What readings after a message tell.
#[derive(Debug)]
pub(super) enum Seen {
    /// Two equal readings differ from what was read before the message.
    Changed(Reading),
    /// So many readings in a row were as before the message.
    Unchanged,
}

/// How readings after a message are paced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Before the first reading.
    pub first: Duration,
    /// Between two.
    pub interval: Duration,
    /// So many unchanged readings decide that nothing changed.
    pub unchanged: u32,
}

/// Reads until the state tells whether it changed from `baseline`.
pub(super) async fn fate(
    tools: &Tools,
    session: &SessionId,
    baseline: &Reading,
    pace: Pace,
) -> Result<Seen, Stop> {
    tools.rest(pace.first).await?;
    let (mut same, mut last): (u32, Option<Reading>) = (0, None);
    for _ in 0..RESTLESS {
        let reading = tools.read_state(session).await?;
        if reading.changed_from(baseline) {
            same = 0;
            if last.as_ref().is_some_and(|l| !reading.changed_from(l)) {
                return Ok(Seen::Changed(reading));
            }
        } else {
            same += 1;
            if same >= pace.unchanged {
                return Ok(Seen::Unchanged);
            }
        }
        last = Some(reading);
        tools.rest(pace.interval).await?;
    }
    Err(restless())
}

fn restless() -> Stop {
    Stop::failed(Failure::new(
        Code::OddAnswer,
        "the project at the service does not come to rest",
        "It is looked at again by itself.",
    ))
}
