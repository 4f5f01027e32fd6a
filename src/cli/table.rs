//! Rows laid out to the width of the screen.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table};

use super::out::Screen;

/// Rows in columns, under their titles where there are any. Of a row's cells only the last is folded when the screen is
/// too narrow.
pub(super) fn rows(screen: &Screen, titles: &[&str], rows: Vec<Vec<Cell>>) -> String {
    let Some(columns) = rows.first().map(Vec::len) else { return String::new() };
    let mut table = Table::new();
    table.load_style(NOTHING).force_no_tty().set_content_arrangement(ContentArrangement::Dynamic);
    if let Some(width) = screen.width {
        table.set_width(width);
    }
    if screen.colour {
        table.enforce_styling();
    }
    if !titles.is_empty() {
        table.set_header(titles);
    }
    table.add_rows(rows);
    for (at, column) in table.column_iter_mut().enumerate() {
        let last = at + 1 == columns;
        column.set_padding((0, if last { 0 } else { 2 }));
        if !last {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table.trim_fmt() + "\n"
}

/// A paragraph, folded between its words.
pub(super) fn paragraph(screen: &Screen, text: &str) -> String {
    rows(screen, &[], vec![vec![Cell::new(text)]])
}

/// A number, at the right of its column.
pub(super) fn number(n: impl ToString) -> Cell {
    Cell::new(n).set_alignment(CellAlignment::Right)
}

/// The word for a state. Its colour says nothing that the word doesn't.
pub(super) fn state(word: &str) -> Cell {
    let cell = Cell::new(word);
    match word {
        "working" => cell.fg(Color::Blue),
        "waiting" => cell.fg(Color::DarkYellow),
        "delivered" => cell.fg(Color::DarkGreen),
        "failed" => cell.fg(Color::Red),
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn shown(width: Option<u16>, colour: bool) -> String {
        let screen = Screen { width, colour, zone: TimeZone::UTC };
        let line = |id: i64, word: &str, name: &str| vec![number(id), state(word), Cell::new(name)];
        rows(
            &screen,
            &["job", "state", "clip"],
            vec![line(9, "waiting", "a.mp4"), line(10, "failed", "one two three.mp4")],
        )
    }

    #[test]
    fn only_the_last_column_is_folded() {
        let wide = "job  state    clip\n  9  waiting  a.mp4\n 10  failed   one two three.mp4\n";
        assert_eq!(shown(None, false), wide);
        assert_eq!(shown(Some(80), false), wide);
        let narrow =
            "job  state    clip\n  9  waiting  a.mp4\n 10  failed   one two\n              three.mp4\n";
        assert_eq!(shown(Some(24), false), narrow);
    }

    #[test]
    fn colour_only_where_it_is_wanted() {
        assert!(shown(None, true).contains("\u{1b}["));
        assert!(!shown(Some(80), false).contains('\u{1b}'));
    }

    #[test]
    fn no_rows_are_no_table() {
        let screen = Screen { width: Some(20), colour: false, zone: TimeZone::UTC };
        assert_eq!(rows(&screen, &["job"], Vec::new()), "");
        assert_eq!(paragraph(&screen, "one two three four five"), "one two three four\nfive\n");
    }
}
