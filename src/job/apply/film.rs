//! From the session to the film: the steps that may be repeated.

use crate::job::{ContentHash, End, Film, Job, JobEvent, Phase, RelPath, Render, Stamp, Step, Upload, Work};

pub(super) fn session(job: &mut Job, event: &JobEvent) -> bool {
    match event {
        JobEvent::SessionOpened { session, task, account } if job.runs(Step::Session) => {
            let is_first = job.sessions == 0;
            job.session = Some(session.clone());
            job.sessions += 1;
            job.task.clone_from(task);
            job.account.clone_from(account);
            if job.work == Work::Video {
                job.upload = Upload::Done { applied: false };
                job.enter(job.first_after_upload());
            } else {
                job.enter_still_trying(Step::Upload, !is_first);
            }
        }
        JobEvent::SessionJoined { of, session, task, account } if job.runs(Step::Session) => {
            let is_first = job.sessions == 0;
            let Some(batch) = job.batch.as_mut().filter(|batch| !batch.after.contains(of)) else {
                return false;
            };
            batch.after.push(*of);
            batch.shared = true;
            job.session = Some(session.clone());
            job.sessions += 1;
            job.task.clone_from(task);
            job.account.clone_from(account);
            job.enter_still_trying(Step::Upload, !is_first);
        }
        JobEvent::SessionLeft if job.runs(Step::Upload) && !job.may_be_paid() => {
            let Some(batch) = job.batch.as_mut().filter(|batch| batch.shared) else { return false };
            batch.after.pop();
            job.drop_session();
        }
        JobEvent::Apart if !job.may_be_paid() && !job.closing() => return apart(job),
        JobEvent::SessionDropped if !job.may_be_paid() && !job.closing() && job.work.base().is_none() => {
            job.drop_session();
        }
        JobEvent::Uploaded { content, stamp, applied } if job.runs(Step::Upload) => {
            job.content = Some(*content);
            job.clip.stamp = *stamp;
            job.upload = Upload::Done { applied: *applied };
            job.enter(job.first_after_upload());
        }
        JobEvent::PartUploaded { n, content, stamp } if job.runs(Step::Upload) => {
            return part_uploaded(job, *n, (*content, *stamp));
        }
        _ => return false,
    }
    true
}

/// Found out before its upload or after it: then what went up is left behind with that session.
fn apart(job: &mut Job) -> bool {
    let (before, after) = (job.runs(Step::Session), job.runs(Step::Upload));
    let Some(batch) = job.batch.as_mut().filter(|batch| before || (after && batch.shared)) else {
        return false;
    };
    batch.apart = true;
    if after {
        job.drop_session();
    }
    true
}

/// Parts go up in their order, each once.
fn part_uploaded(job: &mut Job, n: u16, (content, stamp): (ContentHash, Stamp)) -> bool {
    let Work::Project(project) = &mut job.work else { return false };
    if project.next().is_none_or(|(next, _)| next != n) {
        return false;
    }
    let Some(part) = project.parts.get_mut(usize::from(n)) else { return false };
    (part.content, part.stamp) = (Some(content), stamp);
    let whole = project.next().is_none();
    // What is known to have arrived is no longer in doubt.
    job.upload = if whole { Upload::Done { applied: false } } else { Upload::First };
    if whole {
        job.enter(job.first_after_upload());
    }
    true
}

pub(super) fn film(job: &mut Job, event: &JobEvent) -> bool {
    match event {
        JobEvent::SameAs { job: other, session, task, account, .. }
            if job.runs(Step::Instruct(0)) && !job.may_be_paid() =>
        {
            job.session = Some(session.clone());
            job.task.clone_from(task);
            job.account.clone_from(account);
            (job.same_as, job.draft_seq, job.render) = (Some(*other), Some(job.seq), Render::default());
            job.enter(Step::Export);
        }
        JobEvent::DraftRead { .. } if job.runs(Step::Export) && !job.may_be_paid() => {
            job.draft_seq = Some(job.seq);
        }
        JobEvent::ExportChosen { id } if job.runs(Step::Export) && job.draft_seq.is_some() => {
            job.render.id = Some(id.clone());
        }
        JobEvent::RenderFailed { .. } if job.runs(Step::Export) && job.render.id.is_some() => {
            (job.render.id, job.render.url) = (None, None);
            job.render.failed += 1;
        }
        // Its film was made and is gone.
        JobEvent::RenderFailed { .. } if job.runs(Step::Fetch) && job.render.id.is_some() => {
            (job.render.id, job.render.url) = (None, None);
            job.render.failed += 1;
            job.enter(Step::Export);
        }
        JobEvent::Rendered { url } if job.runs(Step::Export) && job.render.id.is_some() => {
            job.render.url.clone_from(url);
            job.enter(Step::Fetch);
        }
        JobEvent::Fetched { film } if job.runs(Step::Fetch) => fetched(job, film),
        JobEvent::FilmLost if job.runs(Step::Deliver) => {
            job.film = None;
            job.enter(Step::Fetch);
        }
        JobEvent::Delivered { path } if job.runs(Step::Deliver) => delivered(job, path),
        // An answer has its place before it is written, so that no stop makes two of one.
        JobEvent::Delivered { path }
            if job.runs(Step::Tidy) && job.end == Some(End::Answered) && job.delivered.is_none() =>
        {
            job.delivered = Some(path.clone());
        }
        JobEvent::Tidied { left, .. } if job.runs(Step::Tidy) => {
            job.left = *left;
            (job.phase, job.waiting, job.not_before) = (Phase::Ended, None, None);
        }
        _ => return false,
    }
    true
}

fn fetched(job: &mut Job, film: &Film) {
    job.film = Some(film.clone());
    job.enter(Step::Deliver);
}

fn delivered(job: &mut Job, path: &RelPath) {
    job.delivered = Some(path.clone());
    job.end = Some(End::Delivered);
    job.enter(Step::Tidy);
}
