//! The answer to a text that asks for nothing but credits or what is going on.

use crate::instruction::{Route, route, steps};
use crate::job::{Job, JobEvent, RelPath};
use crate::mount::Dir;
use crate::outbox::{self, LAST_NUMBER, Note, Title};
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::folders::{Place, blocking};
use crate::worker::order;
use crate::worker::shown::Look;
use crate::worker::stop::Stop;

/// Writes it, unless an earlier try has. Its place is on record first: a stop makes no second one.
pub(super) async fn write(tools: &Tools, claim: &mut Claim) -> Result<(), Stop> {
    let (title, at) = (order::title(claim.job()), claim.job().clip.path.parent());
    let outbox = tools.folders.open(Place::Outbox).await?;
    let failed = |e: std::io::Error| Stop::local("writing the answer", &e);
    let known = claim.job().delivered.clone();
    if let Some(path) = known.clone() {
        let outbox = outbox.clone();
        if blocking(move || Ok(outbox.stat(&path)?.is_some())).await.map_err(failed)? {
            return Ok(());
        }
    }
    let text = told(tools, claim.job()).await?;
    let path = if let Some(path) = known {
        path
    } else {
        let (outbox, title, at) = (outbox.clone(), title.clone(), at.clone());
        let path = blocking(move || free(&outbox, &title, &at)).await.map_err(failed)?;
        claim.commit(&tools.ledger, JobEvent::Delivered { path: path.clone() }).await?;
        path
    };
    let is_it = |n: &u32| title.note(*n, Note::Report) == path.name();
    let number = (1..=LAST_NUMBER).find(is_it).unwrap_or(1);
    let put = move || outbox::notes::put_new(&outbox, &at, (&title, Note::Report), number, &text);
    blocking(put).await.map(drop).map_err(failed)
}

/// The first name that is free.
fn free(outbox: &Dir, title: &Title, at: &RelPath) -> std::io::Result<RelPath> {
    for number in 1..=LAST_NUMBER {
        let Some(path) = at.join(&title.note(number, Note::Report)) else { break };
        if outbox.stat(&path)?.is_none() {
            return Ok(path);
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

/// What there is to say. Where the credits can't be read it is said later.
async fn told(tools: &Tools, job: &Job) -> Result<String, Stop> {
    let asked: Vec<Route> = steps(&job.order.words).iter().map(|step| route(step)).collect();
    let credits = if asked.contains(&Route::Credits) { Some(tools.credits().await?) } else { None };
    let look = Look {
        folders: tools.folders.clone(),
        config: tools.config(),
        paused: tools.brake.is_on(),
        runs: true,
    };
    let goes_on = asked.contains(&Route::State);
    blocking(move || look.answer(credits, goes_on)).await.map_err(|e| Stop::local("looking what goes on", &e))
}
