//! The upload by address: the service is told it, and fetches the clip itself. Nothing is fetched here.

use crate::api::{ApiError, ErrorKind};
use crate::inbox::{self, Address, TextError};
use crate::job::{Code, ContentHash, Failure, JobEvent, RelPath, SessionId, Stamp, Upload};
use crate::mount::Dir;
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::folders::{Place, blocking};
use crate::worker::stop::Stop;

/// Tells the address, unless that was done before and the clip turns out to have arrived.
pub(super) async fn run(tools: &Tools, claim: &Claim, session: &SessionId) -> Result<Vec<JobEvent>, Stop> {
    let address = read(tools, claim).await?;
    let applied = if claim.job().upload == Upload::Doubt {
        // The session is this job's alone, and nothing else was ever told to it.
        if tools.service.state(session).await?.videos.len() != 1 {
            return Ok(vec![JobEvent::SessionDropped]);
        }
        false
    } else {
        tools.service.upload_address(session, address.expose()).await.map_err(refused)?.state_applied
    };
    if read(tools, claim).await? != address {
        return Err(Stop::Unsettled);
    }
    let content = ContentHash::new(*blake3::hash(address.expose().as_bytes()).as_bytes());
    Ok(vec![JobEvent::Uploaded { content, stamp: claim.job().clip.stamp, applied }])
}

/// The address, read from the very file that was judged.
async fn read(tools: &Tools, claim: &Claim) -> Result<Address, Stop> {
    let (path, known): (_, Stamp) = (claim.job().clip.path.clone(), claim.job().clip.stamp);
    let inbox = tools.folders.open(Place::Inbox).await?;
    let look = move || Ok(inbox::read_address(&inbox, &path));
    let failed =
        |code, why: String| Err(Stop::failed(Failure::new(code, why, "It is looked at again by itself.")));
    match blocking(look).await.map_err(|e| Stop::local("reading the address", &e))? {
        Ok((stamp, Ok(address))) if stamp.same_contents(&known) => Ok(address),
        Ok(_) | Err(TextError::Busy) => Err(Stop::Unsettled),
        Err(TextError::Missing) => Err(tools.folders.vanished(&claim.job().clip.path).await),
        Err(e @ TextError::NotSafe(_)) => failed(Code::NotSafe, e.to_string()),
        Err(TextError::Io(e)) => failed(Code::Unreadable, e.to_string()),
    }
}

/// The address of a file that was dropped, as people may see it; nothing where another file lies there now.
pub fn shown(dir: &Dir, path: &RelPath, known: &Stamp) -> Option<String> {
    let (stamp, address) = inbox::read_address(dir, path).ok()?;
    address.ok().filter(|_| stamp.same_but_numbers(known)).map(|address| address.to_string())
}

/// A refusal that no number explains is about what the address leads to.
fn refused(error: ApiError) -> Stop {
    let unexplained = error.kind == ErrorKind::Answered && error.failure().code == Code::OddAnswer;
    if !unexplained {
        return error.into();
    }
    Stop::failed(Failure::new(
        Code::AddressNotFetched,
        error.to_string(),
        "Does the address open in a browser, without a password? The service is asked again by itself.",
    ))
}
