//! Opening a session: free, and done again without harm.

use super::room;
use crate::job::JobEvent;
use crate::worker::Tools;
use crate::worker::batches::{self, Before};
use crate::worker::claim::Claim;
use crate::worker::stop::Stop;

/// Opens a session in the job's language, or goes on in the one of its batch.
pub(crate) async fn run(tools: &Tools, claim: &Claim) -> Result<Vec<JobEvent>, Stop> {
    // Before anything goes up: a film that has no place to land is not worth an upload.
    room::check(tools, claim).await?;
    let mut events = Vec::new();
    match batches::before(tools, claim.job()).await? {
        Before::Join(last) => {
            let (task, account) = (last.task.clone(), last.account.clone());
            let session = last.session.clone().ok_or(Stop::Stale)?;
            return Ok(vec![JobEvent::SessionJoined { of: last.id, session, task, account }]);
        }
        Before::Apart => events.push(JobEvent::Apart),
        Before::Nothing => {}
    }
    let opened = tools.service.session(&claim.job().order.language).await?;
    let account = opened.user.or_else(|| tools.service.account());
    events.push(JobEvent::SessionOpened { session: opened.session, task: opened.task, account });
    Ok(events)
}
