//! The report: every row converted, or the reason why not, and what they add up to.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

use crate::rates::Rates;
use crate::table::{Row, Table};

/// What is written, as JSON with these names. Decimals are strings there: a JSON number is binary for most readers.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Report {
    pub(crate) currency: String,
    pub(crate) rates: RatesUsed,
    pub(crate) rows: Rows,
    pub(crate) total: Decimal,
    pub(crate) average: Option<Decimal>,
    pub(crate) lowest: Option<Converted>,
    pub(crate) highest: Option<Converted>,
    by_currency: BTreeMap<String, Group>,
    by_name: BTreeMap<String, Group>,
    converted: Vec<Converted>,
    not_converted: Vec<NotConverted>,
}

/// The exchange rates, where they come from, and those that were used.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct RatesUsed {
    pub(crate) date: String,
    url: String,
    /// Units of each currency for one euro.
    per_euro: BTreeMap<String, Decimal>,
}

/// How many rows there are.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Rows {
    pub(crate) read: u32,
    pub(crate) converted: u32,
    not_converted: u32,
}

/// What rows with something in common add up to, in the report's currency.
#[derive(Serialize)]
struct Group {
    rows: u32,
    total: Decimal,
    average: Decimal,
}

/// A row that was converted.
#[derive(Clone, Serialize)]
pub(crate) struct Converted {
    line: u64,
    pub(crate) name: String,
    amount: Decimal,
    currency: String,
    pub(crate) converted: Decimal,
}

/// A row that was not, as it was written.
#[derive(Serialize)]
struct NotConverted {
    line: u64,
    name: String,
    amount: String,
    currency: String,
    reason: Reason,
}

/// Why a row was not converted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Reason {
    /// There is no exchange rate for its currency.
    NoRate,
    /// Its amount is not a decimal number.
    NotANumber,
    /// It is more than can be added up exactly.
    TooLarge,
}

/// So much that the sum of 2^32 such amounts, in cents, still fits into the 96 bits of a `Decimal`.
const LARGEST: Decimal = Decimal::from_parts(0, 0, 1, false, 2);

impl Report {
    /// Converts the table. `None` when there is no rate for `currency`.
    pub(crate) fn new(table: &Table, rates: &Rates, url: &str, currency: &str) -> Option<Report> {
        let target = rates.per_euro(currency)?;
        let (mut converted, mut not_converted) = (Vec::new(), Vec::new());
        for row in &table.rows {
            match convert(row, rates, target) {
                Ok(row) => converted.push(row),
                Err(reason) => not_converted.push(NotConverted::new(row, reason)),
            }
        }
        let mut rates = RatesUsed {
            date: rates.date.clone(),
            url: url.to_owned(),
            per_euro: rates_of(&converted, rates),
        };
        rates.per_euro.insert(currency.to_owned(), target);
        Some(Report::add_up(
            converted,
            not_converted,
            rates,
            currency.to_owned(),
        ))
    }

    fn add_up(
        converted: Vec<Converted>,
        not_converted: Vec<NotConverted>,
        rates: RatesUsed,
        currency: String,
    ) -> Report {
        let all = Group::new(converted.iter());
        Report {
            currency,
            rates,
            rows: Rows {
                read: count(converted.len() + not_converted.len()),
                converted: count(converted.len()),
                not_converted: count(not_converted.len()),
            },
            total: all.total,
            average: (all.rows > 0).then_some(all.average),
            // Of equal rows the first: `max_by_key` alone would take the last.
            lowest: converted.iter().min_by_key(|row| row.converted).cloned(),
            highest: converted
                .iter()
                .rev()
                .max_by_key(|row| row.converted)
                .cloned(),
            by_currency: groups(&converted, |row| &row.currency),
            by_name: groups(&converted, |row| &row.name),
            converted,
            not_converted,
        }
    }

    /// The report as JSON, indented, with a line break at its end.
    pub(crate) fn to_json(&self) -> String {
        // Serialising fails only for maps whose keys are no strings, and for failing writers. Neither is here.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The codes that have no rate, sorted, each once.
    pub(crate) fn currencies_without_rate(&self) -> Vec<String> {
        let without = self
            .not_converted
            .iter()
            .filter(|row| row.reason == Reason::NoRate);
        let codes: BTreeSet<_> = without.map(|row| row.currency.clone()).collect();
        codes.into_iter().collect()
    }

    /// How many rows failed for another reason than a missing rate.
    pub(crate) fn unreadable_rows(&self) -> u32 {
        count(
            self.not_converted
                .iter()
                .filter(|row| row.reason != Reason::NoRate)
                .count(),
        )
    }
}

impl NotConverted {
    fn new(row: &Row, reason: Reason) -> NotConverted {
        let Row {
            line,
            name,
            amount,
            currency,
        } = row;
        NotConverted {
            line: *line,
            name: name.clone(),
            amount: amount.clone(),
            currency: currency.clone(),
            reason,
        }
    }
}

impl Group {
    fn new<'a>(rows: impl Iterator<Item = &'a Converted>) -> Group {
        let (mut number, mut total) = (0_u32, cents(Decimal::ZERO));
        for row in rows {
            number += 1;
            total += row.converted;
        }
        let average = total.checked_div(Decimal::from(number)).unwrap_or_default();
        Group {
            rows: number,
            total,
            average: cents(average),
        }
    }
}

fn rates_of(rows: &[Converted], rates: &Rates) -> BTreeMap<String, Decimal> {
    let rate = |row: &Converted| Some((row.currency.clone(), rates.per_euro(&row.currency)?));
    rows.iter().filter_map(rate).collect()
}

fn groups(rows: &[Converted], key: impl Fn(&Converted) -> &String) -> BTreeMap<String, Group> {
    let mut members: BTreeMap<&String, Vec<&Converted>> = BTreeMap::new();
    for row in rows {
        members.entry(key(row)).or_default().push(row);
    }
    members
        .into_iter()
        .map(|(key, rows)| (key.clone(), Group::new(rows.into_iter())))
        .collect()
}

fn convert(row: &Row, rates: &Rates, target: Decimal) -> Result<Converted, Reason> {
    let amount = Decimal::from_str_exact(&row.amount).map_err(|_| Reason::NotANumber)?;
    let source = rates.per_euro(&row.currency).ok_or(Reason::NoRate)?;
    // Multiplied first: until the division everything is exact.
    let in_target = amount
        .checked_mul(target)
        .and_then(|product| product.checked_div(source));
    let converted = in_target
        .filter(|converted| converted.abs() <= LARGEST)
        .map(cents)
        .ok_or(Reason::TooLarge)?;
    Ok(Converted {
        line: row.line,
        name: row.name.clone(),
        amount,
        currency: row.currency.clone(),
        converted,
    })
}

fn cents(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: &str = "<Cube time='2020-01-02'><Cube currency='USD' rate='1.25'/><Cube currency='JPY' rate='120'/></Cube>";

    fn report(rows: &str, currency: &str) -> Option<Report> {
        let table = Table::parse(format!("name,amount,currency\n{rows}").as_bytes())
            .ok()
            .unwrap();
        Report::new(
            &table,
            &Rates::parse(RATES.as_bytes()).ok().unwrap(),
            "http://host/rates",
            currency,
        )
    }

    fn amounts(rows: &str, currency: &str) -> Vec<String> {
        report(rows, currency)
            .unwrap()
            .converted
            .iter()
            .map(|row| row.converted.to_string())
            .collect()
    }

    #[test]
    fn converts_through_the_euro() {
        assert_eq!(
            amounts("a,1,EUR\nb,1,USD\nc,240,JPY\n", "EUR"),
            ["1.00", "0.80", "2.00"]
        );
        assert_eq!(
            amounts("a,1,EUR\nb,1,USD\nc,240,JPY\n", "USD"),
            ["1.25", "1.00", "2.50"]
        );
    }

    #[test]
    fn rounds_half_away_from_zero_to_two_places() {
        let rows = "a,0.005,EUR\nb,0.0049,EUR\nc,-0.005,EUR\nd,1.015,EUR\n";
        assert_eq!(amounts(rows, "EUR"), ["0.01", "0.00", "-0.01", "1.02"]);
    }

    #[test]
    fn a_tenth_added_ten_times_is_one() {
        assert_eq!(
            report(&"a,0.1,EUR\n".repeat(10), "EUR")
                .unwrap()
                .total
                .to_string(),
            "1.00"
        );
    }

    #[test]
    fn the_total_is_the_sum_of_what_is_shown() {
        // Each is 0.008 EUR, shown as 0.01. Unrounded they would add up to 0.02.
        let report = report(&"a,0.01,USD\n".repeat(3), "EUR").unwrap();
        assert_eq!(report.total.to_string(), "0.03");
        assert_eq!(report.average.unwrap().to_string(), "0.01");
    }

    #[test]
    fn groups_by_currency_and_by_name() {
        let report = report("a,1,EUR\nb,3,EUR\na,5,USD\n", "EUR").unwrap();
        let shown = |group: &Group| format!("{} {} {}", group.rows, group.total, group.average);
        assert_eq!(shown(&report.by_currency["EUR"]), "2 4.00 2.00");
        assert_eq!(shown(&report.by_currency["USD"]), "1 4.00 4.00");
        assert_eq!(shown(&report.by_name["a"]), "2 5.00 2.50");
    }

    #[test]
    fn a_row_that_cannot_be_converted_is_listed_with_its_reason() {
        use Reason::{NoRate, NotANumber, TooLarge};
        let rows =
            "a,1,XXX\nb,one,EUR\nc,79228162514264337593543950335,USD\nd,1,\ne,,EUR\nf,2,EUR\n";
        let report = report(rows, "JPY").unwrap();
        let reasons: Vec<_> = report
            .not_converted
            .iter()
            .map(|row| (row.line, row.reason))
            .collect();
        assert_eq!(
            reasons,
            [
                (2, NoRate),
                (3, NotANumber),
                (4, TooLarge),
                (5, NoRate),
                (6, NotANumber)
            ]
        );
        assert_eq!(
            (
                report.rows.read,
                report.rows.converted,
                report.unreadable_rows()
            ),
            (6, 1, 3)
        );
        assert_eq!(report.currencies_without_rate(), ["", "XXX"]);
    }

    #[test]
    fn the_largest_amounts_are_added_up_exactly_and_one_cent_more_is_too_large() {
        let report = report(
            &("a,184467440737095516.16,EUR\n".repeat(1000) + "b,184467440737095516.17,EUR\n"),
            "EUR",
        );
        let report = report.unwrap();
        assert_eq!(report.total.to_string(), "184467440737095516160.00");
        assert_eq!(
            report.not_converted.first().unwrap().reason,
            Reason::TooLarge
        );
    }

    #[test]
    fn no_report_without_a_rate_for_its_currency() {
        assert!(report("a,1,EUR\n", "XXX").is_none());
    }

    #[test]
    fn a_table_without_rows_has_no_average() {
        let report = report("", "EUR").unwrap();
        assert_eq!(
            (
                report.total.to_string(),
                report.average,
                report.lowest.is_none()
            ),
            ("0.00".into(), None, true)
        );
    }

    #[test]
    fn the_first_of_equals_is_the_lowest_and_the_highest() {
        let report = report("a,1,EUR\nb,1,EUR\n", "EUR").unwrap();
        assert_eq!(
            (report.lowest.unwrap().name, report.highest.unwrap().name),
            ("a".into(), "a".into())
        );
    }

    #[test]
    fn json_has_decimals_as_strings_and_a_line_break_at_its_end() {
        let json = report("a,1,USD\nb,1,XXX\n", "EUR").unwrap().to_json();
        assert!(json.ends_with("}\n"));
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["total"], "0.80");
        assert_eq!(value["rates"]["date"], "2020-01-02");
        assert_eq!(
            value["rates"]["per-euro"],
            serde_json::json!({"EUR": "1", "USD": "1.25"})
        );
        assert_eq!(value["not-converted"][0]["reason"], "no-rate");
    }
}
