//! Batches: the clips of one folder one after the other in one session, as long as its draft lets go of what was exported.

use std::collections::BTreeMap;

use super::Tools;
use super::state;
use super::stop::Stop;
use crate::api::same_name;
use crate::inbox::in_order;
use crate::job::{Batch, End, Job, JobId, Moment, Phase, SessionId, Step, due_step};
use crate::timeline::{Draft, Reading};

/// Whether a clip may get its session now: where it is one of a batch, no other of it is in work, and none that comes
/// before it by its name is still to be begun. What waits for something holds nobody.
pub(super) fn may_begin(jobs: &BTreeMap<JobId, Job>, is_running: impl Fn(JobId) -> bool, id: JobId) -> bool {
    let Some((job, batch)) = jobs.get(&id).and_then(|job| Some((job, job.batch.as_ref()?))) else {
        return true;
    };
    if due_step(job) != Step::Session {
        return true;
    }
    let is_mate = |other: &&Job| {
        other.id != id
            && other.clip.root == job.clip.root
            && other.batch.as_ref().is_some_and(|theirs| theirs.folder == batch.folder)
    };
    let waits = |mate: &Job| mate.closing() || mate.unsettled || mate.phase == Phase::Waiting;
    let at_work = |mate: &Job| (is_running(mate.id) && !mate.closing()) || (!waits(mate) && !is_fresh(mate));
    let goes_first = |mate: &Job| {
        is_fresh(job) && is_fresh(mate) && !waits(mate) && in_order(&mate.clip.path, &job.clip.path).is_lt()
    };
    !jobs.values().filter(is_mate).any(|mate| at_work(mate) || goes_first(mate))
}

/// Nothing was begun for it yet.
fn is_fresh(job: &Job) -> bool {
    job.step == Step::Session && job.phase == Phase::Ready && job.attempts == 0
}

/// What a clip's batch means for its session.
#[derive(Debug)]
pub(super) enum Before {
    /// It goes on in the session of that job.
    Join(Box<Job>),
    /// The draft of the batch did not let go of an earlier clip: each that is left has a session of its own.
    Apart,
    /// There is none to take over.
    Nothing,
}

/// The session that a clip of a batch takes over: that of the one that was delivered last, if nobody has used it since.
///
/// # Errors
/// Where the ledger can't be read.
pub(super) async fn before(tools: &Tools, job: &Job) -> Result<Before, Stop> {
    let Some(batch) = job.batch.as_ref().filter(|batch| !batch.apart) else { return Ok(Before::Nothing) };
    let mates = mates(tools, job, batch).await?;
    let all = || mates.iter().filter_map(|mate| mate.batch.as_ref()).chain([batch]);
    if all().any(|theirs| theirs.apart) {
        return Ok(Before::Apart);
    }
    let name = |job: &Job| String::from_utf8_lossy(job.clip.path.name()).into_owned();
    let is_free = |mate: &&Job| {
        mate.end == Some(End::Delivered)
            && mate.same_as.is_none()
            && mate.session.is_some()
            && mate.order.language == job.order.language
            // By its name the draft tells one from the other.
            && !same_name(&name(job), &name(mate))
            && !all().any(|theirs| theirs.after.contains(&mate.id))
    };
    let Some(last) = mates.iter().filter(is_free).max_by_key(|mate| (mate.changed, mate.id)) else {
        return Ok(Before::Nothing);
    };
    if is_used(tools, last.id).await? {
        Ok(Before::Nothing)
    } else {
        Ok(Before::Join(Box::new(last.clone())))
    }
}

/// Whether the session of a film was used since for that film: for new words, or to deliver it once more.
async fn is_used(tools: &Tools, film: JobId) -> Result<bool, Stop> {
    let same = tools.ledger.same_since(film, Moment(0)).await? > 0;
    Ok(same || !tools.ledger.versions(film).await?.is_empty())
}

/// The other jobs of its batch.
async fn mates(tools: &Tools, job: &Job, batch: &Batch) -> Result<Vec<Job>, Stop> {
    let jobs = tools.ledger.batch_of(job.clip.root, batch.folder.clone()).await?;
    let is_mate = |other: &Job| other.id != job.id && other.batch.as_ref().is_some_and(|b| b.is_same(batch));
    Ok(jobs.into_iter().filter(is_mate).collect())
}

/// Whether it works in a session that it took over.
pub(super) fn shares(job: &Job) -> bool {
    job.batch.as_ref().is_some_and(|batch| batch.shared)
}

/// Whether something was asked meanwhile of the film whose session was taken over. New words were recorded before they
/// look whether it was, as this was recorded before it is looked here: one of the two sees the other.
///
/// # Errors
/// Where the ledger can't be read.
pub(super) async fn is_talked_about(tools: &Tools, job: &Job) -> Result<bool, Stop> {
    let last = job.batch.as_ref().filter(|batch| batch.shared).and_then(|batch| batch.after.last().copied());
    match last {
        Some(last) => is_used(tools, last).await,
        None => Ok(false),
    }
}

/// The clip for which the session of that job's film was taken over: what is asked of the film there would be done to
/// that one.
///
/// # Errors
/// Where the ledger can't be read.
pub(super) async fn taken_by(tools: &Tools, root: JobId) -> Result<Option<Job>, Stop> {
    let Some(root) = tools.ledger.job(root).await? else { return Ok(None) };
    let Some(batch) = &root.batch else { return Ok(None) };
    let after = |mate: &Job| mate.batch.as_ref().is_some_and(|theirs| theirs.after.contains(&root.id));
    Ok(mates(tools, &root, batch).await?.into_iter().find(after))
}

/// Whether the draft still holds something else than the clip that went up just now.
///
/// # Errors
/// Where the state can't be read.
pub(super) async fn holds_another(tools: &Tools, session: &SessionId, clip: &str) -> Result<bool, Stop> {
    let reading = state::settled(tools, session, tools.config().api.state_interval).await?;
    Ok(holds_other(&reading, clip))
}

fn holds_other(reading: &Reading, clip: &str) -> bool {
    let tracks = reading.draft.as_ref().map(Draft::tracks).unwrap_or_default();
    let is_own = |name: &Option<String>| name.as_ref().is_some_and(|name| same_name(clip, name));
    tracks.iter().flat_map(|track| &track.segments).any(|segment| !is_own(&segment.name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{holds_other, may_begin};
    use crate::job::{
        Batch, Clip, Code, Failure, Job, JobEvent, JobId, Moment, Order, RelPath, SessionId, Stamp, Step,
        WordsFrom, Work, admit, apply,
    };
    use crate::timeline::{Draft, Reading};

    fn path(name: &str) -> RelPath {
        RelPath::from_bytes(name.as_bytes()).unwrap()
    }

    /// A job of the batch of its clip's folder, after these events.
    fn job(id: i64, name: &str, events: &[JobEvent]) -> Job {
        let stamp = Stamp { dev: 1, ino: 1, size: 1, mtime_ns: 1, ctime_ns: 1 };
        let order = Order {
            words: "x".into(),
            messages: vec!["x".into()],
            language: "bn".into(),
            quality: "high".into(),
            output: None,
            priority: 1,
            again: false,
            cost_ok: false,
            asked: None,
            from: WordsFrom::Default,
        };
        let batch = Some(Box::new(Batch::new(path(name).parent(), 7)));
        let clip = Clip { root: 1, path: path(name), stamp };
        let first = JobEvent::Admitted { clip, order, work: Work::Clip, batch };
        let job = admit(JobId(id), &first, Moment(0)).unwrap();
        events.iter().fold(job, |job, event| apply(&job, event, Moment(0)).unwrap())
    }

    fn joined(of: i64) -> Vec<JobEvent> {
        let session = SessionId::new("s");
        vec![
            JobEvent::Started { step: Step::Session },
            JobEvent::SessionJoined { of: JobId(of), session, task: None, account: None },
        ]
    }

    #[test]
    fn one_after_the_other_by_name_and_what_waits_holds_nobody() {
        let failure = Failure::new(Code::NoCredits, "", "");
        let waits = JobEvent::Waits { failure: failure.clone(), until: None };
        let tried = JobEvent::Tried { failure: failure.clone(), until: Moment(9) };
        let started = JobEvent::Started { step: Step::Session };
        let at_work = joined(9);
        // What the first clip has gone through, whether it runs at this moment, and who may begin.
        let table: &[(&[JobEvent], bool, [bool; 2])] = &[
            (&[], false, [true, false]),
            (std::slice::from_ref(&started), true, [true, false]),
            (&[started.clone(), tried], false, [true, false]),
            (&[started.clone(), waits.clone()], false, [true, true]),
            (&at_work, false, [true, false]),
            (&[&at_work[..], std::slice::from_ref(&waits)].concat(), false, [true, true]),
            // It is looked at once more.
            (&[&at_work[..], &[waits]].concat(), true, [true, false]),
            (&[&at_work[..], &[JobEvent::Unsettled]].concat(), false, [true, true]),
            (&[&at_work[..], &[JobEvent::Failed { failure }]].concat(), true, [true, true]),
        ];
        for (at, (events, runs, want)) in table.iter().enumerate() {
            let jobs = [job(1, "f/clip 2.mp4", events), job(2, "f/clip 10.mp4", &[]), job(3, "g/a.mp4", &[])];
            let jobs: BTreeMap<_, _> = jobs.into_iter().map(|job| (job.id, job)).collect();
            let may = |id| may_begin(&jobs, |id| *runs && id == JobId(1), JobId(id));
            assert_eq!([may(1), may(2)], *want, "row {at}");
            assert!(may(3), "another folder's is none of theirs");
        }
    }

    #[test]
    fn a_session_is_joined_once_and_left_unpaid() {
        let up = JobEvent::Started { step: Step::Upload };
        let after = |events: &[JobEvent]| {
            let job = job(1, "f/a.mp4", &[&joined(9)[..], events].concat());
            let batch = job.batch.unwrap();
            (job.step, job.session.is_some(), batch.after, batch.shared, batch.apart)
        };
        let nine = || vec![JobId(9)];
        assert_eq!(after(&[]), (Step::Upload, true, nine(), true, false));
        assert_eq!(
            after(&[up.clone(), JobEvent::SessionDropped]),
            (Step::Session, false, nine(), false, false)
        );
        assert_eq!(after(&[up.clone(), JobEvent::SessionLeft]), (Step::Session, false, vec![], false, false));
        assert_eq!(after(&[up.clone(), JobEvent::Apart]), (Step::Session, false, nine(), false, true));
        let dropped = job(1, "f/a.mp4", &[&joined(9)[..], &[up, JobEvent::SessionDropped]].concat());
        let again = joined(9);
        let started = apply(&dropped, &again[0], Moment(0)).unwrap();
        assert!(apply(&started, &again[1], Moment(0)).is_err(), "it has used that session up");
        let apart = apply(&started, &JobEvent::Apart, Moment(0)).unwrap();
        assert!(apart.batch.as_ref().unwrap().apart && apart.step == Step::Session);
        let lone = Job { batch: None, ..started };
        for event in [JobEvent::Apart, JobEvent::SessionLeft, again[1].clone()] {
            assert!(apply(&lone, &event, Moment(0)).is_err(), "{}", event.name());
        }
    }

    #[test]
    fn what_a_draft_holds_besides_the_clip() {
        let table = [
            ("null", false),
            ("{}", false),
            (r#"{"t":[]}"#, false),
            (r#"{"t":[{"tt":0,"sg":[]}]}"#, false),
            (r#"{"t":[{"tt":0,"sg":[{"s":0,"d":1,"m":{"title":"b.mp4"}}]}]}"#, false),
            (r#"{"t":[{"tt":0,"sg":[{"s":0,"d":1,"m":{"title":"a.mp4"}}]}]}"#, true),
            (r#"{"t":[{"tt":0,"sg":[{"m":{"title":"a.mp4"}},{"m":{"title":"b.mp4"}}]}]}"#, true),
            // Captions of the one before.
            (r#"{"t":[{"tt":0,"sg":[{"m":{"title":"b.mp4"}}]},{"tt":7,"sg":[{"text":"x"}]}]}"#, true),
            (r#"{"t":[{"tt":0,"sg":[{"s":0,"d":1}]}]}"#, true),
        ];
        for (draft, want) in table {
            let reading = Reading { draft: Draft::from_raw(draft), generated: None };
            assert_eq!(holds_other(&reading, "b.mp4"), want, "{draft}");
        }
        assert!(!holds_other(&Reading::default(), "b.mp4"));
    }
}
