//! Measures bailiwick against what it is built on, side by side in one run, and prints the ratios.

#![expect(clippy::print_stdout, reason = "a program whose output is a table")]

mod calls;
mod compute;
mod decisions;
mod files;
mod languages;
mod mcp;
mod memory;
mod pair;
mod report;
mod start;
mod tools;
mod wall;

use anyhow::{Result, ensure};

use report::{Report, Row};

/// One measurement: a part of the table.
type Measurement = fn() -> Result<Vec<Row>>;

const MEASUREMENTS: [(&str, Measurement); 10] = [
    ("calls", calls::measure),
    ("threads", calls::measure_threads),
    ("files", files::measure),
    ("decisions", decisions::measure),
    ("compute", compute::measure),
    ("start", start::measure),
    ("memory", memory::measure),
    ("languages", languages::measure),
    ("mcp", mcp::measure),
    ("wall", wall::measure),
];

fn main() -> Result<()> {
    bailiwick::worker::main(Vec::new());
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let names = MEASUREMENTS.map(|(name, _)| name);
    for name in &wanted {
        let is_there = names.contains(&name.as_str());
        ensure!(
            is_there,
            "there is no measurement `{name}`: {}",
            names.join(", ")
        );
    }
    let mut report = Report::default();
    for (name, measurement) in MEASUREMENTS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            println!("measuring {name} …");
            report.add(measurement()?);
        }
    }
    println!("\n{report}");
    Ok(())
}
