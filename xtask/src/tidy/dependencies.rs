//! Every dependency has a licence that `deny.toml` allows, comes from the registry, and is not banned.
//!
//! The same file drives cargo-deny, which looks at advisories too; this check needs no tool and no network.

use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};

use super::Finding;
use super::files::Repository;
use crate::progress::read;

const RULES: &str = "deny.toml";

/// What is read of `deny.toml`; the rest is for cargo-deny.
#[derive(Deserialize)]
struct Rules {
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    #[serde(default)]
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

/// The lock files: the host's, and that of the guests.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "guests/Cargo.toml"];

/// Asks cargo for the packages of each workspace and holds them against the rules.
pub(super) fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let rules: Rules = toml::from_str(repository.text(RULES).context("there is no `deny.toml`")?)?;
    let mut findings = Vec::new();
    for manifest in MANIFESTS
        .into_iter()
        .filter(|manifest| repository.text(manifest).is_some())
    {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--manifest-path",
        ]);
        let json = read(command.arg(repository.root.join(manifest)))?;
        let metadata: Metadata =
            serde_json::from_str(&json).context("cannot read what `cargo metadata` printed")?;
        for package in &metadata.packages {
            let wrong = faults(&rules, package)?;
            let name = format!("{} {}", package.name, package.version);
            findings.extend(
                wrong
                    .into_iter()
                    .map(|message| Finding::in_file(manifest, format!("{name}: {message}"))),
            );
        }
    }
    Ok(findings)
}

fn faults(rules: &Rules, package: &Package) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    if rules.bans.deny.iter().any(|ban| ban.name == package.name) {
        faults.push("is banned; deny.toml says why".to_owned());
    }
    if let Some(source) = package
        .source
        .as_ref()
        .filter(|source| !source.starts_with("registry+"))
    {
        faults.push(format!("comes from `{source}`, not from the registry"));
    }
    match &package.license {
        None => faults.push("names no licence".to_owned()),
        Some(licence) if !is_allowed(rules, &package.name, licence)? => {
            faults.push(format!(
                "the licence `{licence}` is not among those that deny.toml allows"
            ));
        }
        Some(_) => {}
    }
    Ok(faults)
}

fn is_allowed(rules: &Rules, package: &str, licence: &str) -> Result<bool> {
    let excepted = rules
        .licenses
        .exceptions
        .iter()
        .filter(|exception| exception.name == package);
    let allowed = rules
        .licenses
        .allow
        .iter()
        .chain(excepted.flat_map(|exception| &exception.allow));
    let allowed: Vec<Licensee> = allowed
        .map(|allowed| {
            Licensee::parse(allowed)
                .map_err(|error| anyhow::anyhow!("`{allowed}` in deny.toml: {error}"))
        })
        .collect::<Result<_>>()?;
    let expression = Expression::parse_mode(licence, ParseMode::LAX)
        .map_err(|error| anyhow::anyhow!("`{package}` names the licence `{licence}`: {error}"))?;
    Ok(expression.evaluate(|required| allowed.iter().any(|licensee| licensee.satisfies(required))))
}

#[cfg(test)]
mod tests {
    //! Packages in order and not.

    use super::*;

    fn found(name: &str, license: Option<&str>, source: Option<&str>) -> Vec<String> {
        let rules = r#"
            licenses.allow = ["MIT", "Apache-2.0 WITH LLVM-exception"]
            licenses.exceptions = [{ crate = "roots", allow = ["CDLA-Permissive-2.0"] }]
            bans.deny = [{ crate = "native-tls" }]
        "#;
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let package = Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: owned(license),
            source: owned(source),
        };
        faults(&toml::from_str(rules).unwrap(), &package).unwrap()
    }

    #[test]
    fn accepts_what_may_be_used_under_one_of_its_licences() {
        for licence in [
            "MIT",
            "MIT OR GPL-3.0-only",
            "Unlicense/MIT",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert_eq!(
                found("a", Some(licence), Some("registry+https://x")),
                [""; 0],
                "{licence}"
            );
        }
        assert_eq!(found("roots", Some("CDLA-Permissive-2.0"), None), [""; 0]);
    }

    #[test]
    fn finds_licences_that_are_not_allowed() {
        for licence in [
            "GPL-3.0-only",
            "MIT AND GPL-3.0-only",
            "CDLA-Permissive-2.0",
        ] {
            assert_eq!(found("a", Some(licence), None).len(), 1, "{licence}");
        }
        assert_eq!(found("a", None, None), ["names no licence"]);
    }

    #[test]
    fn finds_banned_packages_and_other_sources() {
        assert_eq!(
            found("native-tls", Some("MIT"), None),
            ["is banned; deny.toml says why"]
        );
        assert!(
            found("a", Some("MIT"), Some("git+https://x"))[0].contains("not from the registry")
        );
    }
}
