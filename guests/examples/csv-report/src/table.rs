//! The table: CSV bytes to rows of name, amount and currency.

use std::fmt;

/// The rows of a table, in its order.
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
}

/// One row, its amount still as it was written.
pub(crate) struct Row {
    /// The line of the file on which the row starts, from 1.
    pub(crate) line: u64,
    pub(crate) name: String,
    pub(crate) amount: String,
    pub(crate) currency: String,
}

/// Why bytes are no table.
#[derive(Debug, PartialEq)]
pub(crate) enum TableError {
    /// No column has one of these names.
    MissingColumn(&'static [&'static str]),
    /// Not CSV, in words.
    Csv(String),
}

impl fmt::Display for TableError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TableError::MissingColumn(names) => {
                write!(formatter, "no column is named {}", names.join(" or "))
            }
            TableError::Csv(reason) => formatter.write_str(reason),
        }
    }
}

const NAME: &[&str] = &["name", "country"];
const AMOUNT: &[&str] = &["local_price", "price", "amount"];
const CURRENCY: &[&str] = &["currency_code", "currency"];

impl Table {
    /// Reads CSV with a header. Rows may be shorter than the header: what is missing is empty.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Table, TableError> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(without_mark(bytes));
        let header = reader.headers().map_err(csv_error)?;
        let columns = [
            column(header, NAME)?,
            column(header, AMOUNT)?,
            column(header, CURRENCY)?,
        ];
        let rows = reader
            .records()
            .map(|record| Ok(row(&record.map_err(csv_error)?, columns)));
        Ok(Table {
            rows: rows.collect::<Result<_, _>>()?,
        })
    }
}

/// Spreadsheets put a byte order mark in front, which would become part of the first column's name.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn column(header: &csv::StringRecord, names: &'static [&'static str]) -> Result<usize, TableError> {
    names
        .iter()
        .find_map(|name| {
            header
                .iter()
                .position(|field| field.eq_ignore_ascii_case(name))
        })
        .ok_or(TableError::MissingColumn(names))
}

fn row(record: &csv::StringRecord, [name, amount, currency]: [usize; 3]) -> Row {
    let field = |column| record.get(column).unwrap_or_default().to_owned();
    Row {
        line: record.position().map_or(0, csv::Position::line),
        name: field(name),
        amount: field(amount),
        currency: field(currency).to_ascii_uppercase(),
    }
}

fn csv_error(error: csv::Error) -> TableError {
    TableError::Csv(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<(String, String, String)> {
        let table = Table::parse(text.as_bytes()).ok().unwrap();
        table
            .rows
            .into_iter()
            .map(|row| (row.name, row.amount, row.currency))
            .collect()
    }

    fn row(name: &str, amount: &str, currency: &str) -> (String, String, String) {
        (name.into(), amount.into(), currency.into())
    }

    #[test]
    fn reads_the_table_of_the_demo() {
        let table = Table::parse(include_bytes!("../../../../demo/workspace/input.csv"))
            .ok()
            .unwrap();
        assert_eq!(table.rows.len(), 71);
        let last = table.rows.last().unwrap();
        assert_eq!(
            (last.line, &*last.name, &*last.amount, &*last.currency),
            (72, "South Africa", "49.9", "ZAR")
        );
    }

    #[test]
    fn columns_may_stand_in_any_order_and_case() {
        assert_eq!(
            parsed("Currency,Other,AMOUNT,Country\nchf,x,1,Here\n"),
            [row("Here", "1", "CHF")]
        );
    }

    #[test]
    fn quotes_may_hold_commas_line_breaks_and_quotes() {
        let text = "name,amount,currency\n\"a, \"\"b\"\"\nc\",\"1\",EUR\n";
        assert_eq!(parsed(text), [row("a, \"b\"\nc", "1", "EUR")]);
    }

    #[test]
    fn a_byte_order_mark_and_carriage_returns_are_no_part_of_the_table() {
        let text = "\u{feff}name,amount,currency\r\nA,1,EUR\r\n\r\nB,2,USD";
        assert_eq!(parsed(text), [row("A", "1", "EUR"), row("B", "2", "USD")]);
    }

    #[test]
    fn a_short_row_has_empty_fields_and_a_long_row_is_cut() {
        assert_eq!(
            parsed("name,amount,currency\nA\nB,2,USD,more\n"),
            [row("A", "", ""), row("B", "2", "USD")]
        );
    }

    #[test]
    fn a_table_without_rows_is_a_table() {
        assert_eq!(parsed("name,amount,currency"), []);
    }

    #[test]
    fn a_missing_column_is_named() {
        let error = Table::parse(b"name,amount\nA,1\n").err().unwrap();
        assert_eq!(
            error.to_string(),
            "no column is named currency_code or currency"
        );
        assert_eq!(
            Table::parse(b"").err().unwrap(),
            TableError::MissingColumn(NAME)
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert!(matches!(
            Table::parse(b"name,amount,currency\n\xff,1,EUR\n"),
            Err(TableError::Csv(_))
        ));
    }
}
