//! Tidying up: the report or the note, and the clip to its last place. May be repeated after a stop.

use std::io;

use crate::config::{self, AfterSuccess, IgnoreList};
use crate::inbox::{WordsNow, words_now};
use crate::instruction;
use crate::job::{
    ContentHash, End, Failure, Job, JobEvent, Part, Project, RelPath, TextRef, WordsFrom, Work,
};
use crate::mount::{Dir, Removal, Type};
use crate::outbox::{self, Fate, Item, Note, Title};
use crate::words::{self, Lies};
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::folders::{Place, blocking};
use crate::worker::steps::{answer, batch, spare};
use crate::worker::stop::Stop;
use crate::worker::{order, remarks, telling};

/// Ends the job as it was decided.
pub(crate) async fn run(tools: &Tools, claim: &mut Claim) -> Result<Vec<JobEvent>, Stop> {
    let end = claim.job().end.clone();
    let (clip_at, left) = match &end {
        Some(End::Delivered) => delivered(tools, claim.job()).await?,
        Some(End::Answered) => {
            answer::write(tools, claim).await?;
            put_away(tools, claim.job()).await?
        }
        Some(End::Failed(failure)) => failed(tools, claim.job(), failure).await?,
        Some(End::Cancelled) => match &claim.job().withdrawn {
            Some(failure) => {
                drop_film(tools, claim.job()).await?;
                failed(tools, claim.job(), failure).await?
            }
            None => (None, false),
        },
        None => return Err(Stop::Stale),
    };
    batch::put_away(tools, claim.job()).await;
    Ok(vec![JobEvent::Tidied { clip_at, left }])
}

/// As deep as folders are looked into.
const DEEPEST: usize = 32;

/// Where the clip lies now, and whether it was left where it was dropped.
type Kept = (Option<String>, bool);

async fn delivered(tools: &Tools, job: &Job) -> Result<Kept, Stop> {
    report(tools, job, tools.config().messages.report).await?;
    put_away(tools, job).await
}

/// What was dropped, as the settings say for what is done.
async fn put_away(tools: &Tools, job: &Job) -> Result<Kept, Stop> {
    match tools.config().folders.after_success {
        AfterSuccess::Leave => Ok((None, true)),
        AfterSuccess::Delete => delete(tools, job).await,
        AfterSuccess::Archive => {
            let archive = tools.folders.open(Place::Archive).await?;
            Ok(keep(tools, job, archive, None).await?.0)
        }
    }
}

/// Writes the report in each form that is wanted and is not there yet.
async fn report(tools: &Tools, job: &Job, wanted: config::Report) -> Result<(), Stop> {
    let forms: &[Note] = match wanted {
        config::Report::Text => &[Note::Report],
        config::Report::Json => &[Note::ReportJson],
        config::Report::Both => &[Note::Report, Note::ReportJson],
        config::Report::Off => &[],
    };
    let Some(film) = job.delivered.clone() else { return Err(Stop::Stale) };
    let outbox = tools.folders.open(Place::Outbox).await?;
    let title = order::title(job);
    let number = title.number_of(film.name()).unwrap_or(1);
    let mut missing = Vec::new();
    for form in forms {
        // The film's number was free for its report as well, so what lies there is the one an earlier try has written.
        let (place, there) = (outbox.clone(), film.with_name(&title.note(number, *form)));
        let written =
            blocking(move || there.map_or(Ok(false), |there| Ok(place.stat(&there)?.is_some()))).await;
        if !written.map_err(|e| Stop::local("looking for the report", &e))? {
            missing.push(*form);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let texts = texts(tools, job, missing).await?;
    blocking(move || {
        for (form, text) in texts {
            outbox::notes::put_new(&outbox, &film.parent(), (&title, form), number, &text)?;
        }
        Ok(())
    })
    .await
    .map_err(|e| Stop::local("writing the report", &e))
}

/// The report in each of these forms.
async fn texts(tools: &Tools, job: &Job, forms: Vec<Note>) -> Result<Vec<(Note, String)>, Stop> {
    let link = tools.link(job).await;
    let events = tools.ledger.events(job.id).await?;
    let others = match telling::span(&events) {
        Some((from, to)) => tools.ledger.others_between(job.id, from, to).await?,
        None => 0,
    };
    let account = tools.service.account();
    let language = tools.config().messages.language;
    let beside = remarks::look(tools, job).await;
    let around = telling::Around {
        others,
        project: link.as_deref(),
        account: account.as_ref(),
        beside: Some(&beside),
    };
    Ok(telling::report(job, &events, &around, |report| {
        let told = |form| match form {
            Note::ReportJson => words::report_json(report),
            _ => words::report(report, language),
        };
        forms.into_iter().map(|form| (form, told(form))).collect()
    }))
}

async fn failed(tools: &Tools, job: &Job, failure: &Failure) -> Result<Kept, Stop> {
    let store = tools.folders.open(Place::Failed).await?;
    let title = Title::new(job.stem(), order::NAME_MAX);
    // The note of a project lies beside its folder.
    let beside = Some(title.clone()).filter(|_| job.work.project().is_none());
    let moved = keep(tools, job, store.clone(), beside).await;
    // An inbox that can't be written: the files stay, and their note stands in the outbox too.
    let ((clip_at, left), lies) = moved.unwrap_or(((None, true), Lies::Inbox));
    let counted = clip_at.as_deref().filter(|_| job.work.project().is_none());
    let number = counted.and_then(number);
    let text = telling::failed(job, failure, lies, tools.config().messages.language);
    let at = job.home();
    let outbox = tools.folders.open(Place::Outbox).await.ok().filter(|_| left);
    blocking(move || {
        let number = number.unwrap_or(1);
        for base in [Some(store), outbox].into_iter().flatten() {
            base.make_below(&at)?;
            outbox::notes::put_new(&base, &at, (&title, Note::Error), number, &text)?;
        }
        Ok(())
    })
    .await
    .map_err(|e| Stop::local("writing the note", &e))?;
    Ok((clip_at, left))
}

/// The number that a kept file's name got.
pub(crate) fn number(at: &str) -> Option<u32> {
    let stem = at.rsplit_once('.').map_or(at, |(stem, _)| stem);
    stem.strip_suffix(')')?.rsplit_once(" (")?.1.parse().ok()
}

/// Moves clip and sidecar out of the inbox, each only if it is still what the job was about; and what of them lies in the
/// store then.
async fn keep(tools: &Tools, job: &Job, store: Dir, note: Option<Title>) -> Result<(Kept, Lies), Stop> {
    let inbox = tools.folders.open(Place::Inbox).await?;
    let (of, job, ignore) = (job, job.clone(), tools.config().watch.ignore.clone());
    let place = store.path().to_owned();
    let kept = blocking(move || {
        let items = items(&job, &inbox, &ignore)?;
        let note = note.as_ref().map(|title| (title, Note::Error));
        let kept = outbox::keep(&inbox, &items, &store, note)?;
        if let Some(project) = job.work.project() {
            remove_emptied(&inbox, &project.folder);
        }
        Ok(kept)
    })
    .await
    .map_err(|e| Stop::local("moving the clip out of the inbox", &e))?;
    let lies = stored(of, &kept.fates);
    let kept = match kept.fates.first() {
        Some(Fate::Moved(path)) => (Some(path.below(&place).display().to_string()), false),
        Some(Fate::Missing) | None => (None, false),
        Some(Fate::Changed) => (None, true),
    };
    Ok((kept, lies))
}

/// What of a drop lies in the store, by what became of its files: the clip first, its text among the others.
fn stored(job: &Job, fates: &[Fate]) -> Lies {
    let is_moved = |fate: &Fate| matches!(fate, Fate::Moved(_));
    let first = fates.first().is_some_and(is_moved);
    let rest = fates.iter().skip(1).any(is_moved) && matches!(job.order.from, WordsFrom::Sidecar(_));
    match (&job.work, first, rest) {
        (_, false, false) => Lies::Nothing,
        (Work::Project(_), ..) => Lies::Folder,
        (work, ..) if work.is_text() => Lies::Text,
        (_, true, true) => Lies::Both,
        (_, true, false) => Lies::Clip,
        (_, false, true) => Lies::Text,
    }
}

/// The folders of a project that nothing is left in go with its files. One that stays does no harm.
fn remove_emptied(inbox: &Dir, folder: &RelPath) {
    for (name, kind) in inbox.list(folder).unwrap_or_default() {
        if matches!(kind, Type::Folder | Type::Unknown)
            && let Some(below) = folder.join(&name).filter(|path| path.names().count() < DEEPEST)
        {
            remove_emptied(inbox, &below);
        }
    }
    let _ = inbox.remove_empty_folder(folder);
}

/// A film that was fetched and is not to be delivered any more.
async fn drop_film(tools: &Tools, job: &Job) -> Result<(), Stop> {
    let Some(film) = job.film.clone() else { return Ok(()) };
    let outbox = tools.folders.open(Place::Outbox).await?;
    let removed = blocking(move || outbox.remove(&film.temp)).await;
    removed.map(|_| ()).map_err(|e| Stop::local("removing the film", &e))
}

/// The clip and the text that it was bound to, wherever they lie by now. Of the clip its bytes as well, where they were
/// read: on another file system nothing else tells.
pub(crate) fn bound(job: &Job) -> Vec<Item> {
    if let Some(project) = job.work.project() {
        return of_project(job, project);
    }
    let clip =
        Item { from: job.clip.path.clone(), known: job.clip.stamp, hash: of_bytes(job), content: None };
    if job.work.is_text() {
        return std::iter::once(clip).chain(answers(job)).collect();
    }
    let text = match &job.order.from {
        WordsFrom::Sidecar(text) => Some(item(text)),
        _ => None,
    };
    std::iter::once(clip).chain(text).chain(answers(job)).collect()
}

/// The hash of the clip's bytes, where it is one of bytes.
fn of_bytes(job: &Job) -> Option<ContentHash> {
    job.content.filter(|_| job.work.is_clip())
}

/// The parts of a project, its text, and what has answered its questions.
fn of_project(job: &Job, project: &Project) -> Vec<Item> {
    let part =
        |part: &Part| Item { from: part.path.clone(), known: part.stamp, hash: None, content: part.content };
    let text = match &job.order.from {
        WordsFrom::Sidecar(text) => Some(item(text)),
        _ => None,
    };
    project.parts.iter().map(part).chain(text).chain(answers(job)).collect()
}

/// The texts that have answered questions.
fn answers(job: &Job) -> impl Iterator<Item = Item> {
    let own = match &job.order.from {
        WordsFrom::Sidecar(text) => Some(&text.path),
        _ => None,
    };
    let texts = job.replies.iter().filter_map(|reply| reply.text.as_ref());
    texts.filter(move |text| Some(&text.path) != own && text.path != job.clip.path).map(item)
}

/// A text as it was read. Of one that is too long only the beginning was.
fn item(text: &TextRef) -> Item {
    let whole = text.stamp.size <= instruction::MAX_BYTES as u64;
    Item { from: text.path.clone(), known: text.stamp, hash: whole.then_some(text.hash), content: None }
}

/// The clip, and the text that lies beside it now, if that is still the one that was bound. A text that belongs to
/// another clip by now stays for that one.
fn items(job: &Job, inbox: &Dir, ignore: &IgnoreList) -> io::Result<Vec<Item>> {
    if let Some(project) = job.work.project() {
        let own = spare::followed(of_project(job, project), project, inbox)?;
        return Ok([own, spare::of_parts(project, inbox, ignore)?].concat());
    }
    let clip =
        Item { from: job.clip.path.clone(), known: job.clip.stamp, hash: None, content: of_bytes(job) };
    let WordsFrom::Sidecar(bound) = &job.order.from else {
        return Ok(std::iter::once(clip).chain(answers(job)).collect());
    };
    if job.work.is_text() {
        return Ok(std::iter::once(item(bound)).chain(answers(job)).collect());
    }
    let now = words_now(inbox, &job.clip.path, ignore)?;
    let spare = spare::of(job, bound, &now, inbox)?;
    let text = match now {
        WordsNow::Own { text, .. } if order::reference(&text).hash == bound.hash => {
            Some(Item { from: text.path, known: text.stamp, ..item(bound) })
        }
        // An earlier try may have moved it already.
        WordsNow::Alone { .. } if inbox.stat(&bound.path)?.is_none() => Some(item(bound)),
        _ => None,
    };
    Ok(std::iter::once(clip).chain(text).chain(spare).chain(answers(job)).collect())
}

async fn delete(tools: &Tools, job: &Job) -> Result<Kept, Stop> {
    let inbox = tools.folders.open(Place::Inbox).await?;
    let (job, ignore) = (job.clone(), tools.config().watch.ignore.clone());
    let left = blocking(move || {
        let items = items(&job, &inbox, &ignore)?;
        for (at, item) in items.iter().enumerate() {
            // Each file of a project that was changed since stays.
            let gone = remove(&inbox, &item.from, item)?;
            if at == 0 && !gone {
                // Another clip lies there now, and the text beside it is its own.
                return Ok(true);
            }
        }
        if let Some(project) = job.work.project() {
            remove_emptied(&inbox, &project.folder);
        }
        Ok(false)
    })
    .await
    .map_err(|e| Stop::local("deleting the clip", &e))?;
    Ok((None, left))
}

fn remove(inbox: &Dir, path: &RelPath, item: &Item) -> io::Result<bool> {
    Ok(!matches!(inbox.remove_if_same(path, &item.known)?, Removal::Changed))
}
