//! Opening a session: free, and done again without harm.

use super::room;
use crate::job::JobEvent;
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::stop::Stop;

/// Opens a session in the job's language.
pub(crate) async fn run(tools: &Tools, claim: &Claim) -> Result<Vec<JobEvent>, Stop> {
    // Before anything goes up: a film that has no place to land is not worth an upload.
    room::check(tools, claim).await?;
    let opened = tools.service.session(&claim.job().order.language).await?;
    let account = opened.user.or_else(|| tools.service.account());
    Ok(vec![JobEvent::SessionOpened { session: opened.session, task: opened.task, account }])
}
