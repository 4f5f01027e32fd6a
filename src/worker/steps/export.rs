//! The export: free, asked for under an id of ours that is on record first.

use std::time::Duration;

use crate::api::{ApiError, Output, Render, RenderStatus};
use crate::job::{Code, Failure, JobEvent, RenderId};
use crate::timeline::Reading;
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::state;
use crate::worker::stop::Stop;

/// Ids that may fail before the job fails.
const IDS: u8 = 2;

/// Has the film rendered, and ends with the address of it.
pub(crate) async fn run(tools: &Tools, claim: &mut Claim) -> Result<Vec<JobEvent>, Stop> {
    let draft = draft(tools, claim).await?;
    let mut render = begin(tools, claim, &draft).await?;
    let Some(id) = claim.job().render.id.clone() else { return Err(Stop::Stale) };
    let config = tools.config();
    let deadline = tokio::time::Instant::now() + config.export.timeout;
    loop {
        match render.status {
            RenderStatus::Completed => return Ok(vec![JobEvent::Rendered { url: render.url }]),
            RenderStatus::Failed => {
                return failed(claim, render.message.as_deref().unwrap_or("no reason given"));
            }
            _ if tokio::time::Instant::now() >= deadline => {
                let message = format!("it did not end within {} s", config.export.timeout.as_secs());
                return failed(claim, &message);
            }
            _ => {}
        }
        tools.progress.set(claim.id(), "export", percent(render.progress), 100);
        tools.rest(config.export.poll_interval).await?;
        render = poll(tools, &id, config.export.poll_interval).await?;
    }
}

/// Asks for the export; in doubt the service is asked first whether it was asked before.
async fn begin(tools: &Tools, claim: &mut Claim, draft: &str) -> Result<Render, Stop> {
    if let Some(id) = claim.job().render.id.clone() {
        return match tools.service.export_status(&id).await {
            Err(error) if error.is_not_found() => ask(tools, claim, &id, draft).await,
            known => Ok(known?),
        };
    }
    let id = RenderId::new(format!("render_{}", uuid::Uuid::new_v4().simple()));
    claim.commit(&tools.ledger, JobEvent::ExportChosen { id: id.clone() }).await?;
    ask(tools, claim, &id, draft).await
}

/// One look at an export, borne with for a while where the service is not to be reached.
async fn poll(tools: &Tools, id: &RenderId, interval: Duration) -> Result<Render, Stop> {
    let mut last: Option<ApiError> = None;
    for _ in 0..tools.config().jobs.max_attempts {
        match tools.service.export_status(id).await {
            Ok(render) => return Ok(render),
            Err(error) => last = Some(error),
        }
        tools.rest(interval).await?;
    }
    Err(last.map_or(Stop::Stale, Stop::from))
}

async fn ask(tools: &Tools, claim: &Claim, id: &RenderId, draft: &str) -> Result<Render, Stop> {
    let config = tools.config();
    let output = Output { format: config.export.format.as_str(), quality: &claim.job().order.quality };
    Ok(tools.service.export(id, &claim.session()?, draft, output).await?)
}

fn failed(claim: &Claim, message: &str) -> Result<Vec<JobEvent>, Stop> {
    if claim.job().render.failed + 1 < IDS {
        return Ok(vec![JobEvent::RenderFailed { message: message.to_owned() }]);
    }
    Err(Stop::failed(Failure::new(
        Code::RenderFailed,
        format!("the service could not render the film, twice: {message}"),
        "What was paid for is kept in the project; drop the clip again to try the render anew.",
    )))
}

fn percent(progress: Option<f64>) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a percentage just before"
    )]
    let whole = progress.unwrap_or(0.0).clamp(0.0, 100.0) as u64;
    whole
}

/// The draft to export, as it came: the one observed, or, where no message was sent, the one that is there.
async fn draft(tools: &Tools, claim: &mut Claim) -> Result<String, Stop> {
    if claim.job().draft_seq.is_none() {
        let session = claim.session()?;
        let reading = state::settled(tools, &session, tools.config().api.state_interval).await?;
        if !reading.ready() {
            return Err(Stop::failed(Failure::new(
                Code::NothingChanged,
                "there is nothing in the project's timeline to make a film of",
                "Write in a text beside the clip what is wanted.",
            )));
        }
        let reading =
            serde_json::to_string(&reading).map_err(|e| Stop::local("noting the state", &e.into()))?;
        claim.commit(&tools.ledger, JobEvent::DraftRead { reading }).await?;
    }
    let seq = claim.job().draft_seq.ok_or(Stop::Stale)?;
    let (JobEvent::Observed { reading, .. } | JobEvent::DraftRead { reading }) =
        tools.ledger.event(claim.id(), seq).await?.event
    else {
        return Err(Stop::Stale);
    };
    let reading: Reading =
        serde_json::from_str(&reading).map_err(|e| Stop::local("reading the noted state", &e.into()))?;
    Ok(reading.draft.ok_or(Stop::Stale)?.raw().to_owned())
}
