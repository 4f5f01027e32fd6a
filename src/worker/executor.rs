//! The executor: runs one step of one job, and decides nothing about what comes after.

use std::sync::Arc;
use std::time::Instant;

use super::claim::Claim;
use super::stop::{self, Stop};
use super::{Tools, steps};
use crate::job::{Code, JobEvent, Step};

/// Acts on a claim, and hands it back with what happened.
pub(super) async fn act(tools: Arc<Tools>, mut claim: Claim) -> (Claim, Result<Vec<JobEvent>, Stop>) {
    let begun = Instant::now();
    let outcome = match claim.step() {
        Step::Session => steps::session::run(&tools, &claim).await,
        Step::Upload => steps::upload::run(&tools, &mut claim).await,
        Step::Instruct(n) => steps::instruct::run(&tools, &mut claim, n).await,
        Step::Observe(n) => steps::observe::run(&tools, &mut claim, n).await,
        Step::Export => steps::export::run(&tools, &mut claim).await,
        Step::Fetch => steps::fetch::run(&tools, &claim).await,
        Step::Deliver => steps::deliver::run(&tools, &claim).await,
        Step::Tidy => steps::tidy::run(&tools, &mut claim).await,
    };
    tools.vitals.meters.of(claim.step()).times.took(begun.elapsed());
    let outcome = match outcome {
        Err(stop) => Err(linked(&tools, &claim, stop).await),
        outcome => outcome,
    };
    (claim, outcome)
}

/// With the project's link, where a person has to look into it.
async fn linked(tools: &Tools, claim: &Claim, stop: Stop) -> Stop {
    let failure = match stop {
        Stop::Failed { failure, .. } if failure.code == Code::RenderFailed => failure,
        Stop::SessionGone => match stop::session_lost(claim.job()) {
            Some(failure) => failure,
            None => return Stop::SessionGone,
        },
        stop => return stop,
    };
    Stop::failed(failure.with_link(tools.link(claim.job()).await))
}
