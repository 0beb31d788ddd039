//! The SDK for Rust as its registry would have it: packaged, unpacked, and used from what was packaged.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const CONSUMER_MANIFEST: &str = r#"
[package]
name = "consumer"
version = "0.1.0"
edition = "2024"

[workspace]

[lib]
crate-type = ["cdylib"]

[dependencies]
bailiwick-sdk = { path = "sdk" }

[profile.release]
lto = true
panic = "abort"
"#;

/// A tool that uses nothing but files.
const CONSUMER: &str = r#"
use bailiwick_sdk::files::{self, Error};

bailiwick_sdk::generate!({
    path: ["sdk/wit/log", "sdk/wit/files", "sdk/wit/http", "sdk/wit/clock", "sdk/wit/random", "sdk/wit/worlds"],
    inline: "
        package example:consumer;
        interface sizes {
            use bailiwick:files/types@0.1.0.{error};
            size: func(path: string) -> result<u64, error>;
        }
        world consumer {
            include bailiwick:worlds/agent-tool@0.1.0;
            export sizes;
        }
    ",
    with: { "bailiwick:files/types@0.1.0": bailiwick_sdk::files },
    generate_all,
});

struct Consumer;

export!(Consumer);

impl exports::example::consumer::sizes::Guest for Consumer {
    fn size(path: String) -> Result<u64, Error> {
        files::open(&path).map(|reader| reader.size())
    }
}
"#;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Below cargo's target folder, so that only what changed is compiled again.
fn target() -> PathBuf {
    bailiwick_tests::hold::compiled().with_file_name("sdk-rust")
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A cargo of the toolchains for guests, or nothing in a quick run, which sets none up.
fn cargo(folder: &Path) -> Option<Command> {
    if std::env::var_os("BAILIWICK_QUICK").is_some() {
        return None;
    }
    let path = std::env::var_os("BAILIWICK_TOOLCHAINS")
        .expect("BAILIWICK_TOOLCHAINS names no toolchains: `cargo xtask test` sets them up");
    let cargo = std::env::split_paths(&path)
        .map(|folder| folder.join("cargo"))
        .find(|cargo| cargo.is_file())
        .expect("a cargo among the toolchains");
    let mut command = Command::new(cargo);
    for (name, _) in std::env::vars_os() {
        let of_this_build = ["CARGO", "RUST"]
            .iter()
            .any(|start| name.to_string_lossy().starts_with(start));
        if of_this_build && name != "CARGO_HOME" {
            command.env_remove(name);
        }
    }
    command
        .env("PATH", path)
        .env("CARGO_TARGET_DIR", target())
        .current_dir(folder);
    Some(command)
}

#[test]
fn its_wit_is_ours() {
    let (own, ours) = (
        texts(&root().join("sdk/rust/wit")),
        texts(&root().join("wit")),
    );
    assert!(
        own == ours,
        "copy `wit` to `sdk/rust/wit`: {own:#?} {ours:#?}"
    );
}

/// The packages of a folder: name and text.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let file = folder.join(&name).join(format!("{name}.wit"));
        if let Ok(text) = fs::read_to_string(file) {
            texts.push((name, text));
        }
    }
    texts.sort();
    texts
}

#[test]
fn its_own_tests_and_examples_pass() {
    if let Some(mut cargo) = cargo(&root().join("sdk/rust")) {
        run(cargo.args(["test", "--quiet", "--locked"]));
    }
}

#[test]
fn a_tool_that_uses_the_packaged_crate_imports_only_what_it_calls() {
    let Some(mut package) = cargo(&root().join("sdk/rust")) else {
        return;
    };
    run(package.args([
        "package",
        "--quiet",
        "--locked",
        "--no-verify",
        "--allow-dirty",
    ]));
    let folder = tempfile::tempdir().unwrap();
    let crate_file = target().join("package/bailiwick-sdk-0.1.0.crate");
    run(Command::new("tar")
        .arg("xzf")
        .arg(crate_file)
        .current_dir(&folder));
    fs::rename(
        folder.path().join("bailiwick-sdk-0.1.0"),
        folder.path().join("sdk"),
    )
    .unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("Cargo.toml"), CONSUMER_MANIFEST).unwrap();
    fs::write(folder.path().join("src/lib.rs"), CONSUMER).unwrap();
    let mut build = cargo(folder.path()).unwrap();
    run(build.args([
        "build",
        "--quiet",
        "--release",
        "--target",
        "wasm32-unknown-unknown",
    ]));
    let module = fs::read(target().join("wasm32-unknown-unknown/release/consumer.wasm")).unwrap();
    let expected = [
        "bailiwick:files/read-file@0.1.0",
        "bailiwick:files/types@0.1.0",
    ];
    assert_eq!(imports(&module), expected.map(ToOwned::to_owned).into());
}

fn imports(module: &[u8]) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for payload in wasmparser::Parser::new(0).parse_all(module) {
        if let wasmparser::Payload::ImportSection(imports) = payload.unwrap() {
            let imports = imports.into_imports().map(|import| import.unwrap());
            modules.extend(imports.map(|import| import.module.to_owned()));
        }
    }
    modules
}
