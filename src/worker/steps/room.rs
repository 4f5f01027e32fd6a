//! Room for the film: asked before anything is uploaded, and again before anything is paid.

use std::io::{self, ErrorKind};

use crate::job::{Code, Failure, Work};
use crate::outbox;
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::folders::{Place, blocking};
use crate::worker::stop::{Stop, told_by};

/// The outbox can be written, and holds twice the clip's size besides `min_free`.
pub(crate) async fn check(tools: &Tools, claim: &Claim) -> Result<(), Stop> {
    let config = tools.config();
    let bytes = match &claim.job().work {
        Work::Refine(base) => base.bytes,
        Work::Project(project) => project.parts.iter().map(|part| part.stamp.size).sum(),
        Work::Clip | Work::Address | Work::Video | Work::Ask => claim.job().clip.stamp.size,
    };
    let need = bytes.saturating_mul(2).saturating_add(config.folders.min_free);
    let folder = claim.job().home();
    let outbox = tools.folders.try_open(Place::Outbox).await.map_err(|e| read_only(&e))?;
    let free = blocking(move || {
        let probe = outbox::prove_writable(&outbox, &folder);
        let free = outbox.free()?;
        if free < need { Ok((free, Ok(()))) } else { Ok((free, probe)) }
    })
    .await
    .map_err(|e| Stop::local("asking for room in the outbox", &e))?;
    match free {
        (free, _) if free < need => Err(Stop::failed(no_space(need, free))),
        (_, Err(error)) => Err(read_only(&error)),
        _ => Ok(()),
    }
}

fn no_space(need: u64, free: u64) -> Failure {
    let shown = |bytes: u64| bytesize::ByteSize::b(bytes).to_string();
    Failure::new(
        Code::NoSpace,
        format!(
            "the disk of the outbox has {} free, and {} are needed before anything is paid",
            shown(free),
            shown(need)
        ),
        "Make room on that disk; it goes on by itself.",
    )
}

fn read_only(error: &io::Error) -> Stop {
    if let Some(away) = told_by(error) {
        return Stop::failed(away);
    }
    if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
        return Stop::failed(Failure::new(
            Code::NoSpace,
            "the disk of the outbox is full",
            "Make room on that disk; it goes on by itself.",
        ));
    }
    Stop::failed(Failure::new(
        Code::OutboxReadOnly,
        format!("the outbox can't be written: {error}"),
        "Give dakbox the right to write there; it goes on by itself.",
    ))
}
