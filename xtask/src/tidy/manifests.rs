//! Cargo manifests: one lint table, and each third-party version in one place.

use anyhow::{Context, Result};
use toml::Table;

use super::Finding;
use super::files::{Repository, TextFile};

/// Tables of dependencies, wherever they stand in a manifest.
const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// What another tool builds, or what is published or copied by itself, cannot inherit from a workspace.
const STAND_ALONE: [&str; 5] = [
    "fuzz/Cargo.toml",
    "guests/examples/word-count/Cargo.toml",
    "guests/conformance/rust/Cargo.toml",
    "guests/conformance/rust-cargo-component/Cargo.toml",
    "sdk/rust/Cargo.toml",
];

/// Looks at the manifest of every package.
pub(super) fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in repository
        .with_ending("Cargo.toml")
        .filter(|file| !STAND_ALONE.contains(&file.path.as_str()))
    {
        let manifest: Table =
            toml::from_str(&file.text).with_context(|| format!("`{}`", file.path))?;
        if manifest.contains_key("package") {
            findings.extend(lints(file, &manifest));
            findings.extend(versions(file, &manifest));
        }
    }
    Ok(findings)
}

fn lints(file: &TextFile, manifest: &Table) -> Option<Finding> {
    let inherited = manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"))
        .and_then(toml::Value::as_bool);
    (inherited != Some(true))
        .then(|| Finding::in_file(&file.path, "does not take the lints of the workspace"))
}

fn versions(file: &TextFile, manifest: &Table) -> Vec<Finding> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let tables = targets
        .iter()
        .flat_map(|targets| targets.values())
        .filter_map(toml::Value::as_table);
    let mut findings = Vec::new();
    for table in tables.chain([manifest]) {
        for dependencies in DEPENDENCIES
            .iter()
            .filter_map(|name| table.get(*name)?.as_table())
        {
            for (name, dependency) in dependencies
                .iter()
                .filter(|(_, dependency)| names_a_version(dependency))
            {
                let version = dependency.as_str().unwrap_or("version");
                let message =
                    format!("`{name} = {version}`: versions stand in the workspace's manifest");
                findings.push(Finding::in_file(&file.path, message));
            }
        }
    }
    findings
}

fn names_a_version(dependency: &toml::Value) -> bool {
    dependency.is_str() || dependency.get("version").is_some()
}

#[cfg(test)]
mod tests {
    //! Manifests in order and not.

    use super::*;

    fn findings(manifest: &str) -> Vec<String> {
        let repository = Repository::of(&[("a/Cargo.toml", manifest)]);
        check(&repository)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn accepts_a_package_that_inherits() {
        let manifest = "package.name = \"a\"\nlints.workspace = true\n[dependencies]\nserde.workspace = true\nb = { path = \"b\" }";
        assert_eq!(findings(manifest), [""; 0]);
    }

    #[test]
    fn finds_versions_outside_the_workspace() {
        let manifest = "package.name = \"a\"\nlints.workspace = true\n[dependencies]\nurl = \"2\"\n\
                        [target.'cfg(unix)'.dev-dependencies]\nrustix = { version = \"1\" }";
        assert_eq!(findings(manifest).len(), 2);
    }

    #[test]
    fn finds_a_package_without_the_lints() {
        assert_eq!(
            findings("package.name = \"a\""),
            ["a/Cargo.toml: does not take the lints of the workspace"]
        );
    }
}
