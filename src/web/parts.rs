//! A page as parts that can be replaced one by one.

use std::fmt::Write as _;

use super::html::Html;

/// A part of a page: an element with that id, and in it rows with ids of their own.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Part {
    /// The element's id.
    pub(super) id: &'static str,
    /// What stands before its rows.
    pub(super) head: String,
    /// Its rows, each with its id.
    pub(super) rows: Vec<(String, String)>,
    /// What stands after them.
    pub(super) foot: String,
}

impl Part {
    /// A part without rows.
    pub(super) const fn whole(id: &'static str, html: String) -> Self {
        Self { id, head: html, rows: Vec::new(), foot: String::new() }
    }

    fn html(&self) -> String {
        let rows: usize = self.rows.iter().map(|(_, row)| row.len()).sum();
        let mut out = String::with_capacity(self.head.len() + rows + self.foot.len());
        out += &self.head;
        for (_, row) in &self.rows {
            out += row;
        }
        out + &self.foot
    }
}

/// A page's parts, in its order.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Parts(pub(super) Vec<Part>);

impl Parts {
    /// The part of that id, to be put into a page.
    pub(super) fn of(&self, id: &str) -> Html {
        Html(self.0.iter().find(|part| part.id == id).map(Part::html).unwrap_or_default())
    }

    /// What a page that shows `old` has to replace: ids, and what is to stand there.
    pub(super) fn since(&self, old: &Self) -> Vec<(String, String)> {
        let mut new = Vec::new();
        for part in &self.0 {
            let Some(before) = old.0.iter().find(|before| before.id == part.id) else {
                new.push((part.id.to_owned(), part.html()));
                continue;
            };
            let ids = |part: &Part| part.rows.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
            if part.head != before.head || part.foot != before.foot || ids(part) != ids(before) {
                new.push((part.id.to_owned(), part.html()));
                continue;
            }
            let changed = part.rows.iter().zip(&before.rows).filter(|(now, then)| now != then);
            new.extend(changed.map(|(now, _)| now.clone()));
        }
        new
    }

    /// The same as a line of a stream.
    pub(super) fn line_since(&self, old: &Self) -> Option<String> {
        let new = self.since(old);
        if new.is_empty() {
            return None;
        }
        let mut line = String::from("data: ");
        let json = serde_json::to_string(&new).unwrap_or_default();
        let _ = write!(line, "{json}\n\n");
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(head: &str, rows: &[(&str, &str)]) -> Part {
        let rows = rows.iter().map(|(id, row)| ((*id).to_owned(), (*row).to_owned())).collect();
        Part { id: "work", head: head.to_owned(), rows, foot: "</ul>".to_owned() }
    }

    #[test]
    fn only_what_differs_is_sent() {
        let old = Parts(vec![part("<ul>", &[("a", "1"), ("b", "2")])]);
        let changes = |new: Part| Parts(vec![new]).since(&old);
        assert_eq!(changes(old.0[0].clone()), []);
        assert_eq!(changes(part("<ul>", &[("a", "1"), ("b", "3")])), [("b".to_owned(), "3".to_owned())]);
        for other in [
            part("<ul>", &[("b", "2"), ("a", "1")]),
            part("<ul>", &[("a", "1")]),
            part("<ol>", &[("a", "1"), ("b", "2")]),
        ] {
            assert_eq!(changes(other.clone()), [("work".to_owned(), other.html())]);
        }
        assert_eq!(Parts::default().line_since(&old), None);
    }
}
