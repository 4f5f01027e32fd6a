//! Fills a ledger with jobs of the past, by the ledger's own calls: `fill-ledger FILE COUNT [MINUTES BETWEEN TWO]`. The newest
//! hundred are the same whatever the count: ten that wait among them, and of each twenty one that failed and one that was
//! given up.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use dakbox::job::{
    Balance, Clip, Code, ContentHash, Failure, Film, Job, JobEvent, Moment, Order, RelPath, RenderId,
    SessionId, Stamp, Step, StreamEnd, WordsFrom, Work,
};
use dakbox::ledger::{Ledger, LedgerError};
use dakbox::worker::clock::wall;

/// As long as drafts are.
const DRAFT: usize = 2_000;

fn main() -> Result<(), Box<dyn Error>> {
    let typed: Vec<String> = std::env::args().skip(1).collect();
    let [file, count, more @ ..] = &typed[..] else { return Err("fill-ledger FILE COUNT [MINUTES]".into()) };
    let (count, apart): (u32, u32) = (count.parse()?, more.first().map_or(Ok(50), |text| text.parse())?);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let ledger = Ledger::open(Path::new(file))?;
        let now = wall();
        for age in (0..count).rev() {
            let at = Moment(now.0 - i64::from(age) * i64::from(apart) * 60_000 - 3_600_000);
            Past { age, at, draft: format!("{{\"draft\":\"{}\"}}", "x".repeat(DRAFT)) }
                .record(&ledger)
                .await?;
        }
        ledger.show_credits(Balance { available: 1000.0, frozen: 0.0, at: None }).await?;
        ledger.settle().await?;
        Ok(())
    })
}

/// A job of the past: the newest is of age 0.
struct Past {
    age: u32,
    at: Moment,
    draft: String,
}

impl Past {
    async fn record(&self, ledger: &Ledger) -> Result<(), LedgerError> {
        let mut events =
            vec![JobEvent::Admitted { clip: self.clip(), order: order(), work: Work::Clip, batch: None }];
        match self.age % 20 {
            7 => events.push(JobEvent::Failed { failure: failure(Code::NotMedia) }),
            11 => events.push(JobEvent::Cancelled),
            _ => events.extend(self.on_its_way()),
        }
        let job = ledger.found(events, self.at).await?;
        if job.end.is_some() {
            let tidied = JobEvent::Tidied { clip_at: Some("failed".to_owned()), left: false };
            ledger
                .append(job.id, vec![JobEvent::Started { step: Step::Tidy }, tidied], self.after(1))
                .await?;
            return Ok(());
        }
        let job = ledger.append(job.id, vec![self.intent(&job)], self.after(20)).await?;
        let intent = job.seq;
        let answered = JobEvent::Answered { n: 0, intent, end: StreamEnd::Clean, words: "Done.".to_owned() };
        let job = ledger.append(job.id, vec![answered], self.after(200)).await?;
        if self.age < 100 && self.age % 10 == 3 {
            let events = vec![
                JobEvent::Started { step: Step::Observe(0) },
                JobEvent::Waits { failure: failure(Code::Question).waiting(), until: None },
            ];
            ledger.append(job.id, events, self.after(230)).await?;
            return Ok(());
        }
        ledger.append(job.id, self.to_its_end(intent), self.after(300)).await?;
        Ok(())
    }

    fn after(&self, seconds: u64) -> Moment {
        self.at.after(Duration::from_secs(seconds))
    }

    fn path(&self) -> RelPath {
        RelPath::from_bytes(format!("news/ক্লিপ {:05}.mp4", self.age).as_bytes()).unwrap_or_default()
    }

    fn stamp(&self) -> Stamp {
        Stamp { dev: 1, ino: u64::from(self.age) + 1, size: 40 << 20, mtime_ns: 0, ctime_ns: 0 }
    }

    fn clip(&self) -> Clip {
        Clip { root: 1, path: self.path(), stamp: self.stamp() }
    }

    fn content(&self) -> ContentHash {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&self.age.to_le_bytes());
        ContentHash::new(bytes)
    }

    fn on_its_way(&self) -> Vec<JobEvent> {
        vec![
            JobEvent::Started { step: Step::Session },
            JobEvent::SessionOpened {
                session: SessionId::new(format!("9007{:012}", self.age)),
                task: None,
                account: None,
            },
            JobEvent::Started { step: Step::Upload },
            JobEvent::Uploaded { content: self.content(), stamp: self.stamp(), applied: true },
            JobEvent::Started { step: Step::Instruct(0) },
        ]
    }

    fn credits(&self, spent: f64) -> Balance {
        Balance { available: f64::from(self.age) * 100.0 + 1000.0 - spent, frozen: 0.0, at: None }
    }

    fn intent(&self, job: &Job) -> JobEvent {
        let key = job.key(0).unwrap_or_else(|| unreachable!("its clip is in the session"));
        JobEvent::Intent {
            n: 0,
            again: 0,
            key,
            baseline: self.draft.clone(),
            credits: Some(self.credits(0.0)),
        }
    }

    fn to_its_end(&self, intent: u32) -> Vec<JobEvent> {
        let film = Film {
            temp: RelPath::from_bytes(b".dakbox-x.part").unwrap_or_default(),
            len: 12 << 20,
            hash: self.content(),
            duration_ms: Some(62_600),
            size: Some((1920, 1080)),
        };
        vec![
            JobEvent::Started { step: Step::Observe(0) },
            JobEvent::Observed {
                n: 0,
                intent,
                reading: self.draft.clone(),
                credits: Some(self.credits(100.0)),
            },
            JobEvent::Started { step: Step::Export },
            JobEvent::ExportChosen { id: RenderId::new(format!("render_{}", self.age)) },
            JobEvent::Rendered { url: None },
            JobEvent::Started { step: Step::Fetch },
            JobEvent::Fetched { film },
            JobEvent::Started { step: Step::Deliver },
            JobEvent::Delivered { path: self.path() },
            JobEvent::Started { step: Step::Tidy },
            JobEvent::Tidied { clip_at: Some("archive".to_owned()), left: false },
        ]
    }
}

fn order() -> Order {
    let words = "add Bangla subtitles, please, and make it short".to_owned();
    Order {
        messages: vec![words.clone()],
        words,
        language: "bn".to_owned(),
        quality: "high".to_owned(),
        output: None,
        priority: 1,
        again: false,
        cost_ok: false,
        asked: None,
        from: WordsFrom::Default,
    }
}

fn failure(code: Code) -> Failure {
    Failure::new(code, "As it was in the past.", "Nothing is to be done.")
}
