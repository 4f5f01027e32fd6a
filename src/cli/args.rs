//! What can be typed.

use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand, ValueEnum, ValueHint};

use super::calls::RunFlags;
use crate::job::JobId;

/// What every command's help ends with.
const EXITS: &str = "Exit codes: 0 done, 1 failed, 2 used or configured wrongly, 3 waiting for a person.";

/// A letter box for clips: drop a film and a few words into a folder, collect the finished film from another.
#[derive(Parser, Debug)]
#[command(name = "dakbox", version, after_help = EXITS, disable_help_subcommand = true)]
pub struct Args {
    /// Read the settings from this file, and from no other
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Watch the inbox and work on what is dropped there
    Run(RunArgs),
    /// See it work on this machine alone: no account, no network; ends with the path of a finished film
    #[cfg(feature = "sandbox")]
    Demo {
        /// Work in this folder instead of a temporary one
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        dir: Option<PathBuf>,
        /// Go on watching afterwards, so that you can drop clips of your own
        #[arg(long)]
        keep: bool,
    },
    /// Start a local stand-in for the service, for trying and testing
    #[cfg(feature = "sandbox")]
    #[command(after_long_help = dakbox_sandbox::Fault::help())]
    Sandbox(SandboxArgs),
    /// Say what the settings come to, and what is wrong with them
    Check {
        /// As JSON, one object
        #[arg(long)]
        json: bool,
    },
    /// Say what is going on
    Status {
        /// Say it anew each time that it changes, until Ctrl-C
        #[arg(long)]
        watch: bool,
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
    },
    /// List the jobs, newest first
    Jobs {
        /// Only those in this state
        #[arg(long, value_enum, value_name = "STATE")]
        state: Option<State>,
        /// At most so many of the newest
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        limit: Option<u32>,
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
    },
    /// Tell one job's whole story
    Show {
        /// The job's number, as `dakbox jobs` lists it
        #[arg(value_name = "JOB", value_parser = job)]
        job: JobId,
        /// As JSON, one object a line: the job, then its events
        #[arg(long)]
        json: bool,
    },
    /// Ask the service how many credits are left
    Credits {
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
    },
    /// Send no new message, and so pay nothing more, until `dakbox resume`
    Pause {
        /// As JSON, one object
        #[arg(long)]
        json: bool,
    },
    /// Take the pause off again
    Resume {
        /// As JSON, one object
        #[arg(long)]
        json: bool,
    },
    /// Print the completions for a shell
    Completions {
        /// Which shell
        #[arg(value_enum, value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// Look at folders, disks, network and account, and say what is wrong and how to mend it
    Doctor {
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
    },
    /// Tell the whole trail of one file: each rule, each reading, why not yet, and when next
    Explain {
        /// The file, from here or below the inbox; it need not be there any more
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// As JSON, one object
        #[arg(long)]
        json: bool,
    },
    /// Go on with jobs that wait or have failed
    Retry {
        /// Their numbers
        #[arg(value_name = "JOB", value_parser = job, required_unless_present = "reason")]
        jobs: Vec<JobId>,
        /// Send once more what may have been paid for already: you may pay twice
        #[arg(long)]
        again: bool,
        /// All that wait or failed for this reason
        #[arg(long, value_name = "CODE", conflicts_with = "jobs")]
        reason: Option<String>,
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
    },
    /// Give jobs up: their files go to the folder for failed clips
    Cancel {
        /// Their numbers
        #[arg(value_name = "JOB", value_parser = job, required = true)]
        jobs: Vec<JobId>,
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
    },
}

/// How `dakbox run` is asked for.
#[derive(Group, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that can be typed")]
pub struct RunArgs {
    /// Work off what is there and end: 0 all delivered, 1 something failed, 3 something waits
    #[arg(long)]
    pub once: bool,
    /// List what would be taken, with which words; touch nothing, and end
    #[arg(long)]
    pub dry_run: bool,
    /// With `--dry-run`: as JSON, one object a line
    #[arg(long, requires = "dry_run")]
    pub json: bool,
    /// Take over folders that hold many clips already, or that another ledger has marked
    #[arg(long)]
    pub adopt: bool,
    /// Go into the background, where no service manager does that: returns 0 once the daemon is ready
    ///
    /// Returns as soon as folders, ledger and watch are up, and says the daemon's number; where the daemon does not start,
    /// prints its error and returns its exit code. What it logs goes to the folder that `[log] dir` names, else to
    /// `log` in the state folder, for its standard error is gone. It runs as the user who starts it, with that user's
    /// umask, and with `/` as its working folder. Under systemd it is refused: `dakbox run` alone is right there.
    #[arg(long, conflicts_with_all = ["once", "dry_run"])]
    pub daemonize: bool,
    /// Write the process's number to this file, and hold its lock: a second start is refused
    ///
    /// A file that a kill has left behind is overwritten; at the end it is removed. In the foreground too.
    #[arg(long, value_name = "P", value_hint = ValueHint::FilePath, conflicts_with = "dry_run")]
    pub pid_file: Option<PathBuf>,
}

impl RunArgs {
    pub(super) fn flags(self) -> RunFlags {
        let Self { once, dry_run, json, adopt, daemonize, pid_file } = self;
        RunFlags { once, dry_run, json, adopt, daemonize, pid_file }
    }
}

/// How `dakbox sandbox` is asked for.
#[cfg(feature = "sandbox")]
#[derive(Group, Clone, Debug)]
pub struct SandboxArgs {
    /// Where it listens; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8643")]
    pub listen: std::net::SocketAddr,
    /// Something that goes wrong, such as `upload:status=500x2`; can be given several times
    #[arg(long = "fault", value_name = "SPEC")]
    pub faults: Vec<String>,
    /// Credits of a new account
    #[arg(long, value_name = "N")]
    pub credits: Option<u64>,
    /// How long one message takes, such as `2s`
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub message_time: Option<std::time::Duration>,
    /// How long after its stream a message moves the project once more; `0s`: not at all
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub second_stage: Option<std::time::Duration>,
    /// How long one render takes at least
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub render_time: Option<std::time::Duration>,
    /// Session ids are text, for a client that reads numbers as floats and spoils them
    #[arg(long)]
    pub text_ids: bool,
}

/// The states a job can be in.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Not begun
    Queued,
    /// In work
    Working,
    /// Waiting for a person or for something outside
    Waiting,
    /// In the outbox
    Delivered,
    /// Can't be done
    Failed,
    /// Taken away before anything was paid, or given up
    Cancelled,
    /// A question about credits or about what is going on, answered by a report
    Answered,
}

impl State {
    /// The word that [`crate::job::Job::state`] has for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Working => "working",
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Answered => "answered",
        }
    }
}

fn job(typed: &str) -> Result<JobId, &'static str> {
    typed.parse().map(JobId).map_err(|_| "a job is named by its number, as `dakbox jobs` lists it")
}

#[cfg(feature = "sandbox")]
fn time(typed: &str) -> Result<std::time::Duration, &'static str> {
    let time = typed.parse::<jiff::SignedDuration>().ok();
    time.and_then(|t| t.try_into().ok()).ok_or("expected a length of time such as `2s` or `300ms`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_holds_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn what_the_contract_names_can_be_typed() {
        for line in [
            "run",
            "run --once --adopt",
            "run --dry-run --json",
            "run --daemonize --pid-file /run/x",
            "run --once --pid-file /run/x",
            "demo --dir d --keep",
            "sandbox --listen 127.0.0.1:0 --fault upload:status=500x2 --fault any:hang --credits 5",
            "sandbox --message-time 1s --second-stage 0s --render-time 300ms --text-ids",
            "check --json --config d.toml",
            "doctor --json",
            "status --watch --json",
            "jobs --state waiting --limit 20 --json",
            "show 12 --json",
            "explain f.mp4 --json",
            "retry 1 2 --again --json",
            "retry --reason no-credits",
            "cancel 1 2 --json",
            "credits --json",
            "pause --json",
            "resume --json",
            "completions bash",
            "man",
        ] {
            for line in [format!("dakbox {line}"), format!("dakbox --config c.toml {line}")] {
                let parsed = Args::try_parse_from(line.split(' '));
                assert!(parsed.is_ok(), "{line}: {parsed:?}");
            }
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for line in [
            "",
            "show",
            "show talk.mp4",
            "jobs --state done",
            "jobs --limit 0",
            "retry",
            "cancel",
            "run --json",
            "run --daemonize --once",
            "run --daemonize --dry-run",
            "run --dry-run --pid-file p",
            "x",
        ] {
            let parsed = Args::try_parse_from(format!("dakbox {line}").split_whitespace());
            assert!(parsed.is_err_and(|e| e.exit_code() == 2), "{line}");
        }
    }

    #[test]
    fn states_are_those_of_jobs() {
        for state in State::value_variants() {
            let typed = state.to_possible_value().map(|v| v.get_name().to_owned());
            assert_eq!(typed.as_deref(), Some(state.as_str()));
        }
    }
}
