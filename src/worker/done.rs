//! What was done for a job, step by step, and what was sent and said, by its events. What was not done is not told as done.
//! Pure.

use super::order;
use super::telling::clock;
use crate::instruction::Instruction;
use crate::job::{Job, JobEvent, Message, Moment, Step, StreamEnd};
use crate::ledger::Recorded;
use crate::words::{Cut, Done, Heard, Went};

/// A step that was started, until another one was.
struct Begun {
    step: Step,
    at: Moment,
    /// How it went; nothing while it is not known to have come to anything.
    went: Option<Went>,
}

/// Each step that came to something, with its time: from its first start to the start of the next.
pub(super) fn steps(events: &[Recorded]) -> Vec<Done> {
    let mut begun: Vec<Begun> = Vec::new();
    for Recorded { at, event, .. } in events {
        match event {
            JobEvent::Started { step } if begun.last().is_none_or(|last| last.step != *step) => {
                begun.push(Begun { step: *step, at: *at, went: None });
            }
            // Nothing left, or the service did not take it: then it has answered.
            JobEvent::Refused { n, .. } => {
                if let Some(sent) = last(&mut begun, Step::Instruct(*n)) {
                    sent.went = sent.went.filter(|went| *went == Went::Refused);
                }
            }
            event => {
                let Some((step, went)) = came_of(event) else { continue };
                let Some(done) = last(&mut begun, step) else { continue };
                done.went = Some(went);
                if let JobEvent::Observed { n, .. } = event
                    && let Some(sent) =
                        last(&mut begun, Step::Instruct(*n)).filter(|sent| sent.went == Some(Went::Refused))
                {
                    // It said no, and the work was done all the same.
                    sent.went = Some(Went::Sent);
                }
            }
        }
    }
    let ends: Vec<_> =
        begun.iter().skip(1).map(|next| next.at).chain(events.last().map(|last| last.at)).collect();
    let told = begun.iter().zip(ends).filter(|(begun, _)| begun.step != Step::Tidy);
    told.filter_map(|(Begun { step, at, went }, end)| {
        Some(Done { step: *step, at: clock(*at), seconds: end.since(*at).as_secs_f64(), went: (*went)? })
    })
    .collect()
}

fn last(begun: &mut [Begun], step: Step) -> Option<&mut Begun> {
    begun.iter_mut().rev().find(|begun| begun.step == step)
}

/// The step that an event ends, and how it went.
const fn came_of(event: &JobEvent) -> Option<(Step, Went)> {
    Some(match event {
        JobEvent::SessionOpened { .. } | JobEvent::SessionJoined { .. } => (Step::Session, Went::Done),
        JobEvent::Uploaded { .. } | JobEvent::PartUploaded { .. } => (Step::Upload, Went::Done),
        JobEvent::Intent { n, .. } => (Step::Instruct(*n), Went::Sent),
        JobEvent::Answered { n, end, .. } => {
            let went = match end {
                StreamEnd::Clean | StreamEnd::Error(_) => Went::Done,
                StreamEnd::Broken(_) => Went::Sent,
                StreamEnd::Denied { .. } => Went::Refused,
            };
            (Step::Instruct(*n), went)
        }
        JobEvent::Observed { n, .. } | JobEvent::Asked { n, .. } => (Step::Observe(*n), Went::Done),
        JobEvent::Rendered { .. } => (Step::Export, Went::Done),
        JobEvent::Fetched { .. } => (Step::Fetch, Went::Done),
        JobEvent::Delivered { .. } => (Step::Deliver, Went::Done),
        _ => return None,
    })
}

/// What the service said to each message, in order. One that it did not take has no answer.
pub(super) fn said(events: &[Recorded]) -> Vec<Heard> {
    let answer = |(at, recorded): (usize, &Recorded)| match &recorded.event {
        JobEvent::Answered { n, end: StreamEnd::Denied { .. }, .. } if !was_taken(&events[at..], *n) => None,
        JobEvent::Answered { n, end, words, .. } => {
            let cut = match end {
                StreamEnd::Broken(_) => Some(Cut::Broke),
                StreamEnd::Error(error) => Some(Cut::Error(error.clone())),
                _ => None,
            };
            Some(Heard { n: *n, words: words.clone(), cut })
        }
        _ => None,
    };
    events.iter().enumerate().filter_map(answer).collect()
}

/// Whether a message that the service said no to was carried out all the same.
fn was_taken(since: &[Recorded], message: u16) -> bool {
    let fate = since.iter().find_map(|recorded| match &recorded.event {
        JobEvent::Refused { n, .. } if *n == message => Some(false),
        JobEvent::Observed { n, .. } if *n == message => Some(true),
        _ => None,
    });
    fate.unwrap_or(false)
}

/// The messages that were sent, in order, where they are not just those of the job's text as it reads by now.
pub(super) fn sent(job: &Job) -> Vec<String> {
    let was_sent = |at: usize| job.messages.iter().any(|m| usize::from(m.n) == at && Message::may_be_paid(m));
    let all = job.order.messages.iter().enumerate();
    let sent: Vec<_> = all.filter(|(at, _)| was_sent(*at)).map(|(_, message)| message.clone()).collect();
    let asked = order::messages(&Instruction::plain(&job.order.words).steps);
    if sent == asked { Vec::new() } else { sent }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Clip, Code, Failure, Fate, JobId, Key, RelPath, Stamp, Work, admit};

    type Row<'a> = (&'a str, Vec<JobEvent>, Vec<(Step, Went)>);

    fn recorded(events: Vec<JobEvent>) -> Vec<Recorded> {
        let at = |(event, seq): (JobEvent, u32)| Recorded { seq, at: Moment(i64::from(seq) * 1000), event };
        events.into_iter().zip(1..).map(at).collect()
    }

    const fn begin(step: Step) -> JobEvent {
        JobEvent::Started { step }
    }

    fn key() -> Key {
        serde_json::from_str("\"k\"").unwrap()
    }

    fn intent() -> JobEvent {
        JobEvent::Intent { n: 0, again: 0, key: key(), baseline: String::new(), credits: None }
    }

    fn answered(end: StreamEnd, words: &str) -> JobEvent {
        JobEvent::Answered { n: 0, intent: 1, end, words: words.to_owned() }
    }

    fn observed() -> JobEvent {
        JobEvent::Observed { n: 0, intent: 1, reading: String::new(), credits: None }
    }

    fn denied() -> StreamEnd {
        let failure = Failure::new(Code::RateLimited, "", "");
        StreamEnd::Denied { failure, retry_after_ms: None }
    }

    #[test]
    fn a_step_is_told_as_it_went() {
        use Step::{Export, Fetch, Instruct, Observe, Session, Upload};
        let (send, look) = (|| vec![begin(Instruct(0)), intent()], || begin(Observe(0)));
        let refused = || JobEvent::Refused { n: 0, intent: 1 };
        let done = |step| (step, Went::Done);
        let whole = || [send(), vec![answered(StreamEnd::Clean, "ok"), look(), observed()]].concat();
        let table: Vec<Row<'_>> = vec![
            ("as it should", whole(), vec![done(Instruct(0)), done(Observe(0))]),
            (
                "refused, then sent once more",
                [send(), vec![answered(denied(), ""), look(), refused()], whole()].concat(),
                vec![(Instruct(0), Went::Refused), done(Instruct(0)), done(Observe(0))],
            ),
            (
                "refused, and done all the same",
                [send(), vec![answered(denied(), ""), look(), observed()]].concat(),
                vec![(Instruct(0), Went::Sent), done(Observe(0))],
            ),
            (
                "broken, then sent once more",
                [send(), vec![answered(StreamEnd::Broken(String::new()), "ha"), look()], whole()].concat(),
                vec![(Instruct(0), Went::Sent), done(Instruct(0)), done(Observe(0))],
            ),
            (
                "killed while it was out",
                [send(), vec![look(), observed()]].concat(),
                vec![(Instruct(0), Went::Sent), done(Observe(0))],
            ),
            (
                "taken back before it left",
                [send(), vec![refused(), begin(Session)], whole()].concat(),
                vec![done(Instruct(0)), done(Observe(0))],
            ),
            ("not begun at all", vec![begin(Upload), begin(Instruct(0))], vec![]),
            (
                "a film that was gone",
                vec![
                    begin(Export),
                    JobEvent::Rendered { url: None },
                    begin(Fetch),
                    JobEvent::FilmLost,
                    begin(Export),
                    JobEvent::RenderFailed { message: String::new() },
                    begin(Export),
                    JobEvent::Rendered { url: None },
                ],
                vec![done(Export), done(Export)],
            ),
        ];
        for (name, events, want) in table {
            let told = steps(&recorded(events));
            let told: Vec<_> = told.iter().map(|done| (done.step, done.went)).collect();
            assert_eq!(told, want, "{name}");
        }
    }

    #[test]
    fn only_answers_are_told() {
        let broken = StreamEnd::Broken("cut".to_owned());
        let events = vec![answered(denied(), ""), answered(broken, "ha"), answered(StreamEnd::Clean, "half")];
        let heard = said(&recorded(events));
        let heard: Vec<_> = heard.iter().map(|heard| (heard.words.as_str(), heard.cut.is_some())).collect();
        assert_eq!(heard, [("ha", true), ("half", false)]);
    }

    #[test]
    fn what_was_sent_is_told_where_the_text_says_something_else_by_now() {
        let of = |words: &str, messages: &[&str], sent: u16| {
            let stamp = Stamp { dev: 1, ino: 1, size: 1, mtime_ns: 1, ctime_ns: 1 };
            let clip = Clip { root: 1, path: RelPath::from_bytes(b"a.mp4").unwrap(), stamp };
            let first =
                JobEvent::Admitted { clip, order: order::unreadable(None), work: Work::Clip, batch: None };
            let mut job = admit(JobId(1), &first, Moment(0)).unwrap();
            job.order.words = words.to_owned();
            job.order.messages = messages.iter().map(|message| (*message).to_owned()).collect();
            job.messages = (0..sent).map(|n| Message { n, again: 0, fate: Fate::Taken, intent: 1 }).collect();
            super::sent(&job)
        };
        let none: [&str; 0] = [];
        assert_eq!(of("a\n---\nexport\n---\nb", &["a", "b"], 2), none, "the text says it");
        assert_eq!(of("mine", &["the usual", "mine"], 2), ["the usual", "mine"]);
        assert_eq!(of("a\n---\nb changed", &["a", "b", "b changed"], 3), ["a", "b", "b changed"]);
        assert_eq!(of("a", &["a", "red"], 2), ["a", "red"], "an answer");
        assert_eq!(of("a\n---\nb", &["b"], 1), ["b"], "what was new in a text that goes on");
        assert_eq!(of("a", &["a"], 0), none, "its film is made once more, and nothing was sent");
    }
}
