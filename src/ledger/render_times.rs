//! How the last renders went: only a hint for when to look at the next one, so it costs no fsync and may be lost.

use super::handle::{read_meta, write_meta};
use super::{Ledger, LedgerError};
use crate::job::{Course, RENDERS_KEPT};

const RENDERS: &str = "renders";

impl Ledger {
    /// The last renders, oldest first. What can't be read any more is no render.
    pub async fn past_renders(&self) -> Result<Vec<Course>, LedgerError> {
        Ok(read(self.meta(RENDERS).await?))
    }

    /// Keeps how a render went. Does not wait for the disk.
    pub async fn keep_render(&self, course: Course) -> Result<(), LedgerError> {
        self.lightly(move |db| {
            let mut kept = read(read_meta(db, RENDERS)?);
            kept.push(course);
            kept.drain(..kept.len().saturating_sub(RENDERS_KEPT));
            write_meta(db, RENDERS, serde_json::to_string(&kept).ok().as_deref())
        })
        .await
    }
}

fn read(text: Option<String>) -> Vec<Course> {
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::job::Look;

    #[tokio::test]
    async fn the_last_thirty_are_kept() {
        let top = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&top.path().join("ledger.db")).unwrap();
        assert_eq!(ledger.past_renders().await.unwrap(), []);
        let course = |n| Course {
            looks: vec![Look { at: Duration::from_millis(1), progress: Some(6.5) }],
            done: Duration::from_secs(n),
        };
        for n in 0..40 {
            ledger.keep_render(course(n)).await.unwrap();
        }
        let kept = ledger.past_renders().await.unwrap();
        assert_eq!((kept.len(), &kept[0], &kept[29]), (30, &course(10), &course(39)));
        ledger.set_meta(RENDERS, Some("spoilt".to_owned())).await.unwrap();
        assert_eq!(ledger.past_renders().await.unwrap(), []);
    }
}
