//! The tool `csv-report`: reads a table, gets exchange rates, writes a report.
//!
//! This file is the tool's edge: everything that reaches outside of it is called here. What it computes is in the other
//! modules, which know nothing of WebAssembly and are tested like any Rust code.
#![cfg_attr(
    test,
    expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")
)]

mod rates;
mod report;
mod table;

use bailiwick::files::{read_file, write_file};
use bailiwick::http::http_get;
use exports::demo::csv_report::report::{Entry, Error, Guest, Summary};
use rates::Rates;
use report::{Converted, Report};
use table::Table;

wit_bindgen::generate!({
    path: [
        "../../../wit/files",
        "../../../wit/http",
        "../../../wit/log",
        "../../../wit/clock",
        "../../../wit/random",
        "../../../wit/worlds",
        "wit",
    ],
    world: "demo:csv-report/csv-report",
    generate_all,
});

struct CsvReport;

impl Guest for CsvReport {
    fn summarise(
        input: String,
        rates_url: String,
        output: String,
        currency: String,
    ) -> Result<Summary, Error> {
        let table = read_table(&input)?;
        let rates = fetch_rates(&rates_url)?;
        let report = Report::new(&table, &rates, &rates_url, &currency)
            .ok_or(Error::UnknownCurrency(currency))?;
        write_file::write(&output, report.to_json().as_bytes()).map_err(Error::Output)?;
        Ok(summary(&report))
    }
}

export!(CsvReport);

fn read_table(path: &str) -> Result<Table, Error> {
    let bytes = read_file::read(path).map_err(Error::Input)?;
    Table::parse(&bytes).map_err(|error| Error::MalformedInput(error.to_string()))
}

fn fetch_rates(url: &str) -> Result<Rates, Error> {
    let response = http_get::get(url).map_err(Error::Rates)?;
    if response.status != 200 {
        return Err(Error::RatesStatus(response.status));
    }
    Rates::parse(&response.body).map_err(|error| Error::MalformedRates(error.to_string()))
}

fn summary(report: &Report) -> Summary {
    Summary {
        currency: report.currency.clone(),
        rates_of: report.rates.date.clone(),
        rows: report.rows.read,
        converted: report.rows.converted,
        total: report.total.to_string(),
        average: report.average.map(|average| average.to_string()),
        lowest: report.lowest.as_ref().map(entry),
        highest: report.highest.as_ref().map(entry),
        currencies_without_rate: report.currencies_without_rate(),
        unreadable_rows: report.unreadable_rows(),
    }
}

fn entry(row: &Converted) -> Entry {
    Entry {
        name: row.name.clone(),
        amount: row.converted.to_string(),
    }
}
