//! Films: made with ffmpeg of what was uploaded, with Bangla captions burned in, or else the sample from `assets/`.

mod ass;
mod graph;
mod probe;
mod tools;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::time::Instant;

pub(crate) use self::probe::Probe;
pub(crate) use self::tools::Tools;

use self::graph::{Cut, Part};
use crate::draft::{Clip, Draft, Source};
use crate::options::Ffmpeg;
use crate::sandbox::Sandbox;
use crate::upload::hex;
use crate::world::{Film, Media, MediaKind, RenderStatus};

/// The film where none can be made: captions burned in beforehand, from *Big Buck Bunny* (`assets/README.md`).
const SAMPLE: &[u8] = include_bytes!("../../../assets/sample-result.mp4");

/// What a film is made of.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) id: String,
    pub(crate) media: Vec<Media>,
    pub(crate) draft: Draft,
}

/// Why no film could be made of what was uploaded.
#[derive(Debug, thiserror::Error)]
enum NoFilm {
    #[error("there is no ffmpeg here")]
    NoTools,
    #[error("an uploaded file could not be read")]
    Unread,
    #[error("ffmpeg failed: {0}")]
    Ffmpeg(String),
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Renders, for as long as the options want it to take at least, and tells the world.
pub(crate) async fn render(sandbox: Arc<Sandbox>, work: Work) {
    let until = Instant::now() + sandbox.options.render_time;
    if let Some(render) = sandbox.world().render(&work.id) {
        render.status = RenderStatus::Processing;
    }
    let path = sandbox.work().join(format!("{}.mp4", work.id));
    let (made, note) = match make(&sandbox, &work, &path).await {
        Ok(()) => (finished(&path, true).await, None),
        Err(why) => {
            let wanted = sandbox.options.ffmpeg != Ffmpeg::Off;
            let note = wanted.then(|| format!("This is the sandbox's sample film: {why}."));
            (sample(&path).await, note)
        }
    };
    tokio::time::sleep_until(until).await;
    let mut world = sandbox.world();
    match made {
        Ok(film) => world.end_render(&work.id, RenderStatus::Completed, Some(film), note),
        Err(error) => world.end_render(&work.id, RenderStatus::Failed, None, Some(error.to_string())),
    }
}

/// The sample, with a `free` box behind it that holds the render's id: no film is taken for another one.
async fn sample(path: &Path) -> io::Result<Film> {
    let id = path.file_stem().unwrap_or_default().as_encoded_bytes();
    let length = u32::try_from(8 + id.len()).map_err(io::Error::other)?.to_be_bytes();
    tokio::fs::write(path, [SAMPLE, &length, b"free", id].concat()).await?;
    finished(path, false).await
}

async fn finished(path: &Path, real: bool) -> io::Result<Film> {
    let bytes = tokio::fs::read(path).await?;
    Ok(Film { path: path.to_owned(), length: bytes.len() as u64, sha256: hex(&Sha256::digest(&bytes)), real })
}

/// Makes a film at `path`. Everything ffmpeg is told by name lies in a folder of its own under a fixed name, so that no
/// path needs escaping and no words of a stranger stand in its arguments.
async fn make(sandbox: &Sandbox, work: &Work, path: &Path) -> Result<(), NoFilm> {
    let tools = sandbox.tools.as_ref().ok_or(NoFilm::NoTools)?;
    let dir = tempfile::Builder::new().prefix("render-").tempdir_in(sandbox.work())?;
    let size = graph::canvas(work.draft.canvas());
    std::fs::write(dir.path().join("captions.ass"), ass::script(&work.draft, size))?;
    let mut inputs = Vec::new();
    let seen = parts(work, &work.draft.clips, &mut inputs)?;
    let heard = parts(work, &work.draft.sounds, &mut inputs)?;
    let cut = Cut {
        parts: seen,
        sounds: heard,
        size,
        rate: graph::rate(rate(work)),
        fonts: tools.lend_font(dir.path())?,
    };
    tools.encode(dir.path(), &inputs, &cut.graph()).await.map_err(NoFilm::Ffmpeg)?;
    tokio::fs::rename(dir.path().join(tools::OUTPUT), path).await?;
    Ok(())
}

/// Pieces of the timeline as parts of the film, their files added to the inputs.
fn parts(work: &Work, clips: &[Clip], inputs: &mut Vec<PathBuf>) -> Result<Vec<Part>, NoFilm> {
    let mut parts = Vec::new();
    for (nth, clip) in clips.iter().enumerate() {
        let Source::Upload(number) = clip.source else {
            parts.push(Part::scene(nth, clip.ms));
            continue;
        };
        let media = work.media.get(number).filter(|media| media.probed).ok_or(NoFilm::Unread)?;
        let input = match (&media.path, &media.url) {
            (Some(path), _) => {
                inputs.push(path.to_path_buf());
                Some(inputs.len() - 1)
            }
            (None, Some(_)) => None,
            (None, None) => return Err(NoFilm::Unread),
        };
        parts.push(Part::of(media, input));
    }
    Ok(parts)
}

/// The rate of the first film on the timeline.
fn rate(work: &Work) -> f64 {
    let media = work.draft.clips.iter().filter_map(|clip| match clip.source {
        Source::Upload(number) => work.media.get(number),
        Source::Scene(_) => None,
    });
    media.filter(|media| media.kind == MediaKind::Video).map(|media| media.fps).next().unwrap_or(0.0)
}
