//! Deliberately broken tools, and honest ones: each broken one is caught by exactly the rule that its folder is named after,
//! and the honest ones by none. In `also` are other ways to break a rule, with the rules in `kit.toml`.
//!
//! A folder has the declared world in `world.wit` and a core module in `tool.wat`, which is made a component by that world,
//! or by the one in `built` where the two differ; or whole bytes in `raw.wat`. `kit.toml` has budgets, a section to append,
//! and the input that shrinking has to come to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::allow_attributes,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bailiwick::policy::{parse_bytes, parse_duration};
use bailiwick_conform::{Budget, Kit, Report, Rule};
use bailiwick_wit::Declared;
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Settings {
    size: Option<String>,
    fuel: Option<u64>,
    time: Option<String>,
    start_time: Option<String>,
    section: Option<String>,
    /// The input that shrinking comes to.
    input: Option<String>,
    /// The rules that are broken, where it is not the one that the folder is named after.
    rules: Option<BTreeSet<String>>,
    /// What the report says.
    mentions: Option<String>,
    /// Whether it is held against its own list of functions, and no world.
    alone: bool,
}

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("every_rule_has_a_broken_tool", every_rule)];
    for folder in folders("broken") {
        let name = format!(
            "only_{}_catches_its_broken_tool",
            name(&folder).replace('-', "_")
        );
        trials.push(Trial::test(name, move || broken(&folder)));
    }
    for folder in folders("also") {
        let name = format!("{}_is_caught", name(&folder).replace('-', "_"));
        trials.push(Trial::test(name, move || also(&folder)));
    }
    for folder in folders("honest") {
        let name = format!("the_honest_{}_conforms", name(&folder));
        trials.push(Trial::test(name, move || honest(&folder)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn folders(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(kind);
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    folders
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap().to_string_lossy().into_owned()
}

fn every_rule() -> Result<(), Failed> {
    let broken: BTreeSet<String> = folders("broken")
        .iter()
        .map(|folder| name(folder))
        .collect();
    let rules: BTreeSet<String> = Rule::TABLE.iter().map(|row| row.id.to_owned()).collect();
    assert_eq!(broken, rules);
    Ok(())
}

fn broken(folder: &Path) -> Result<(), Failed> {
    let (report, settings) = check(folder)?;
    let found: BTreeSet<&str> = report
        .findings
        .iter()
        .map(|finding| finding.rule.id())
        .collect();
    if found != BTreeSet::from([name(folder).as_str()]) {
        return Err(report.to_text().into());
    }
    assert!(!report.conforms());
    let finding = report.findings.first().unwrap();
    if settings.input.is_some() && settings.input != finding.input {
        return Err(format!("not shrunk to {:?}:\n{}", settings.input, report.to_text()).into());
    }
    comes_again(folder, &report)
}

/// The rule alone finds the same, and where a call is at fault, with its arguments alone.
fn comes_again(folder: &Path, report: &Report) -> Result<(), Failed> {
    let finding = report.findings.first().unwrap();
    let (mut kit, component, _) = prepared(folder)?;
    kit = kit.only(vec![finding.rule]);
    if let (Some(function), Some(input)) = (&finding.function, &finding.input) {
        kit = kit.function(function).arguments(input)?;
    }
    let again = kit.check(&component)?;
    assert_eq!(again.findings.len(), 1, "{}", again.to_text());
    let again = again.findings.first().unwrap();
    assert_eq!(
        (again.rule, &again.function, &again.input),
        (finding.rule, &finding.function, &finding.input)
    );
    Ok(())
}

/// Other ways to break a rule.
fn also(folder: &Path) -> Result<(), Failed> {
    let (report, settings) = check(folder)?;
    let findings = report.findings.iter();
    let found: BTreeSet<String> = findings
        .map(|finding| finding.rule.id().to_owned())
        .collect();
    let said = report.to_text();
    let mentions = settings.mentions.unwrap();
    if Some(found) != settings.rules || !said.contains(&mentions) {
        return Err(said.into());
    }
    assert!(!report.conforms());
    Ok(())
}

fn honest(folder: &Path) -> Result<(), Failed> {
    let (report, _) = check(folder)?;
    if report.conforms() {
        Ok(())
    } else {
        Err(report.to_text().into())
    }
}

fn check(folder: &Path) -> Result<(Report, Settings), Failed> {
    let (kit, component, settings) = prepared(folder)?;
    Ok((kit.check(&component)?, settings))
}

fn prepared(folder: &Path) -> Result<(Kit, Vec<u8>, Settings), Failed> {
    let text = fs::read_to_string(folder.join("kit.toml")).unwrap_or_default();
    let settings: Settings = toml::from_str(&text)?;
    let declared = Declared::from_folder(folder, None)?;
    let mut component = component(folder, &declared)?;
    if let Some(section) = &settings.section {
        append(&mut component, section);
    }
    let mut kit = Kit::new("tool.wasm").cases(8).budget(budget(&settings)?);
    if !settings.alone {
        kit = kit.world(declared, Vec::new());
    }
    Ok((kit, component, settings))
}

fn budget(settings: &Settings) -> Result<Budget, Failed> {
    let mut budget = Budget::default();
    if let Some(size) = &settings.size {
        budget.size = parse_bytes(size)?;
    }
    if let Some(fuel) = settings.fuel {
        budget.fuel = fuel;
    }
    if let Some(time) = &settings.time {
        budget.time = parse_duration(time)?;
    }
    if let Some(time) = &settings.start_time {
        budget.start_time = parse_duration(time)?;
    }
    Ok(budget)
}

fn component(folder: &Path, declared: &Declared) -> Result<Vec<u8>, Failed> {
    let raw = folder.join("raw.wat");
    if raw.exists() {
        return Ok(wat::parse_file(raw)?);
    }
    let mut module = wat::parse_file(folder.join("tool.wat"))?;
    let built = folder.join("built");
    let (resolve, world) = if built.exists() {
        built_from(&built)?
    } else {
        declared.clone().into_parts()
    };
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(ComponentEncoder::default()
        .module(&module)?
        .validate(true)
        .encode()?)
}

/// The world that a component was really built from: with its own packages where it brings them, else with ours.
fn built_from(folder: &Path) -> Result<(Resolve, wit_parser::WorldId), Failed> {
    if !folder.join("deps").exists() {
        return Ok(Declared::from_folder(folder, None)?.into_parts());
    }
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(folder)?;
    let world = resolve.select_world(&[package], None)?;
    Ok((resolve, world))
}

/// Appends a `bailiwick:tool` section as it stands, however wrong: what writes sections would refuse it.
fn append(component: &mut Vec<u8>, json: &str) {
    let name = bailiwick::section::SECTION_NAME;
    let mut content = vec![u8::try_from(name.len()).unwrap()];
    content.extend_from_slice(name.as_bytes());
    content.push(bailiwick::section::VERSION);
    content.extend_from_slice(json.as_bytes());
    component.push(0);
    leb128(component, content.len());
    component.extend(content);
}

fn leb128(out: &mut Vec<u8>, mut number: usize) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap();
        number >>= 7;
        out.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return;
        }
    }
}
