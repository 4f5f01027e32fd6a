//! Charts as SVG: bars over days, and bars beside names. Pure.

use askama::Template;

use super::row::shape;
use crate::words::Tongue;

/// How high the bars' room is, and what is above and below it.
const HIGH: f64 = 140.0;
const ABOVE: f64 = 20.0;

/// One bar, or two on top of each other.
struct Bar {
    x: String,
    width: String,
    marks: Vec<(&'static str, String, String)>,
    title: String,
}

/// Bars over days.
#[derive(Template)]
#[template(path = "days.html")]
pub(super) struct Days {
    title: String,
    bars: Vec<Bar>,
    lines: Vec<(String, String)>,
    labels: Vec<(String, String, &'static str)>,
    columns: Vec<(&'static str, &'static str, String)>,
    table: Vec<(String, Vec<String>)>,
    day: String,
    /// What is said where nothing was.
    none: String,
}

/// A column of a chart: how it is drawn, what it is called, and its numbers, a day each.
pub(super) struct Series<'a> {
    pub(super) class: &'static str,
    pub(super) name: String,
    pub(super) values: &'a [f64],
}

impl Days {
    /// A chart of these numbers; `days` names them, oldest first.
    pub(super) fn of(t: Tongue, title: String, days: &[String], all: &[Series<'_>]) -> Self {
        let sum = |day: usize| all.iter().map(|series| series.values[day]).sum::<f64>();
        let most = (0..days.len()).map(sum).fold(0.0, f64::max);
        let top = nice(most);
        let count = u32::try_from(days.len()).unwrap_or(1).max(1);
        let wide = 100.0 / f64::from(count);
        // Where a day begins, in percent; `part` of it further.
        let at = |day: usize, part: f64| wide * (f64::from(u32::try_from(day).unwrap_or_default()) + part);
        let told = |day: usize| {
            let values = all.iter().map(|series| format!("{} {}", t.amount(series.values[day]), series.name));
            format!("{}: {}", t.number(&days[day]), values.collect::<Vec<_>>().join(", "))
        };
        let bars = (0..days.len()).filter(|day| sum(*day) > 0.0).map(|day| {
            let mut below = 0.0;
            let marks = all.iter().map(|series| {
                let high = series.values[day] / top * HIGH;
                let y = ABOVE + HIGH - below - high;
                below += high;
                (series.class, format!("{y:.1}"), format!("{high:.1}"))
            });
            Bar {
                x: format!("{:.2}%", at(day, 0.1)),
                width: format!("{:.2}%", wide * 0.8),
                marks: marks.collect(),
                title: told(day),
            }
        });
        let line = |part: f64| (format!("{:.1}", ABOVE + HIGH - part * HIGH), t.amount(top * part));
        let label = |day: usize, anchor| {
            let middle = at(day, 0.5);
            (format!("{middle:.2}%"), t.number(days[day].get(5..).unwrap_or(&days[day])), anchor)
        };
        let last = days.len().saturating_sub(1);
        let table = (0..days.len()).rev().filter(|day| sum(*day) > 0.0).map(|day| {
            (t.number(&days[day]), all.iter().map(|series| t.amount(series.values[day])).collect())
        });
        Self {
            title,
            bars: bars.collect(),
            lines: [0.0, 0.5, 1.0].map(line).to_vec(),
            labels: vec![label(0, "start"), label(last / 2, "middle"), label(last, "end")],
            columns: all
                .iter()
                .map(|series| (series.class, mark(all, series), series.name.clone()))
                .collect(),
            table: table.collect(),
            day: t.word("col-day"),
            none: t.word("chart-none"),
        }
    }
}

/// What stands beside a column's name where several are drawn: its colour, and a shape for who sees none.
fn mark(all: &[Series<'_>], series: &Series<'_>) -> &'static str {
    if all.len() > 1 { shape(series.class) } else { "" }
}

/// A round number that is not less, and whose half is one as well.
fn nice(most: f64) -> f64 {
    if most <= 0.0 {
        return 2.0;
    }
    let ten = 10_f64.powf(most.log10().floor());
    [1.0, 2.0, 4.0, 6.0, 10.0]
        .into_iter()
        .map(|step| step * ten)
        .find(|top| *top >= most)
        .unwrap_or(most)
        .max(2.0)
}

/// Bars beside names, each with a second mark where there is one.
#[derive(Template)]
#[template(path = "bars.html")]
pub(super) struct Bars {
    class: &'static str,
    title: String,
    head: [String; 2],
    more: Vec<String>,
    rows: Vec<BarRow>,
}

struct BarRow {
    name: String,
    /// Its marks' lengths, and where each ends.
    width: String,
    second: Option<String>,
    numbers: Vec<String>,
}

/// What a bar says: its name, its number, perhaps a larger one, and both as they are read.
pub(super) struct Beside {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) second: Option<f64>,
    pub(super) numbers: Vec<String>,
}

impl Bars {
    /// A chart of these; `columns` are the names of a row's numbers.
    pub(super) fn of(
        class: &'static str,
        (title, head): (String, String),
        columns: Vec<String>,
        all: Vec<Beside>,
    ) -> Self {
        let most = all
            .iter()
            .map(|row| row.second.unwrap_or(row.value).max(row.value))
            .fold(0.0, f64::max)
            .max(1e-9);
        let percent = |value: f64| format!("{:.2}%", value / most * 100.0);
        let rows = all.into_iter().map(|row| BarRow {
            width: percent(row.value),
            second: row.second.map(percent),
            name: row.name,
            numbers: row.numbers,
        });
        let mut columns = columns.into_iter();
        let first = columns.next().unwrap_or_default();
        Self { class, title, head: [head, first], more: columns.collect(), rows: rows.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_numbers() {
        for (most, want) in
            [(0.0, 2.0), (0.3, 2.0), (1.0, 2.0), (2.1, 4.0), (34.0, 40.0), (51.0, 60.0), (999.0, 1000.0)]
        {
            assert!((nice(most) - want).abs() < 1e-9, "{most}: {}", nice(most));
        }
    }

    #[test]
    fn days_are_bars_and_rows() {
        let days: Vec<_> = (1..=30).map(|day| format!("2026-11-{day:02}")).collect();
        let mut values = vec![0.0; 30];
        values[29] = 120.0;
        let series = Series { class: "work", name: "credits".into(), values: &values };
        let chart = Days::of(Tongue::english(), "Credits a day".into(), &days, &[series]).render().unwrap();
        assert!(chart.matches("<rect").count() == 1 && chart.contains("2026-11-30: 120 credits"), "{chart}");
        let none = vec![0.0; 30];
        let series = Series { class: "work", name: "credits".into(), values: &none };
        let chart = Days::of(Tongue::bangla(), "x".into(), &days, &[series]).render().unwrap();
        assert!(!chart.contains("NaN") && chart.contains("১১-৩০"), "{chart}");
    }
}
