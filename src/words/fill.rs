//! Templates: whole sentences with places for names and numbers, in fluent's spelling.

/// Ways to say one thing, the best first: the first whose arguments are all known is said, and nothing where none is.
pub(super) type Ways = &'static [&'static str];

/// What is said about one code.
pub(super) struct Text {
    /// What happened, and to which file.
    pub(super) happened: Ways,
    /// What to do about it, step by step.
    pub(super) to_do: &'static [Ways],
}

/// The arguments of a page: names with their values as they are shown.
#[derive(Default)]
pub(super) struct Args(Vec<(&'static str, String)>);

impl Args {
    /// One argument more, where it is known.
    pub(super) fn with(mut self, name: &'static str, value: Option<String>) -> Self {
        self.0.extend(value.map(|v| (name, v)));
        self
    }

    /// The first of `ways` whose arguments are all known.
    pub(super) fn say(&self, ways: Ways) -> Option<String> {
        ways.iter().find_map(|template| self.fill(template))
    }

    fn fill(&self, template: &str) -> Option<String> {
        let (mut out, mut rest) = (String::new(), template);
        while let Some((before, after)) = rest.split_once("{$") {
            let (name, behind) = after.split_once('}')?;
            out += before;
            out += &self.0.iter().find(|(n, _)| *n == name)?.1;
            rest = behind;
        }
        Some(out + rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_way_whose_arguments_are_known_is_said() {
        let args = Args::default().with("file", Some("{$link}".to_owned())).with("link", None);
        let table: [(Ways, Option<&str>); 5] = [
            (&["plain"], Some("plain")),
            (&["see {$link}", "about {$file}."], Some("about {$link}.")),
            (&["{$file}{$file}"], Some("{$link}{$link}")),
            (&["see {$link}"], None),
            (&["broken {$file"], None),
        ];
        for (ways, said) in table {
            assert_eq!(args.say(ways).as_deref(), said, "{ways:?}");
        }
    }
}
