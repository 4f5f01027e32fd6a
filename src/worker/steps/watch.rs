//! One render as its looks see it: when the next one is due, and what is kept of it for the renders to come.

use std::time::Duration;

use tokio::time::Instant;

use crate::api::{Render, RenderStatus};
use crate::job::{Course, Look, next_look};
use crate::worker::Tools;

/// The looks at one render.
pub(super) struct Watch {
    /// When it was asked for, where that was in this very run.
    asked: Option<Instant>,
    /// Since when it is looked at.
    since: Instant,
    past: Vec<Course>,
    looks: Vec<Look>,
}

impl Watch {
    /// Begins to watch a render that is asked for now.
    pub(super) async fn asking(tools: &Tools) -> Self {
        let past = tools.ledger.past_renders().await.unwrap_or_default();
        let now = Instant::now();
        Self { asked: Some(now), since: now, past, looks: Vec::new() }
    }

    /// Goes on with one that was asked for nobody knows when: what it tells says nothing.
    pub(super) fn found() -> Self {
        Self { asked: None, since: Instant::now(), past: Vec::new(), looks: Vec::new() }
    }

    /// For how long it has been watched.
    pub(super) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// How long to wait until the next look.
    pub(super) fn gap(&self, interval: Duration) -> Duration {
        next_look(&self.past, &self.looks, self.elapsed(), interval)
    }

    /// What a look saw. Only one in vain tells something.
    pub(super) fn saw(&mut self, render: &Render) {
        if matches!(render.status, RenderStatus::Completed | RenderStatus::Failed) {
            return;
        }
        self.looks.push(Look { at: self.elapsed(), progress: render.progress });
    }

    /// It was found done: keeps how it went.
    pub(super) async fn done(self, tools: &Tools) {
        if self.asked.is_none() {
            return;
        }
        let course = Course { done: self.elapsed(), looks: self.looks };
        if let Err(error) = tools.ledger.keep_render(course).await {
            tracing::debug!(%error, "how the render went is not kept");
        }
    }
}
