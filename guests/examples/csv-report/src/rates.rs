//! Exchange rates in the XML form that the European Central Bank publishes.
//!
//! ```xml
//! <Cube time='2023-06-30'> <Cube currency='USD' rate='1.0866'/> … </Cube>
//! ```
//!
//! A rate says how many units of the currency one euro buys.

use std::collections::BTreeMap;
use std::fmt;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rust_decimal::Decimal;

/// The rates of one day.
pub(crate) struct Rates {
    /// The day, as it was published.
    pub(crate) date: String,
    per_euro: BTreeMap<String, Decimal>,
}

/// Why bytes are no exchange rates.
#[derive(Debug, PartialEq)]
pub(crate) enum RatesError {
    /// Not XML, in words.
    Xml(String),
    /// No `Cube` has a `time`.
    NoDate,
    /// A second `Cube` has a `time`: a history of rates, where one day's were expected.
    SeveralDates,
    /// No `Cube` has a `currency` and a `rate`.
    NoRates,
    /// This currency's rate is no number above zero.
    NotARate(String),
}

impl fmt::Display for RatesError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RatesError::Xml(reason) => write!(formatter, "not XML: {reason}"),
            RatesError::NoDate => formatter.write_str("no Cube has a time"),
            RatesError::SeveralDates => {
                formatter.write_str("rates of several days, where one day's are expected")
            }
            RatesError::NoRates => formatter.write_str("no Cube has a currency and a rate"),
            RatesError::NotARate(currency) => write!(
                formatter,
                "the rate of {currency} is not a number above zero"
            ),
        }
    }
}

impl Rates {
    /// Reads the rates of one day. Elements and attributes other than those above are passed over.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Rates, RatesError> {
        let mut reader = Reader::from_reader(bytes);
        let mut found = Found::default();
        loop {
            match reader
                .read_event()
                .map_err(|error| RatesError::Xml(error.to_string()))?
            {
                Event::Start(element) | Event::Empty(element)
                    if element.local_name().as_ref() == b"Cube" =>
                {
                    found.cube(&element)?;
                }
                Event::Eof => return found.finish(),
                // Text, declarations, comments and the other elements say nothing about rates.
                _ => {}
            }
        }
    }

    /// Units of this currency for one euro.
    pub(crate) fn per_euro(&self, currency: &str) -> Option<Decimal> {
        if currency == "EUR" {
            Some(Decimal::ONE)
        } else {
            self.per_euro.get(currency).copied()
        }
    }
}

#[derive(Default)]
struct Found {
    date: Option<String>,
    per_euro: BTreeMap<String, Decimal>,
}

impl Found {
    fn cube(&mut self, element: &BytesStart<'_>) -> Result<(), RatesError> {
        if let Some(time) = attribute(element, "time")? {
            if self.date.replace(time).is_some() {
                return Err(RatesError::SeveralDates);
            }
        }
        let (Some(currency), Some(rate)) =
            (attribute(element, "currency")?, attribute(element, "rate")?)
        else {
            return Ok(());
        };
        match rate.parse::<Decimal>() {
            Ok(rate) if rate > Decimal::ZERO => self.per_euro.insert(currency, rate),
            Ok(_) | Err(_) => return Err(RatesError::NotARate(currency)),
        };
        Ok(())
    }

    fn finish(self) -> Result<Rates, RatesError> {
        if self.per_euro.is_empty() {
            return Err(RatesError::NoRates);
        }
        Ok(Rates {
            date: self.date.ok_or(RatesError::NoDate)?,
            per_euro: self.per_euro,
        })
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, RatesError> {
    let Some(attribute) = element
        .try_get_attribute(name)
        .map_err(|error| RatesError::Xml(error.to_string()))?
    else {
        return Ok(None);
    };
    let value = attribute
        .unescape_value()
        .map_err(|error| RatesError::Xml(error.to_string()))?;
    Ok(Some(value.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> RatesError {
        Rates::parse(text.as_bytes()).err().unwrap()
    }

    #[test]
    fn reads_the_rates_of_the_demo() {
        let rates = Rates::parse(include_bytes!("../../../../demo/rates/eurofxref-daily.xml"))
            .ok()
            .unwrap();
        assert_eq!(rates.date, "2023-06-30");
        assert_eq!(rates.per_euro.len(), 30);
        assert_eq!(rates.per_euro("IDR").unwrap().to_string(), "16384.54");
        assert_eq!(rates.per_euro("EUR").unwrap(), Decimal::ONE);
        assert_eq!(rates.per_euro("ARS"), None);
    }

    #[test]
    fn prefixes_double_quotes_comments_and_end_tags_make_no_difference() {
        let text = r#"<x:E xmlns:x="u"><!-- <Cube/> --><x:Cube><x:Cube time="2020-01-02">
            <x:Cube rate="2.5" currency="USD" more=""></x:Cube></x:Cube></x:Cube></x:E>"#;
        let rates = Rates::parse(text.as_bytes()).ok().unwrap();
        assert_eq!(rates.per_euro("USD").unwrap().to_string(), "2.5");
    }

    #[test]
    fn a_page_without_rates_is_refused() {
        assert_eq!(
            error("<html><body>Not found</body></html>"),
            RatesError::NoRates
        );
        assert_eq!(error(""), RatesError::NoRates);
        assert_eq!(error("<Cube currency='USD' rate='1'/>"), RatesError::NoDate);
        assert_eq!(
            error("<Cube time='a'/><Cube time='b'/>"),
            RatesError::SeveralDates
        );
    }

    #[test]
    fn broken_xml_is_refused() {
        for text in [
            "<Cube time='a",
            "<Cube time=a/>",
            "<a></b>",
            "<Cube time='&nothing;'/>",
        ] {
            assert!(matches!(error(text), RatesError::Xml(_)), "{text}");
        }
    }

    #[test]
    fn a_rate_is_a_number_above_zero() {
        for rate in ["", "x", "0", "-1", "1e9999", "NaN", "N/A"] {
            let text = format!("<Cube time='a'><Cube currency='USD' rate='{rate}'/></Cube>");
            assert_eq!(error(&text), RatesError::NotARate("USD".into()), "{rate}");
        }
    }
}
