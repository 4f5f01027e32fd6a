//! The worker's decisions as tables: what arrives, what fails, who is next.

use std::collections::BTreeMap;
use std::time::Duration;

use super::admission::{Admission, judge};
use super::changes::arrived_at;
use super::queue::{self, Limits, Load};
use super::stop::{Patience, Stop, cut_off, events};
use super::telling;
use crate::config::Language;
use crate::job::Work;
use crate::job::{
    AccountId, Clip, Code, Failure, Job, JobEvent, JobId, Kind, Moment, Order, Phase, RelPath, SessionId,
    Stamp, Step, StreamEnd, TextRef, WordsFrom, admit, apply,
};
use crate::ledger::Recorded;
use crate::words;

fn path(name: &str) -> RelPath {
    RelPath::from_bytes(name.as_bytes()).unwrap()
}

fn stamp(ino: u64) -> Stamp {
    Stamp { dev: 1, ino, size: 10, mtime_ns: 100, ctime_ns: 100 }
}

fn longer(ino: u64) -> Stamp {
    Stamp { size: 11, ..stamp(ino) }
}

fn own_text(hash: u8) -> WordsFrom {
    let hash = crate::job::ContentHash::new([hash; 32]);
    WordsFrom::Sidecar(TextRef { path: path("a.txt"), stamp: stamp(9), hash, says: None })
}

fn asks(words: &str, from: WordsFrom) -> Order {
    Order {
        words: words.into(),
        messages: vec![words.into()],
        language: "bn".into(),
        quality: "high".into(),
        output: None,
        priority: 1,
        again: false,
        cost_ok: false,
        asked: None,
        from,
    }
}

fn after(id: i64, more: &[JobEvent]) -> Job {
    let clip = Clip { root: 1, path: path("a.mp4"), stamp: stamp(1) };
    let first = JobEvent::Admitted { clip, order: asks("x", own_text(1)), work: Work::Clip, batch: None };
    let job = admit(JobId(id), &first, Moment(0)).unwrap();
    more.iter().fold(job, |job, event| apply(&job, event, Moment(0)).unwrap_or_else(|e| panic!("{e}")))
}

fn in_session() -> Vec<JobEvent> {
    vec![
        JobEvent::Started { step: Step::Session },
        JobEvent::SessionOpened { session: SessionId::new("1"), task: None, account: None },
    ]
}

fn paid() -> Vec<JobEvent> {
    let content = crate::job::ContentHash::new([3; 32]);
    let up_to = [
        in_session(),
        vec![
            JobEvent::Started { step: Step::Upload },
            JobEvent::Uploaded { content, stamp: stamp(1), applied: true },
            JobEvent::Started { step: Step::Instruct(0) },
        ],
    ]
    .concat();
    let key = after(1, &up_to).key(0).unwrap();
    let intent = JobEvent::Intent { n: 0, again: 0, key, baseline: "{}".into(), credits: None };
    [up_to, vec![intent]].concat()
}

fn ended(end: JobEvent, left: bool) -> Vec<JobEvent> {
    vec![end, JobEvent::Started { step: Step::Tidy }, JobEvent::Tidied { clip_at: None, left }]
}

/// It goes on only where it was put back: else a restart would pay for what a person gave up.
#[test]
fn what_a_person_gave_up_goes_on_when_it_is_put_back() {
    let given_up = || JobEvent::Withdrawn { failure: Failure::new(Code::Cancelled, "no", "no") };
    let same = Some(asks("x", own_text(1)));
    for (happened, reopens) in [
        (ended(given_up(), false), true),
        // It could not be put away, or was not yet.
        (ended(given_up(), true), false),
        (vec![given_up()], false),
    ] {
        let job = after(1, &happened);
        let judged = judge(&path("a.mp4"), &stamp(1), same.as_ref(), Some(job.clone()), Some(job));
        assert_eq!(matches!(judged, Admission::Reopens(_)), reopens, "{judged:?}");
        assert!(reopens || judged == Admission::Finished, "{judged:?}");
    }
}

/// After a mount a file has another number, and a slow start looks at it before it is put away.
#[test]
fn a_clip_that_is_about_to_be_put_away_is_no_new_one() {
    let failed = JobEvent::Failed { failure: Failure::new(Code::NotMedia, "no", "no") };
    let (same, job) = (Some(asks("x", own_text(1))), after(1, &[failed]));
    let judged = |stamp| judge(&path("a.mp4"), &stamp, same.as_ref(), Some(job.clone()), None);
    assert_eq!(judged(stamp(2)), Admission::Finished);
    assert_eq!(judged(longer(2)), Admission::New);
}

/// A story, what had happened to the job, the name and the file that arrive, what they ask, and what that is.
type Row<'a> = (&'a str, Vec<JobEvent>, &'a str, Stamp, &'a Option<Order>, fn(&Job) -> Admission);

#[test]
fn what_an_arrival_is() {
    let failed = || JobEvent::Failed { failure: Failure::new(Code::NotMedia, "no", "no") };
    let same = Some(asks("x", own_text(1)));
    let other = Some(asks("y", own_text(2)));
    let default = Some(asks("default", WordsFrom::Default));
    let known = |job: &Job| Admission::Known(Box::new(job.clone()));
    let table: Vec<Row<'_>> = vec![
        ("under way", vec![], "a.mp4", stamp(1), &same, |job| Admission::Known(Box::new(job.clone()))),
        ("renamed while under way", paid(), "b.mp4", stamp(1), &same, |job| {
            Admission::Known(Box::new(job.clone()))
        }),
        ("other bytes before the message", in_session(), "a.mp4", stamp(2), &same, |job| {
            Admission::Known(Box::new(job.clone()))
        }),
        ("other bytes after it are another job", paid(), "a.mp4", longer(2), &same, |_| Admission::New),
        ("a share that gave it another number", paid(), "a.mp4", stamp(2), &same, known),
        ("overwritten in place after it", paid(), "a.mp4", Stamp { mtime_ns: 7, ..stamp(1) }, &same, |_| {
            Admission::New
        }),
        (
            "another clip that got the old one's inode",
            paid(),
            "b.mp4",
            Stamp { size: 7, ..stamp(1) },
            &same,
            |_| Admission::New,
        ),
        ("cancelled, dropped again", ended(JobEvent::Cancelled, false), "a.mp4", stamp(1), &same, |job| {
            Admission::Reopens(Box::new(job.clone()))
        }),
        ("failed and left where it was", ended(failed(), true), "a.mp4", stamp(1), &same, |_| {
            Admission::Finished
        }),
        ("the same, a default changed", ended(failed(), true), "a.mp4", stamp(1), &default, |_| {
            Admission::Finished
        }),
        ("the same, other words of its own", ended(failed(), true), "a.mp4", stamp(1), &other, |_| {
            Admission::New
        }),
        ("failed, put away, put back", ended(failed(), false), "a.mp4", stamp(1), &same, |job| {
            Admission::Reopens(Box::new(job.clone()))
        }),
        (
            "failed long ago, another clip of that name",
            ended(failed(), false),
            "a.mp4",
            stamp(5),
            &same,
            |_| Admission::New,
        ),
    ];
    for (story, events, name, clip, order, expected) in table {
        let job = after(1, &events);
        let at = (name == "a.mp4").then(|| job.clone());
        let of = (clip.ino == 1).then(|| job.clone());
        assert_eq!(judge(&path(name), &clip, order.as_ref(), at, of), expected(&job), "{story}");
    }
    let fresh = after(1, &[]);
    assert_eq!(judge(&path("a.mp4"), &stamp(1), None, Some(fresh.clone()), None), known(&fresh));
    assert_eq!(judge(&path("a.mp4"), &stamp(1), None, None, None), Admission::New);
}

#[test]
fn what_arrived_is_looked_at_where_it_lies() {
    let copy = Clip { root: 1, path: path("copy.mp4"), stamp: stamp(2) };
    let order = asks("x", own_text(1));
    let reopened = JobEvent::Reopened { clip: copy, order, work: None, content: None };
    let renamed = JobEvent::Renamed { path: path("b.mp4"), stamp: stamp(1) };
    assert_eq!(arrived_at(&[reopened, JobEvent::Cancelled]), Some(&path("copy.mp4")));
    assert_eq!(arrived_at(&[renamed]), Some(&path("b.mp4")));
    assert_eq!(arrived_at(&[JobEvent::Cancelled]), None);
}

#[test]
fn what_is_recorded_of_a_step_that_stopped() {
    let patience = Patience {
        max_attempts: 3,
        recheck: Duration::from_mins(5),
        tell: Duration::from_mins(2),
        chance: 1.0,
    };
    let now = Moment(1_000_000);
    let told = |job: &Job, stop: &Stop| events(job, stop, now, patience);
    let down = Failure::new(Code::ServiceDown, "down", "wait");
    let job = after(1, &[JobEvent::Started { step: Step::Session }]);

    let tried = told(&job, &Stop::failed(down.clone()));
    let [JobEvent::Tried { until, .. }] = &tried[..] else { panic!("{tried:?}") };
    assert_eq!(*until, now.after(Duration::from_secs(1)), "the first wait is below a second");
    let asked = Stop::Failed { failure: down.clone(), retry_after: Some(Duration::from_mins(1)) };
    let [JobEvent::Tried { until, .. }] = &told(&job, &asked)[..] else { panic!() };
    assert_eq!(*until, now.after(Duration::from_secs(61)), "never before the service wants it");

    let again = JobEvent::Tried { failure: down.clone(), until: now };
    let worn = after(1, &[JobEvent::Started { step: Step::Session }, again.clone(), again]);
    let waits = told(&worn, &Stop::failed(down.clone()));
    let [JobEvent::Waits { failure, until }] = &waits[..] else { panic!("{waits:?}") };
    assert_eq!((failure.code, failure.kind), (Code::ServiceDown, Kind::NeedsPerson));
    assert_eq!(*until, Some(now.after(patience.recheck)), "and it is looked at again");

    let only_a_person = told(&job, &Stop::failed(Failure::new(Code::SameAgain, "same", "?")));
    assert!(matches!(&only_a_person[..], [JobEvent::Waits { until: None, .. }]), "{only_a_person:?}");
    let permanent = told(&job, &Stop::failed(Failure::new(Code::Unsupported, "no", "?")));
    assert!(matches!(&permanent[..], [JobEvent::Failed { .. }]), "{permanent:?}");
    let held = |wait| told(&job, &Stop::Held { wait, failure: down.clone() });
    let long = held(Duration::from_mins(3));
    let [JobEvent::Waits { until, .. }] = &long[..] else { panic!("a long hold is told: {long:?}") };
    assert_eq!(*until, Some(now.after(Duration::from_mins(3))));
    assert!(held(Duration::from_mins(1)).is_empty(), "a short one is not worth a note");
    assert!(told(&job, &Stop::Halted).is_empty() && told(&job, &Stop::Stale).is_empty());

    let died = |events: &[JobEvent]| cut_off(&after(1, events), now, patience);
    let [JobEvent::Tried { until, .. }] = &died(&in_session())[..] else { panic!() };
    assert_eq!(*until, now, "a death is made good at once");
    let again = [vec![JobEvent::SessionDropped], in_session()].concat();
    let often = [in_session(), again.clone(), again].concat();
    let [JobEvent::Waits { until: Some(_), .. }] = &died(&often)[..] else { panic!("but not for ever") };

    let gone = |events: &[JobEvent]| told(&after(1, events), &Stop::SessionGone);
    assert_eq!(gone(&in_session()), [JobEvent::SessionDropped], "nothing was paid in it");
    let [JobEvent::Waits { failure, until }] = &gone(&paid())[..] else { panic!() };
    assert_eq!((failure.code, *until), (Code::SessionLost, None), "paid work is never repeated silently");
    let anew = [vec![JobEvent::SessionDropped], in_session()].concat();
    let often = [in_session(), anew.clone(), anew].concat();
    let stormy = gone(&often);
    let [JobEvent::SessionDropped, JobEvent::Waits { until: Some(_), .. }] = &stormy[..] else {
        panic!("no storm of sessions and uploads, and none stuck in a dead one: {stormy:?}")
    };
}

#[test]
fn who_is_next() {
    let fresh = |id, priority| {
        let mut job = after(id, &[]);
        job.order.priority = priority;
        job
    };
    let under_way = after(4, &in_session());
    let mut sleeps = after(5, &[]);
    sleeps.not_before = Some(Moment(50));
    let jobs: BTreeMap<JobId, Job> =
        [fresh(1, 1), fresh(2, 0), fresh(3, 2), under_way, sleeps].into_iter().map(|j| (j.id, j)).collect();
    let ids =
        |now| queue::due(&jobs, |id| id == JobId(3), Moment(now)).into_iter().map(|(id, _)| id.0).collect();
    let (early, late): (Vec<i64>, Vec<i64>) = (ids(0), ids(60));
    assert_eq!(early, [4, 2, 1], "first what is under way, then what is urgent, then what is old");
    assert_eq!(late, [4, 2, 1, 5]);
    assert_eq!(queue::next_wake(&jobs, |_| false, Moment(0)), Some(Moment(50)));
    assert_eq!(queue::next_wake(&jobs, |id| id == JobId(5), Moment(0)), None);
}

#[test]
fn how_many_at_once() {
    let limits = Limits { jobs: 3, uploads: 1, paused: false };
    let busy = Load::default().with(Step::Upload).with(Step::Export);
    assert!(busy.admits(Step::Instruct(0), limits) && !busy.admits(Step::Upload, limits));
    assert!(!busy.admits(Step::Instruct(0), Limits { paused: true, ..limits }), "the brake holds messages");
    assert!(busy.admits(Step::Observe(0), Limits { paused: true, ..limits }), "and nothing else");
    assert!(!busy.with(Step::Fetch).admits(Step::Fetch, limits));
}

#[test]
fn a_report_tells_what_the_events_say() {
    let events: Vec<Recorded> = paid()
        .into_iter()
        .chain([JobEvent::Answered { n: 0, intent: 6, end: StreamEnd::Clean, words: "done, boss".into() }])
        .zip(1..)
        .map(|(event, n)| Recorded { seq: n, at: Moment(i64::from(n) * 1000), event })
        .collect();
    let mut job = after(1, &paid());
    job.incomplete = true;
    let link = Some("https://nemovideo.com/workspace/claim?ct=x");
    let report = telling::report(
        &job,
        &events,
        &telling::Around { project: link, ..telling::Around::default() },
        |report| words::report(report, Language::English),
    );
    assert!(report.starts_with("Something may be missing"), "{report}");
    for wanted in ["done, boss", "claim?ct=x", "> x\n"] {
        assert!(report.contains(wanted), "{wanted} in {report}");
    }
    job.account = Some(AccountId::new("anon_1"));
    let report = |now: &str| {
        let account = AccountId::new(now);
        let around = telling::Around {
            others: 0,
            project: link,
            account: Some(&account),
            ..telling::Around::default()
        };
        telling::report(&job, &events, &around, |report| words::report(report, Language::English))
    };
    assert!(report("anon_2").contains("anon_2") && !report("anon_1").contains("anon_1"));
}

#[test]
fn a_cancelled_clip_that_is_put_back_before_it_was_tidied_goes_on() {
    let job = after(1, &[JobEvent::Cancelled]);
    let same = Some(asks("x", own_text(1)));
    let judged = judge(&path("a.mp4"), &stamp(1), same.as_ref(), Some(job.clone()), Some(job.clone()));
    assert!(matches!(judged, Admission::Reopens(_)), "{judged:?}");
    let event =
        JobEvent::Reopened { clip: job.clip.clone(), order: job.order.clone(), work: None, content: None };
    assert_eq!(apply(&job, &event, Moment(0)).unwrap().step, Step::Session);
}

#[test]
fn a_job_that_failed_at_its_second_message_goes_on_with_it() {
    let two = |from| Order { messages: vec!["x".into(), "y".into()], ..asks("x", from) };
    let clip = Clip { root: 1, path: path("a.mp4"), stamp: stamp(1) };
    let first =
        JobEvent::Admitted { clip: clip.clone(), order: two(own_text(1)), work: Work::Clip, batch: None };
    let mut job = admit(JobId(1), &first, Moment(0)).unwrap();
    for event in paid() {
        job = apply(&job, &event, Moment(0)).unwrap();
    }
    let intent = job.message(0).unwrap().intent;
    let touched = WordsFrom::Sidecar(TextRef {
        path: path("a.txt"),
        stamp: Stamp { ctime_ns: 777, ..stamp(9) },
        hash: crate::job::ContentHash::new([1; 32]),
        says: None,
    });
    for event in [
        JobEvent::Answered { n: 0, intent, end: StreamEnd::Clean, words: String::new() },
        JobEvent::Started { step: Step::Observe(0) },
        JobEvent::Observed { n: 0, intent, reading: "{}".into(), credits: None },
        JobEvent::Failed { failure: Failure::new(Code::TooLarge, "no", "no") },
        JobEvent::Started { step: Step::Tidy },
        JobEvent::Tidied { clip_at: None, left: false },
    ] {
        job = apply(&job, &event, Moment(0)).unwrap_or_else(|e| panic!("{e}"));
    }
    // With a further step, the one that was never sent is sent before it.
    let steps = vec!["x".into(), "y".into(), "z".into()];
    let more = Order { messages: steps.clone(), ..asks("x\ny\nz", own_text(2)) };
    let more = JobEvent::Reopened { clip: clip.clone(), order: more, work: None, content: None };
    let more = apply(&job, &more, Moment(0)).unwrap();
    assert_eq!((more.step, more.order.messages), (Step::Instruct(1), steps));
    let same =
        JobEvent::Reopened { clip: clip.clone(), order: two(touched.clone()), work: None, content: None };
    job = apply(&job, &same, Moment(0)).unwrap();
    assert_eq!((job.step, &job.order.from), (Step::Instruct(1), &touched));
    let other_words =
        JobEvent::Reopened { clip, order: asks("other words", touched), work: None, content: None };
    assert!(apply(&job, &other_words, Moment(0)).is_err(), "nothing is silently dropped");
}

/// What was left in the inbox is read once more at every start: under other settings, and with its consent still in it.
#[test]
fn a_text_that_was_done_is_done_under_other_settings_too() {
    let end = Some(crate::job::End::Delivered);
    let job = Job { left: true, end, phase: Phase::Ended, ..after(1, &paid()) };
    let other_language = |from| Order { language: "hi".into(), ..asks("x", from) };
    let again = |from| Order { again: true, ..asks("x", from) };
    let rows = [
        ("the same text under another language", other_language(own_text(1)), true),
        ("another text in another language", other_language(own_text(2)), false),
        ("the same text with its consent", again(own_text(1)), true),
        ("the same words with a new consent", again(own_text(2)), false),
        ("the same words without one", asks("x", own_text(2)), true),
    ];
    for (story, order, finished) in rows {
        let judged = judge(&path("a.mp4"), &stamp(1), Some(&order), Some(job.clone()), Some(job.clone()));
        assert_eq!(judged == Admission::Finished, finished, "{story}: {judged:?}");
    }
}
