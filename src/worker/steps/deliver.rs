//! Delivery: the film gets a name that was free, and the name lasts.

use std::io;

use crate::job::{Film, JobEvent, RelPath};
use crate::mount::Dir;
use crate::outbox::{Landed, Title, Whole, find_ours};
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::folders::{Place, blocking};
use crate::worker::order;
use crate::worker::stop::Stop;

/// Names the fetched film; finds it where a stop came between its name and its record.
pub(crate) async fn run(tools: &Tools, claim: &Claim) -> Result<Vec<JobEvent>, Stop> {
    let Some(film) = claim.job().film.clone() else { return Ok(vec![JobEvent::FilmLost]) };
    let title = order::title(claim.job());
    // Where it was fetched to: the clip may have been renamed since.
    let at = film.temp.parent();
    let outbox = tools.folders.open(Place::Outbox).await?;
    let landed = blocking(move || land(&outbox, &at, &title, &film))
        .await
        .map_err(|e| Stop::local("giving the film its name", &e))?;
    Ok(vec![landed.map_or(JobEvent::FilmLost, |landed| JobEvent::Delivered { path: landed.path })])
}

fn land(outbox: &Dir, at: &RelPath, title: &Title, film: &Film) -> io::Result<Option<Landed>> {
    match Whole::recorded(outbox, &film.temp, film.len, film.hash)? {
        Some(whole) => whole.land(title).map(Some),
        None => find_ours(outbox, at, title, film.len, &film.hash),
    }
}
