//! The machine against a service that counts: whatever happens, no message is accepted twice without a person's word.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use super::*;

fn order(words: &str, messages: usize) -> Order {
    Order {
        words: words.into(),
        messages: (0..messages).map(|n| format!("{words} {n}")).collect(),
        language: "bn".into(),
        quality: "high".into(),
        output: None,
        priority: 1,
        again: false,
        cost_ok: false,
        asked: None,
        from: WordsFrom::Default,
    }
}

fn clip(mtime_ns: i64) -> Clip {
    let stamp = Stamp { dev: 1, ino: 2, size: 3, mtime_ns, ctime_ns: 0 };
    Clip { root: 1, path: RelPath::from_bytes(b"talk.mp4").unwrap(), stamp }
}

/// A job that was just admitted, of so many messages.
pub(super) fn a_job(messages: usize) -> Job {
    let order = order("do it", messages);
    let event = JobEvent::Admitted { clip: clip(0), order, work: Work::Clip, batch: None };
    admit(JobId(1), &event, Moment(0)).unwrap()
}

/// The service: it counts what it accepts and knows nothing of the machine.
#[derive(Default)]
struct Service {
    accepted: BTreeMap<(u8, String, u16), u32>,
    draft: u32,
}

/// What happens around a message that is sent.
#[derive(Clone, Copy, Debug)]
enum Luck {
    Answers,
    AnswersAndChangesNothing,
    RefusesWhole,
    BreaksAfterAccepting,
    BreaksBeforeAccepting,
    DiesBeforeTheFirstByte,
    DiesAfterAccepting,
    StepFails,
    StepWaits,
    /// Another drop was paid for the same clip with the same words.
    IsTheSame,
}

/// What the film is made of.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Clip,
    Project,
    Video,
    Refine,
}

#[derive(Clone, Copy, Debug)]
enum Op {
    Go(Luck),
    /// The process dies and starts again from what was recorded.
    Restart,
    /// Something recorded long ago arrives once more.
    Repeat(usize),
    /// An event that nobody has a reason for.
    Stray(u8, u16),
    /// A person consents, knowing that it may be paid again.
    Consent,
    /// A person gives it up.
    Withdraw,
    /// A failed or cancelled clip is put back, with these words.
    PutBack(u8),
    OtherWords(u8),
    /// Words saved while its job runs.
    MoreWords(u8),
    /// The question that waits is answered, by a text of its own or by the clip's.
    Answer(bool),
    OtherClip(i64),
    TimePasses,
}

struct World {
    log: Vec<JobEvent>,
    job: Job,
    service: Service,
    consents: BTreeMap<u16, u32>,
    now: i64,
    serial: u32,
}

fn text(n: u8) -> TextRef {
    TextRef {
        path: RelPath::from_bytes(b"talk.txt").unwrap(),
        stamp: clip(0).stamp,
        hash: ContentHash::new([n; 32]),
        says: None,
    }
}

/// An order of a text of the clip's own.
fn told(n: u8, steps: usize) -> Order {
    Order { from: WordsFrom::Sidecar(text(n)), ..order(&format!("words {n}"), steps) }
}

fn work(kind: Kind) -> Work {
    let path = |name: &str| RelPath::from_bytes(name.as_bytes()).unwrap();
    let part = |name| Part { path: path(name), stamp: clip(0).stamp, content: None };
    match kind {
        Kind::Clip => Work::Clip,
        Kind::Project => Work::Project(Box::new(Project {
            folder: path("p"),
            parts: vec![part("p/1.mp4"), part("p/2.mp4")],
        })),
        Kind::Video => Work::Video,
        Kind::Refine => Work::Refine(Box::new(Base {
            root: JobId(7),
            over: JobId(7),
            version: 2,
            made: 2,
            film: path("talk.mp4"),
            bytes: 1,
            session: SessionId::new("base"),
            task: None,
            account: None,
            contents: vec![ContentHash::new([9; 32])],
            language: "bn".into(),
        })),
    }
}

impl World {
    fn new(messages: usize) -> Self {
        Self::of(Kind::Clip, messages)
    }

    fn of(kind: Kind, messages: usize) -> Self {
        let event = JobEvent::Admitted {
            clip: clip(0),
            order: order("words", messages),
            work: work(kind),
            batch: None,
        };
        let job = admit(JobId(1), &event, Moment(0)).unwrap();
        let (service, consents) = (Service::default(), BTreeMap::new());
        Self { log: vec![event], job, service, consents, now: 0, serial: 0 }
    }

    fn record(&mut self, event: JobEvent) -> bool {
        let Ok(next) = apply(&self.job, &event, Moment(self.now)) else { return false };
        self.job = next;
        self.log.push(event);
        true
    }

    fn restart(&mut self) {
        let read = |event| serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap();
        let log: Vec<JobEvent> = self.log.iter().map(read).collect();
        let mut job = admit(JobId(1), &log[0], Moment(0)).unwrap();
        for event in &log[1..] {
            job = apply(&job, event, Moment(self.now)).expect("what was recorded once is legal again");
        }
        assert_eq!(Job { changed: self.job.changed, ..job }, self.job, "the row is what its events say");
    }

    fn content(&self) -> ContentHash {
        ContentHash::new([u8::try_from(self.job.clip.stamp.mtime_ns & 0x7f).unwrap(); 32])
    }

    fn go(&mut self, luck: Luck) {
        let Action::Run(step) = next_action(&self.job, Moment(self.now)) else { return };
        assert!(self.record(JobEvent::Started { step }), "what is due can be started: {:?}", self.job);
        let failure = Failure::new(Code::ServiceDown, "down", "wait");
        match luck {
            Luck::StepFails if step.repeat() == Repeat::Safe => {
                self.record(JobEvent::Tried { failure, until: Moment(self.now) });
            }
            Luck::StepWaits if step.repeat() == Repeat::Safe => {
                self.record(JobEvent::Waits { failure, until: Some(Moment(self.now + 5)) });
            }
            _ => self.act(step, luck),
        }
    }

    fn act(&mut self, step: Step, luck: Luck) {
        self.serial += 1;
        let text = self.serial.to_string();
        let event = match step {
            Step::Session => {
                JobEvent::SessionOpened { session: SessionId::new(text), task: None, account: None }
            }
            Step::Upload if self.job.work.project().is_some() => {
                let next = self.job.work.project().and_then(Project::next).map(|(n, _)| n);
                let (content, stamp) = (self.content(), self.job.clip.stamp);
                JobEvent::PartUploaded { n: next.expect("a part is to go up"), content, stamp }
            }
            Step::Upload => {
                JobEvent::Uploaded { content: self.content(), stamp: self.job.clip.stamp, applied: true }
            }
            Step::Instruct(n) => return self.send(n, luck),
            Step::Observe(n) => return self.look(n),
            Step::Export if self.job.draft_seq.is_none() => JobEvent::DraftRead { reading: "{}".into() },
            Step::Export if self.job.render.id.is_none() => {
                JobEvent::ExportChosen { id: RenderId::new(text) }
            }
            Step::Export => JobEvent::Rendered { url: None },
            Step::Fetch => JobEvent::Fetched {
                film: Film {
                    temp: RelPath::from_bytes(b"x").unwrap(),
                    len: 1,
                    hash: ContentHash::new([0; 32]),
                    duration_ms: None,
                    size: None,
                },
            },
            Step::Deliver => JobEvent::Delivered { path: RelPath::from_bytes(b"talk.mp4").unwrap() },
            Step::Tidy => JobEvent::Tidied { clip_at: None, left: false },
        };
        assert!(self.record(event.clone()), "{event:?} follows its start: {:?}", self.job);
    }

    /// As the executor does it: the intent is recorded, and only then the message leaves.
    fn send(&mut self, n: u16, luck: Luck) {
        if n == 0 && matches!(luck, Luck::IsTheSame) {
            let (session, reading) = (SessionId::new("other"), String::new());
            let same = JobEvent::SameAs { job: JobId(9), session, task: None, account: None, reading };
            if self.job.work.base().is_none() && self.record(same) {
                return;
            }
        }
        let key = self.job.key(n).expect("what is sent has a key");
        let baseline = self.service.draft.to_string();
        let credits = Some(Balance { available: 0.1, frozen: 100.0, at: None });
        let intent = JobEvent::Intent { n, again: self.job.again(n), key, baseline, credits };
        if !self.record(intent) {
            return;
        }
        let at = self.job.message(n).unwrap().intent;
        let accepts =
            !matches!(luck, Luck::RefusesWhole | Luck::BreaksBeforeAccepting | Luck::DiesBeforeTheFirstByte);
        if accepts {
            let content = self.job.contents().and_then(|all| all.first().copied());
            let key = (
                content.map_or(0, |content| content.as_bytes()[0]),
                self.job.order.messages[usize::from(n)].clone(),
                n,
            );
            *self.service.accepted.entry(key).or_default() += 1;
            self.service.draft += u32::from(!matches!(luck, Luck::AnswersAndChangesNothing));
        }
        match luck {
            Luck::DiesBeforeTheFirstByte | Luck::DiesAfterAccepting => self.restart(),
            Luck::RefusesWhole if n == 0 => assert!(self.record(JobEvent::Refused { n, intent: at })),
            Luck::RefusesWhole => {
                let failure = Failure::new(Code::NoCredits, "none", "top up");
                let end = StreamEnd::Denied { failure, retry_after_ms: None };
                assert!(self.record(JobEvent::Answered { n, intent: at, end, words: String::new() }));
            }
            Luck::BreaksAfterAccepting | Luck::BreaksBeforeAccepting => {
                let end = StreamEnd::Broken("reset".into());
                assert!(self.record(JobEvent::Answered { n, intent: at, end, words: String::new() }));
            }
            _ => {
                let answered =
                    JobEvent::Answered { n, intent: at, end: StreamEnd::Clean, words: "ok".into() };
                assert!(self.record(answered));
            }
        }
    }

    fn look(&mut self, n: u16) {
        let message = self.job.message(n).expect("what is observed was meant").clone();
        let JobEvent::Intent { baseline, .. } = &self.log[message.intent as usize - 1] else {
            panic!("event {} is no intent", message.intent)
        };
        let changed = *baseline != self.service.draft.to_string();
        let denied = matches!(message.fate, Fate::Ended(StreamEnd::Denied { .. }));
        let event = if denied && !changed {
            JobEvent::Refused { n, intent: message.intent }
        } else if changed {
            JobEvent::Observed {
                n,
                intent: message.intent,
                reading: self.service.draft.to_string(),
                credits: None,
            }
        } else {
            let clean = message.fate == Fate::Ended(StreamEnd::Clean);
            if clean && self.job.asking.is_none() {
                let asked = JobEvent::Asked { n, intent: message.intent, lying: None };
                assert!(self.record(asked), "a clean end may be a question: {:?}", self.job);
            }
            let code = if clean { Code::Question } else { Code::UnknownFate };
            JobEvent::Waits { failure: Failure::new(code, "?", "?"), until: None }
        };
        assert!(self.record(event));
    }

    /// No two answers are alike: each is a step of its own.
    fn answer(&mut self, sidecar: bool) {
        let Step::Observe(n) = self.job.step else { return };
        self.serial += 1;
        let serial = u8::try_from(self.serial % 250).unwrap();
        let (words, text) = (format!("answer {}", self.serial), Some(text(serial)));
        self.record(JobEvent::Replied { n, words, text, sidecar, steps: Vec::new() });
    }

    fn consent(&mut self) {
        let (Step::Observe(n) | Step::Instruct(n)) = self.job.step else { return };
        let again = self.job.again(n) + 1;
        if self.record(JobEvent::Consent { n, again, text: None }) {
            *self.consents.entry(n).or_default() += 1;
        }
    }

    fn stray(&mut self, kind: u8, n: u16) {
        let failure = Failure::new(Code::ServiceDown, "down", "wait");
        let end = StreamEnd::Clean;
        let event = match kind % 17 {
            0 => JobEvent::Started { step: Step::Instruct(n) },
            1 => JobEvent::Started { step: Step::Session },
            2 => JobEvent::SessionDropped,
            3 => JobEvent::GoesOn,
            4 => JobEvent::Cancelled,
            5 => JobEvent::Unsettled,
            6 => JobEvent::Refused { n, intent: u32::from(kind) },
            7 => JobEvent::Answered { n, intent: u32::from(kind), end, words: String::new() },
            8 => JobEvent::Waits { failure, until: None },
            9 => JobEvent::Reopened { clip: clip(0), order: order("words", 2), work: None, content: None },
            10 => JobEvent::Consent { n, again: 0, text: None },
            11 => JobEvent::Asked { n, intent: u32::from(kind), lying: None },
            12 => {
                JobEvent::Replied { n, words: "stray".into(), text: None, sidecar: false, steps: Vec::new() }
            }
            13 => JobEvent::PartUploaded { n, content: self.content(), stamp: self.job.clip.stamp },
            14 => JobEvent::Observed { n, intent: u32::from(kind), reading: String::new(), credits: None },
            15 => JobEvent::TakenOver,
            _ => JobEvent::FilmLost,
        };
        self.record(event);
    }

    fn run(&mut self, op: Op) {
        match op {
            Op::Go(luck) => self.go(luck),
            Op::Restart => self.restart(),
            Op::Repeat(at) => {
                // Whoever repeats a consent gives no new one; a refusal of long ago refuses nothing now.
                let at = at % self.log.len();
                let event = self.log[at].clone();
                // A consent to other words, or for another clip, is none to these: it comes with its text's hash.
                let anew = |event: &JobEvent| {
                    matches!(
                        event,
                        JobEvent::Rebound { .. } | JobEvent::Replaced { .. } | JobEvent::Reopened { .. }
                    )
                };
                if matches!(event, JobEvent::Consent { .. }) && self.log[at..].iter().any(anew) {
                    return;
                }
                let was_consent = matches!(event, JobEvent::Consent { .. });
                assert!(!(self.record(event) && was_consent), "a consent counts once");
            }
            Op::Stray(kind, n) => self.stray(kind, n),
            Op::Consent => self.consent(),
            Op::Withdraw => {
                let failure = Failure::new(Code::Cancelled, "given up", "put it back");
                self.record(JobEvent::Withdrawn { failure });
            }
            Op::PutBack(w) => {
                let words = if w == 0 { self.job.order.words.clone() } else { format!("words {w}") };
                let order = Order { from: WordsFrom::Sidecar(text(w)), ..order(&words, 2) };
                self.record(JobEvent::Reopened {
                    clip: self.job.clip.clone(),
                    order,
                    work: None,
                    content: None,
                });
            }
            Op::OtherWords(w) => {
                let order = order(&format!("words {w}"), self.job.order.messages.len());
                self.record(JobEvent::Rebound { clip: self.job.clip.clone(), order });
            }
            Op::MoreWords(w) => {
                self.record(JobEvent::Refined { order: told(w, 1 + usize::from(w) % 3) });
            }
            Op::Answer(sidecar) => self.answer(sidecar),
            Op::OtherClip(mtime) => {
                self.record(JobEvent::Replaced {
                    clip: clip(mtime),
                    order: self.job.order.clone(),
                    work: None,
                });
            }
            Op::TimePasses => self.now += 10,
        }
    }

    fn check(&self) {
        for ((_, words, n), count) in &self.service.accepted {
            let allowed = 1 + self.consents.get(n).copied().unwrap_or(0);
            assert!(
                *count <= allowed,
                "message {n} of `{words}` was accepted {count} times, {allowed} allowed"
            );
        }
        let mut steps: BTreeMap<_, (u32, u32)> = BTreeMap::new();
        for ((content, words, n), count) in &self.service.accepted {
            let step = steps.entry((content, words)).or_default();
            *step = (step.0 + count, step.1 + self.consents.get(n).copied().unwrap_or(0));
        }
        for ((_, words), (count, consents)) in steps {
            assert!(count <= 1 + consents, "`{words}` was accepted {count} times, wherever it stood");
        }
        if let Step::Instruct(n) = self.job.step
            && !self.job.closing()
        {
            assert!(
                usize::from(n) < self.job.order.messages.len(),
                "there is a message to send: {:?}",
                self.job
            );
        }
        let different: usize = self.service.accepted.keys().filter(|(.., n)| *n == 0).count();
        assert!(different <= 1, "after a message was paid for, the words and the clip are bound");
    }
}

fn luck() -> impl Strategy<Value = Luck> {
    prop_oneof![
        6 => Just(Luck::Answers),
        1 => Just(Luck::AnswersAndChangesNothing),
        2 => Just(Luck::RefusesWhole),
        2 => Just(Luck::BreaksAfterAccepting),
        2 => Just(Luck::BreaksBeforeAccepting),
        2 => Just(Luck::DiesBeforeTheFirstByte),
        2 => Just(Luck::DiesAfterAccepting),
        1 => Just(Luck::StepFails),
        1 => Just(Luck::StepWaits),
        1 => Just(Luck::IsTheSame),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => luck().prop_map(Op::Go),
        1 => Just(Op::Restart),
        2 => any::<usize>().prop_map(Op::Repeat),
        2 => (any::<u8>(), 0_u16..3).prop_map(|(kind, n)| Op::Stray(kind, n)),
        1 => Just(Op::Consent),
        1 => Just(Op::Withdraw),
        1 => (0_u8..4).prop_map(Op::PutBack),
        1 => any::<u8>().prop_map(Op::OtherWords),
        2 => (0_u8..6).prop_map(Op::MoreWords),
        2 => any::<bool>().prop_map(Op::Answer),
        1 => (0_i64..100).prop_map(Op::OtherClip),
        1 => Just(Op::TimePasses),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![3 => Just(Kind::Clip), 1 => Just(Kind::Project), 1 => Just(Kind::Video), 1 => Just(Kind::Refine)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_message_is_paid_twice_without_a_word(
        kind in kind(),
        messages in 1_usize..4,
        ops in prop::collection::vec(op(), 1..120),
    ) {
        let mut world = World::of(kind, messages);
        for op in ops {
            world.run(op);
            world.check();
        }
        world.restart();
    }
}

#[test]
fn a_quiet_day_ends_with_each_message_accepted_once() {
    let mut world = World::new(3);
    for _ in 0..60 {
        world.go(Luck::Answers);
        world.now += 10;
    }
    assert_eq!(world.job.end, Some(End::Delivered));
    assert!(world.job.is_ended() && !world.job.incomplete);
    assert_eq!(world.service.accepted.values().copied().collect::<Vec<_>>(), [1, 1, 1]);
}

/// The property is of use only where what it throws happens.
#[test]
fn the_world_reaches_each_event() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let days = (kind(), 1_usize..4, prop::collection::vec(op(), 60..120));
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..600 {
        let (kind, messages, ops) = days.new_tree(&mut runner).unwrap().current();
        let mut world = World::of(kind, messages);
        for op in ops {
            world.run(op);
        }
        seen.extend(world.log.iter().map(JobEvent::name));
    }
    for name in
        ["refined", "asked", "replied", "same_as", "part_uploaded", "reopened", "consent", "delivered"]
    {
        assert!(seen.contains(name), "{name} never happened: {seen:?}");
    }
}

#[test]
fn a_stream_that_broke_after_its_work_goes_on_and_is_marked() {
    let mut world = World::new(1);
    world.go(Luck::Answers);
    world.go(Luck::Answers);
    world.go(Luck::DiesAfterAccepting);
    assert_eq!(next_action(&world.job, Moment(world.now)), Action::Run(Step::Observe(0)));
    world.go(Luck::Answers);
    assert_eq!(world.job.step, Step::Export);
    assert!(world.job.incomplete);
}

#[test]
fn a_refused_message_is_sent_again_and_an_old_refusal_is_not_believed() {
    let mut world = World::new(1);
    world.go(Luck::Answers);
    world.go(Luck::Answers);
    world.go(Luck::RefusesWhole);
    let old = world.log.last().unwrap().clone();
    world.go(Luck::DiesAfterAccepting);
    assert!(!world.record(old), "the refusal was of another intent");
    assert_eq!(due_step(&world.job), Step::Observe(0));
}

#[test]
fn before_a_message_the_clip_may_go_and_after_it_not() {
    let mut world = World::new(1);
    world.go(Luck::Answers);
    let mut early = World::new(1);
    assert!(early.record(JobEvent::Cancelled));
    world.go(Luck::Answers);
    world.go(Luck::DiesAfterAccepting);
    for late in [
        JobEvent::Cancelled,
        JobEvent::SessionDropped,
        JobEvent::Unsettled,
        JobEvent::Rebound { clip: clip(9), order: order("others", 1) },
        JobEvent::Replaced { clip: clip(9), order: order("others", 1), work: None },
    ] {
        assert!(!world.record(late.clone()), "{late:?}");
    }
}

#[test]
fn another_language_before_the_message_opens_another_session() {
    let mut world = World::new(1);
    world.go(Luck::Answers);
    world.go(Luck::Answers);
    assert_eq!(world.job.step, Step::Instruct(0));
    let mut other = order("words", 1);
    assert!(world.record(JobEvent::Rebound { clip: clip(0), order: other.clone() }));
    assert_eq!(world.job.step, Step::Instruct(0), "the same language keeps the session");
    other.language = "en".into();
    assert!(world.record(JobEvent::Rebound { clip: clip(0), order: other }));
    assert_eq!((world.job.step, &world.job.session), (Step::Session, &None));
}

#[test]
fn an_event_keeps_its_meaning_through_json() {
    let mut world = World::new(2);
    for luck in [Luck::Answers, Luck::Answers, Luck::RefusesWhole, Luck::BreaksAfterAccepting, Luck::Answers]
    {
        world.go(luck);
    }
    for event in &world.log {
        let json = serde_json::to_string(event).unwrap();
        assert!(json.contains(&format!("\"{}\"", event.name())), "{json}");
        assert_eq!(&serde_json::from_str::<JobEvent>(&json).unwrap(), event);
    }
    let row = serde_json::to_string(&world.job).unwrap();
    assert_eq!(serde_json::from_str::<Job>(&row).unwrap(), world.job);
}

#[test]
fn other_words_before_the_message_lead_to_where_they_are_sent() {
    let mut world = World::new(1);
    world.go(Luck::Answers);
    world.go(Luck::Answers);
    let only_an_action = Order { messages: vec![], ..order("export", 0) };
    assert!(world.record(JobEvent::Rebound { clip: clip(0), order: only_an_action }));
    assert_eq!(next_action(&world.job, Moment(0)), Action::Run(Step::Export));
    world.go(Luck::Answers);
    world.go(Luck::Answers);
    world.go(Luck::Answers);
    assert_eq!(world.job.step, Step::Fetch);
    assert!(world.record(JobEvent::Rebound { clip: clip(0), order: order("add music", 1) }));
    assert_eq!(next_action(&world.job, Moment(0)), Action::Run(Step::Instruct(0)));
    assert_eq!(
        (world.job.draft_seq, &world.job.render.id),
        (None, &None),
        "nothing of the old export is left"
    );
}

/// What was paid stays; of the rest only what stands in the new text is sent. A consent in it is still to be heard.
#[test]
fn other_words_put_back_after_a_payment() {
    let told = |n: u8, again: bool, steps: &[&str]| {
        let text = TextRef {
            path: RelPath::from_bytes(b"talk.txt").unwrap(),
            stamp: clip(0).stamp,
            hash: ContentHash::new([n; 32]),
            says: None,
        };
        let messages = steps.iter().map(|step| (*step).to_owned()).collect();
        let from = WordsFrom::Sidecar(text);
        Order { words: steps.join("---"), messages, again, from, ..order("", 0) }
    };
    let back = |world: &World, order: Order| {
        let failure = Failure::new(Code::Cancelled, "given up", "put it back");
        let mut job = world.job.clone();
        for event in [
            JobEvent::Withdrawn { failure },
            JobEvent::Started { step: Step::Tidy },
            JobEvent::Tidied { clip_at: None, left: false },
            JobEvent::Reopened { clip: clip(0), order, work: None, content: None },
        ] {
            job = apply(&job, &event, Moment(0)).unwrap();
        }
        job
    };
    let mut world = World::new(1);
    world.job.order = told(1, false, &["captions", "loud music"]);
    world.log[0] =
        JobEvent::Admitted { clip: clip(0), order: world.job.order.clone(), work: Work::Clip, batch: None };
    for luck in [Luck::Answers, Luck::Answers, Luck::Answers, Luck::Answers] {
        world.go(luck);
    }
    assert_eq!(world.job.step, Step::Instruct(1));
    let job = back(&world, told(2, false, &["captions", "soft music"]));
    assert_eq!(
        (job.order.messages.clone(), job.step),
        (vec!["captions".into(), "soft music".into()], Step::Instruct(1))
    );

    world.go(Luck::BreaksAfterAccepting);
    let job = back(&world, told(3, true, &["captions", "loud music"]));
    assert_eq!(
        (&job.order.from, job.step),
        (&world.job.order.from, Step::Instruct(1)),
        "the consent is not used up"
    );
    assert!(!JobEvent::Started { step: Step::Upload }.may_be_lost());
}

/// An editor that saves while it is written in: of what was never sent, only what stands there in the end is sent.
#[test]
fn a_step_that_was_taken_back_before_it_was_sent_is_not_sent() {
    let steps = |n: u8, steps: &[&str]| {
        let messages = steps.iter().map(|step| (*step).to_owned()).collect();
        Order { words: steps.join("---"), messages, ..told(n, 0) }
    };
    let mut world = World::new(1);
    world.job.order = steps(1, &["captions", "bound"]);
    world.log[0] =
        JobEvent::Admitted { clip: clip(0), order: world.job.order.clone(), work: Work::Clip, batch: None };
    for luck in [Luck::Answers, Luck::Answers, Luck::Answers] {
        world.go(luck);
    }
    for (n, last) in [(2, "add mu"), (3, "add music"), (4, "add music at 30%")] {
        assert!(world.record(JobEvent::Refined { order: steps(n, &["captions", last]) }));
    }
    assert_eq!(world.job.order.messages, ["captions", "bound", "add music at 30%"]);
    for _ in 0..3 {
        world.go(Luck::Answers);
    }
    assert_eq!(world.job.step, Step::Instruct(2));
    // The last one is taken back while nothing of it was sent.
    assert!(world.record(JobEvent::Refined { order: steps(5, &["captions", "bound"]) }));
    assert_eq!((world.job.step, world.job.order.messages.len()), (Step::Export, 2));
    world.restart();
}

/// What a sidecar says anew as an answer is said: saved once more with a step behind it, only that step is new.
#[test]
fn an_answer_of_the_clips_own_text_is_not_sent_again_as_a_step() {
    let mut world = World::new(1);
    for luck in [Luck::Answers, Luck::Answers, Luck::AnswersAndChangesNothing, Luck::Answers] {
        world.go(luck);
    }
    let words = "words 0\nthe second one";
    let own = text(1);
    let (text, steps, said) = (Some(own.clone()), vec![words.into()], "the second one".to_owned());
    assert!(world.record(JobEvent::Replied { n: 0, words: said, text, sidecar: true, steps }));
    // Renamed with its clip: only the file is another one.
    let moved = TextRef { path: RelPath::from_bytes(b"speech.txt").unwrap(), ..own };
    let (bound, from) = (world.job.order.clone(), WordsFrom::Sidecar(moved));
    let order = Order { words: words.into(), messages: vec![words.into()], from: from.clone(), ..told(1, 0) };
    assert!(world.record(JobEvent::Refined { order }));
    assert_eq!(world.job.order, Order { from, ..bound });
    let messages = vec![words.into(), "add music".into()];
    let more = Order { words: format!("{words}\n---\nadd music"), messages, ..told(2, 0) };
    assert!(world.record(JobEvent::Refined { order: more }));
    assert_eq!(world.job.order.messages, ["words 0", "the second one", "add music"]);
}
