//! The export: free, asked for under an id of ours that is on record first.

use std::time::Duration;

use crate::api::{ApiError, ErrorKind, Output, Render, RenderStatus};
use crate::job::{Code, Failure, JobEvent, Kind, RenderId};
use crate::timeline::Reading;
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::state;
use crate::worker::stop::Stop;

use super::watch::Watch;

/// Ids that may fail before the job fails.
pub(super) const IDS: u8 = 2;

/// Has the film rendered, and ends with the address of it.
pub(crate) async fn run(tools: &Tools, claim: &mut Claim) -> Result<Vec<JobEvent>, Stop> {
    let draft = draft(tools, claim).await?;
    let (mut watch, begun) = begin(tools, claim, &draft).await?;
    let (mut render, named) = (begun.clone(), begun.id);
    let config = tools.config();
    loop {
        match render.status {
            RenderStatus::Completed => {
                watch.done(tools).await;
                return Ok(vec![JobEvent::Rendered { url: render.url }]);
            }
            RenderStatus::Failed => {
                return failed(claim, render.message.as_deref().unwrap_or("no reason given"));
            }
            _ if watch.elapsed() >= config.export.timeout => {
                return never_done(tools, claim, config.export.timeout).await;
            }
            _ => {}
        }
        tools.progress.set(claim.id(), "export", percent(render.progress), 100);
        render = look(tools, claim, &mut watch, named.as_ref()).await?;
    }
}

/// Asks for the export; in doubt the service is asked first whether it was asked before.
async fn begin(tools: &Tools, claim: &mut Claim, draft: &str) -> Result<(Watch, Render), Stop> {
    if let Some(id) = claim.job().render.id.clone() {
        return match tools.service.export_status(&id).await {
            Err(error) if error.is_not_found() => ask(tools, claim, &id, draft).await,
            known => Ok((Watch::found(), known?)),
        };
    }
    let id = RenderId::new(format!("render_{}", uuid::Uuid::new_v4().simple()));
    claim.commit(&tools.ledger, JobEvent::ExportChosen { id: id.clone() }).await?;
    ask(tools, claim, &id, draft).await
}

async fn ask(tools: &Tools, claim: &Claim, id: &RenderId, draft: &str) -> Result<(Watch, Render), Stop> {
    let config = tools.config();
    let output = Output { format: config.export.format.as_str(), quality: &claim.job().order.quality };
    let watch = Watch::asking(tools).await;
    let render = tools.service.export(id, &claim.session()?, draft, output).await?;
    Ok((watch, render))
}

/// The next look at an export, borne with for a while where the service is not to be reached.
async fn look(
    tools: &Tools,
    claim: &mut Claim,
    watch: &mut Watch,
    named: Option<&RenderId>,
) -> Result<Render, Stop> {
    let (config, mut asked) = (tools.config(), Duration::ZERO);
    let mut last: Option<ApiError> = None;
    for _ in 0..config.jobs.max_attempts {
        tools.rest(watch.gap(config.export.poll_interval).max(asked)).await?;
        match status(tools, claim, named).await? {
            Ok(render) => {
                watch.saw(&render);
                return Ok(render);
            }
            // Nobody holds a place, without a note, for a wait that long.
            Err(error)
                if error.failure().kind != Kind::Passing
                    || error.kind == ErrorKind::Held
                    || error.retry_after > Some(config.jobs.still_working) =>
            {
                return Err(error.into());
            }
            Err(error) => {
                asked = error.retry_after.unwrap_or_default();
                last = Some(error);
            }
        }
    }
    Err(last.map_or(Stop::Stale, Stop::from))
}

/// How the export stands. A service that knows it by the id of its own answer alone is asked by that one from then on.
async fn status(
    tools: &Tools,
    claim: &mut Claim,
    named: Option<&RenderId>,
) -> Result<Result<Render, ApiError>, Stop> {
    let Some(id) = claim.job().render.id.clone() else { return Err(Stop::Stale) };
    match (tools.service.export_status(&id).await, named) {
        (Err(error), Some(named)) if error.is_not_found() && *named != id => {
            let render = tools.service.export_status(named).await;
            if render.is_ok() {
                claim.commit(&tools.ledger, JobEvent::ExportChosen { id: named.clone() }).await?;
            }
            Ok(render)
        }
        (answer, _) => Ok(answer),
    }
}

/// It takes too long. It is called off, because a session has one export at a time: the next one would be refused.
async fn never_done(tools: &Tools, claim: &Claim, timeout: Duration) -> Result<Vec<JobEvent>, Stop> {
    if let Some(id) = &claim.job().render.id
        && let Err(error) = tools.service.export_cancel(id).await
    {
        tracing::debug!(job = %claim.id(), %error, "the export is not called off");
    }
    failed(claim, &format!("it did not end within {} s", timeout.as_secs()))
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
    let (JobEvent::Observed { reading, .. }
    | JobEvent::DraftRead { reading }
    | JobEvent::SameAs { reading, .. }) = tools.ledger.event(claim.id(), seq).await?.event
    else {
        return Err(Stop::Stale);
    };
    let reading: Reading =
        serde_json::from_str(&reading).map_err(|e| Stop::local("reading the noted state", &e.into()))?;
    Ok(reading.draft.ok_or(Stop::Stale)?.raw().to_owned())
}
