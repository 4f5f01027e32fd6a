//! Figures: credits and clips a day, how long steps take, and why clips fail.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;

use super::chart::{Bars, Beside, Days, Series};
use super::frame::{Frame, Visitor, page, trouble};
use super::house::House;
use super::html::made;
use super::kept::Which;
use super::parts::{Part, Parts};
use super::tongue::Lang;
use crate::job::{Moment, Step};
use crate::ledger::{CreditsRead, Ended, LedgerError, Took};
use crate::words::Tongue;

/// Days that are counted.
const DAYS: i32 = 30;
const DAY_MS: i64 = 86_400_000;

#[derive(Template)]
#[template(path = "figures.html")]
struct Figures {
    p: Frame,
    parts: Arc<Parts>,
}

/// The figures.
pub(super) async fn figures(State(house): State<Arc<House>>, visitor: Visitor) -> Response {
    let lang = visitor.lang;
    let look = move |house: &House| look(house, lang).map_err(io::Error::other);
    match house.parts(Which::Figures, lang, look).await {
        Ok(parts) => {
            let p = visitor.frame("/figures", visitor.tongue().word("nav-figures"));
            page(StatusCode::OK, lang, &Figures { p, parts })
        }
        Err(error) => trouble(visitor, &error),
    }
}

fn look(house: &House, lang: Lang) -> Result<Parts, LedgerError> {
    let (view, t) = (house.overview()?, lang.tongue());
    let days = Calendar::until(House::now(), &TimeZone::system());
    let since = Moment(House::now().0 - i64::from(DAYS) * DAY_MS);
    let (ended, took) = (view.ended(since)?, view.took(since)?);
    let credits = spent(&days, &view.credits_read(since)?);
    let charts = [
        Days::of(
            t,
            t.word("chart-credits"),
            &days.names,
            &[Series { class: "work", name: t.word("col-credits"), values: &credits }],
        ),
        clips(t, &days, &ended),
    ];
    let bars = [steps(t, &took), failures(t, &ended)];
    let all: String = charts.iter().map(made).chain(bars.iter().flatten().map(made)).collect();
    Ok(Parts(vec![Part::whole("charts", format!("<div id=\"charts\" class=\"charts\">{all}</div>"))]))
}

/// The last days, as this machine counts them.
struct Calendar {
    names: Vec<String>,
    /// When each begins: a day is found by these alone, for there may be many moments.
    begin: Vec<i64>,
}

impl Calendar {
    fn until(now: Moment, zone: &TimeZone) -> Self {
        let now = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default().to_zoned(zone.clone());
        let midnight = |back: i32| {
            let day = now.checked_sub(jiff::Span::new().days(back));
            day.and_then(|day| day.start_of_day()).unwrap_or_else(|_| now.clone())
        };
        let days: Vec<_> = (0..DAYS).rev().map(midnight).collect();
        Self {
            names: days.iter().map(|day| day.strftime("%Y-%m-%d").to_string()).collect(),
            begin: days.iter().map(|day| day.timestamp().as_millisecond()).collect(),
        }
    }

    /// Which of them that moment is in.
    fn place(&self, at: Moment) -> Option<usize> {
        self.begin.partition_point(|begin| *begin <= at.0).checked_sub(1)
    }
}

/// What each day has cost: every fall of an account's credits from one reading to the next. What came in is no cost.
fn spent(days: &Calendar, read: &[CreditsRead]) -> Vec<f64> {
    let (mut spent, mut last) = (vec![0.0; days.names.len()], BTreeMap::new());
    for reading in read {
        let before = last.insert(&reading.account, reading.available);
        let fell = before.map_or(0.0, |before| before - reading.available);
        if let Some(day) = days.place(reading.at).filter(|_| fell > 0.0) {
            spent[day] += fell;
        }
    }
    spent
}

fn clips(t: Tongue, days: &Calendar, ended: &[Ended]) -> Days {
    let count = |delivered: bool| {
        let mut counts = vec![0.0; days.names.len()];
        for end in ended.iter().filter(|end| end.delivered == delivered) {
            if let Some(day) = days.place(end.at) {
                counts[day] += 1.0;
            }
        }
        counts
    };
    let (done, failed) = (count(true), count(false));
    let series = [
        Series { class: "done", name: t.word("col-delivered"), values: &done },
        Series { class: "failed", name: t.word("col-failed"), values: &failed },
    ];
    Days::of(t, t.word("chart-clips"), &days.names, &series)
}

/// How long half, and nine in ten, of each step's runs took.
fn steps(t: Tongue, took: &[Took]) -> Option<Bars> {
    let mut by_step: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for took in took {
        by_step.entry(took.step).or_default().push(took.ms);
    }
    for all in by_step.values_mut() {
        all.sort_unstable();
    }
    let of_all = |all: &[u64], tenths: usize| {
        all.get((all.len() * tenths / 10).min(all.len() - 1)).copied().unwrap_or_default()
    };
    let rows = Step::NAMES.into_iter().filter_map(|step| {
        let all = by_step.get(step)?;
        let (half, most) = (of_all(all, 5), of_all(all, 9));
        Some(Beside {
            name: t.word(&format!("name-{step}")),
            value: float(half),
            second: Some(float(most)),
            numbers: vec![seconds(t, half), seconds(t, most), t.number(&all.len().to_string())],
        })
    });
    let rows: Vec<_> = rows.collect();
    let columns = ["col-half", "col-most", "col-times"].map(|word| t.word(word)).to_vec();
    (!rows.is_empty()).then(|| Bars::of("steps", (t.word("chart-steps"), t.word("col-step")), columns, rows))
}

/// A number to draw. Beyond what is drawn exactly nothing is told apart.
fn float(n: u64) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

fn seconds(t: Tongue, ms: u64) -> String {
    if ms < 60_000 {
        let written = format!("{}.{}", ms / 1000, ms % 1000 / 100);
        t.say("lasts-exactly", crate::words::About::default().with("n", t.number(&written)))
    } else {
        t.lasting(ms / 1000)
    }
}

fn failures(t: Tongue, ended: &[Ended]) -> Option<Bars> {
    let mut by_code: BTreeMap<&str, u64> = BTreeMap::new();
    for code in ended.iter().filter(|end| !end.delivered).filter_map(|end| end.code) {
        *by_code.entry(code.as_str()).or_default() += 1;
    }
    let mut all: Vec<_> = by_code.into_iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rows = all.into_iter().map(|(code, count)| Beside {
        name: code.to_owned(),
        value: float(count),
        second: None,
        numbers: vec![t.number(&count.to_string())],
    });
    let rows: Vec<_> = rows.collect();
    let columns = vec![t.word("col-failed")];
    (!rows.is_empty())
        .then(|| Bars::of("failures", (t.word("chart-failures"), t.word("col-reason")), columns, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fell_was_spent() {
        let days = Calendar::until(Moment(DAY_MS * 20_000), &TimeZone::UTC);
        let read = |account: &str, day: i64, available| CreditsRead {
            account: account.to_owned(),
            at: Moment(DAY_MS * (20_000 - day)),
            available,
        };
        let all = [
            read("a", 3, 100.0),
            read("a", 2, 60.0),
            read("b", 2, 500.0),
            read("a", 1, 400.0),
            read("a", 0, 390.0),
            read("b", 0, 480.0),
        ];
        let spent = spent(&days, &all);
        assert_eq!(spent.len(), 30);
        assert_eq!(spent[26..], [0.0, 40.0, 0.0, 30.0]);
        assert!(spent[..26].iter().all(|n| *n == 0.0));
    }
}
