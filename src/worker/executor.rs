//! The executor: runs one step of one job, and decides nothing about what comes after.

use std::sync::Arc;
use std::time::Instant;

use super::claim::Claim;
use super::stop::Stop;
use super::{Tools, steps};
use crate::job::{JobEvent, Step};

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
    (claim, outcome)
}
