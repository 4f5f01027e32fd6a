//! ffmpeg, ffprobe and a Bangla font: found once, then run with fixed arguments.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::probe::{self, Probe};
use crate::options::Ffmpeg;
use crate::world::MediaKind;

/// The film's name in its render's folder.
pub(super) const OUTPUT: &str = "film.mp4";

/// The longest a render or a probe may take.
const PATIENCE: Duration = Duration::from_mins(10);

/// Where distributions keep Noto's Bengali: Debian, Fedora (two layouts), Arch, openSUSE, by hand.
const FONT_DIRS: &[&str] = &[
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts/google-noto",
    "/usr/share/fonts/google-noto-vf",
    "/usr/share/fonts/noto",
    "/usr/share/fonts/truetype",
    "/usr/local/share/fonts",
    "/Library/Fonts",
];

/// The tools of this machine.
#[derive(Debug)]
pub(crate) struct Tools {
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
    font: Option<PathBuf>,
}

impl Tools {
    /// Finds them; `None`: ffmpeg or ffprobe is missing, or not wanted.
    pub(crate) fn find(wanted: &Ffmpeg) -> Option<Self> {
        let dirs: Vec<PathBuf> = match wanted {
            Ffmpeg::Off => return None,
            Ffmpeg::In(dir) => vec![dir.clone()],
            Ffmpeg::Find => std::env::split_paths(&std::env::var_os("PATH")?).collect(),
        };
        let find = |name: &str| {
            let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
            dirs.iter().map(|dir| dir.join(&name)).find(|path| path.is_file())
        };
        Some(Self { ffmpeg: find("ffmpeg")?, ffprobe: find("ffprobe")?, font: font() })
    }

    /// Looks into a file; `None`: it can't be read as media.
    pub(crate) async fn probe(&self, file: &Path, kind: MediaKind) -> Option<Probe> {
        let mut command = Command::new(&self.ffprobe);
        command.args(["-v", "error", "-print_format", "json", "-show_format", "-show_streams"]).arg(file);
        let output = run(command).await.ok()?;
        Probe::read(output.status.success().then_some(output.stdout)?.as_slice(), kind)
    }

    /// Puts the font into a folder named `fonts` in `dir`: a folder with all of Noto would be read whole for each film.
    pub(super) fn lend_font(&self, dir: &Path) -> io::Result<bool> {
        let Some(font) = &self.font else { return Ok(false) };
        std::fs::create_dir(dir.join("fonts"))?;
        std::fs::copy(font, dir.join("fonts").join("bengali.ttf"))?;
        Ok(true)
    }

    /// Encodes [`OUTPUT`] in `dir`. The error is the last of what ffmpeg said.
    pub(super) async fn encode(&self, dir: &Path, inputs: &[PathBuf], graph: &str) -> Result<(), String> {
        let mut command = Command::new(&self.ffmpeg);
        command.current_dir(dir).args(["-nostdin", "-v", "error", "-y"]);
        for input in inputs {
            command.arg("-i").arg(input);
        }
        command.args(["-filter_complex", graph, "-map", "[film]", "-map", "[sound]"]);
        command.args(["-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-pix_fmt", "yuv420p"]);
        command.args(["-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart", OUTPUT]);
        let output = run(command).await.map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(said.lines().last().unwrap_or("it said nothing").to_owned())
    }
}

async fn run(mut command: Command) -> io::Result<std::process::Output> {
    command.stdin(Stdio::null()).kill_on_drop(true);
    tokio::time::timeout(PATIENCE, command.output()).await?
}

/// The regular Noto Sans Bengali, in one of the usual places.
fn font() -> Option<PathBuf> {
    FONT_DIRS.iter().filter_map(|dir| std::fs::read_dir(dir).ok()).find_map(|dir| {
        let mut names: Vec<PathBuf> = dir.filter_map(|entry| Some(entry.ok()?.path())).collect();
        names.sort();
        names
            .into_iter()
            .find(|path| path.file_name().is_some_and(|name| probe::is_font(&name.to_string_lossy())))
    })
}
