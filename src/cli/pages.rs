//! `dakbox completions` and `dakbox man`: what a package ships beside the program.

use clap::CommandFactory as _;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::{Args, Exit, out};

/// Prints the completions for a shell.
pub(super) fn completions(shell: clap_complete::Shell) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "dakbox", &mut script);
    out::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// Prints the manual page.
pub(super) fn man() -> anyhow::Result<Exit> {
    out::print(&page()?)?;
    Ok(Exit::Done)
}

/// What every part of a page begins with, by which `groff` and others know an apostrophe; once is enough.
const PREAMBLE: [&str; 2] = [r".ie \n(.g .ds Aq \(aq", r".el .ds Aq '"];

/// One page with every command in it, because nobody looks for twelve.
fn page() -> anyhow::Result<String> {
    let mut command = Args::command();
    command.build();
    let mut page = Vec::new();
    let main = Man::new(command.clone());
    main.render_title(&mut page)?;
    main.render_name_section(&mut page)?;
    main.render_synopsis_section(&mut page)?;
    main.render_description_section(&mut page)?;
    main.render_options_section(&mut page)?;
    let mut heading = Roff::new();
    heading.control("SH", ["COMMANDS"]);
    heading.to_writer(&mut page)?;
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        page.extend_from_slice(section(sub)?.as_bytes());
    }
    endings().to_writer(&mut page)?;
    let page = String::from_utf8_lossy(&page);
    let lines = page.lines().filter(|line| !PREAMBLE.contains(line));
    Ok(PREAMBLE.into_iter().chain(lines).flat_map(|line| [line, "\n"]).collect())
}

/// A command as a part of the page: without what every command takes, which is said above.
fn section(sub: &clap::Command) -> anyhow::Result<String> {
    let said_above = |arg: clap::Arg| match arg.get_id().as_str() {
        "config" | "help" => arg.hide(true),
        _ => arg,
    };
    let man = Man::new(sub.clone().mut_args(said_above));
    let mut roff = Roff::new();
    roff.control("SS", [sub.get_bin_name().unwrap_or_else(|| sub.get_name())]);
    let mut part = Vec::new();
    roff.to_writer(&mut part)?;
    man.render_synopsis_section(&mut part)?;
    man.render_description_section(&mut part)?;
    man.render_options_section(&mut part)?;
    // Its sections are mere paragraphs here: titles would only repeat themselves.
    let part = String::from_utf8_lossy(&part);
    let lines = part.lines().map(|line| if line.starts_with(".SH ") { ".PP" } else { line });
    Ok(lines.flat_map(|line| [line, "\n"]).collect())
}

fn endings() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in [
        ("0", "Done."),
        ("1", "Something failed."),
        ("2", "Used or configured wrongly."),
        ("3", "Something waits for a person."),
    ] {
        roff.control("TP", []);
        roff.text([bold(code)]);
        roff.text([roman(meaning)]);
    }
    roff.control("SH", ["FILES"]);
    for (file, meaning) in [
        (
            "$XDG_CONFIG_HOME/dakbox/config.toml, /etc/dakbox/config.toml",
            "The settings, where no --config names them.",
        ),
        ("pause.txt", "In the root folder: while it lies there, no new message is sent."),
    ] {
        roff.control("TP", []);
        roff.text([bold(file)]);
        roff.text([roman(meaning)]);
    }
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_command_once() {
        let page = page().unwrap();
        for sub in Args::command().get_subcommands() {
            let title = format!(".SS \"dakbox {}\"\n", sub.get_name());
            assert_eq!(page.matches(&title).count(), usize::from(!sub.is_hide_set()), "{title}{page}");
        }
        assert_eq!(
            page.matches("\\-\\-config").count(),
            3,
            "in the synopsis, the options and the files: {page}"
        );
    }
}
