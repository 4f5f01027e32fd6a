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
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    roff.to_writer(&mut page)?;
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        section(sub, &mut page)?;
    }
    endings().to_writer(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// A command as a part of the page: what every command takes was said above.
fn section(sub: &clap::Command, page: &mut Vec<u8>) -> anyhow::Result<()> {
    let said_above = |arg: clap::Arg| {
        let above = matches!(arg.get_id().as_str(), "config" | "help");
        arg.hide(above)
    };
    let man = Man::new(sub.clone().mut_args(said_above));
    let mut roff = Roff::new();
    roff.control("SS", [sub.get_bin_name().unwrap_or_else(|| sub.get_name())]);
    roff.to_writer(page)?;
    let mut part = Vec::new();
    man.render_synopsis_section(&mut part)?;
    man.render_description_section(&mut part)?;
    man.render_options_section(&mut part)?;
    // Its sections are paragraphs here, and their titles would only repeat themselves.
    for line in String::from_utf8_lossy(&part)
        .lines()
        .filter(|line| !line.starts_with(".ie") && !line.starts_with(".el"))
    {
        let line = if line.starts_with(".SH ") { ".PP" } else { line };
        page.extend_from_slice(line.as_bytes());
        page.push(b'\n');
    }
    Ok(())
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
