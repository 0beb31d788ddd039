//! `bailiwick build`: what it makes of what a toolchain made, and what it refuses.
//!
//! Most of these tests have a toolchain of their own: programs of a line or two in a folder that is all of `PATH`. One has
//! Rust's.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::place::{Ended, Place};
use crate::toolchains;

const MANIFEST: &str = r#"[package]
name = "adder"

[package.metadata.bailiwick.asks]
read-file = "reads what it adds"
"#;

const WORLD: &str = "package example:adder@0.1.0;

/// Adding up.
interface sums {
  /// The sum of the lines of the file at `path`.
  add: func(path: string) -> u32;
}

world adder {
  include bailiwick:worlds/file-reader@0.1.0;
  export sums;
}
";

/// What a linker would make of the tool's sources.
const MODULE: &str = r#"(module
    (import "bailiwick:files/read-file@0.1.0" "read" (func (param i32 i32 i32)))
    (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024)
    (func (export "example:adder/sums@0.1.0#add") (param i32 i32) (result i32) i32.const 7)
    (@custom ".debug_info" "where everything came from"))"#;

/// What cargo-component would make of them: it imports more than the world, and exports more.
const COMPONENT: &str = r#"(component
    (import "bailiwick:http/http-get@0.1.0" (instance (export "noise" (func))))
    (core module $m (func (export "add") (param i32 i32) (result i32) i32.const 7)
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024))
    (core instance $i (instantiate $m))
    (func $add (param "path" string) (result u32)
        (canon lift (core func $i "add") (memory $i "memory") (realloc (func $i "realloc"))))
    (instance $sums (export "add" (func $add)))
    (export "example:adder/sums@0.1.0" (instance $sums)))"#;

/// A project and a toolchain that makes this of it.
struct Workshop {
    place: Place,
}

impl Workshop {
    fn making(module: &str) -> Self {
        let place = Place::with(&[]);
        place.put("adder/Cargo.toml", MANIFEST);
        place.put("adder/wit/world.wit", WORLD);
        place.put("made.wasm", wat::parse_str(module).unwrap());
        place.put(
            "sysroot/lib/rustlib/wasm32-unknown-unknown/lib/libcore.rlib",
            "",
        );
        place.put("sysroot/lib/rustlib/wasm32-wasip1/lib/libcore.rlib", "");
        let workshop = Self { place };
        workshop.program("rustc", "echo \"$SYSROOT\"");
        workshop.program("cargo", &copying("wasm32-unknown-unknown"));
        workshop
    }

    /// With a component in the place of the module.
    fn making_component(component: &str) -> Self {
        let workshop = Self::making(component);
        let manifest = format!("{MANIFEST}\n[package.metadata.component]\n");
        workshop.place.put("adder/Cargo.toml", manifest);
        workshop.program("cargo-component", &copying("wasm32-wasip1"));
        workshop
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.place.path("bin").join(name);
        self.place
            .put(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn build(&self, words: &[&str]) -> Ended {
        self.command(words).output().unwrap().into()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.place.command(&["build", "adder"]);
        command
            .args(words)
            .env("PATH", self.place.path("bin"))
            .env("SYSROOT", self.place.path("sysroot"))
            .env("MADE", self.place.path("made.wasm"));
        command
    }

    fn component(&self) -> Option<Vec<u8>> {
        fs::read(self.place.path("adder/adder.wasm")).ok()
    }
}

/// A script that puts what was made where cargo would, with no program but the shell's own; its words are all different.
fn copying(target: &str) -> String {
    format!(
        "folder=\"$PWD/target/bailiwick/cargo/{target}/release\"\n\
         /bin/mkdir -p \"$folder\"\n\
         /bin/cp \"$MADE\" \"$folder/adder.wasm\""
    )
}

#[test]
fn what_was_built_is_a_tool_that_says_what_it_is() {
    let workshop = Workshop::making(MODULE);
    let ended = workshop.build(&[]).exits(0).complains("");
    assert!(ended.stdout.contains("bailiwick:files/read-file@0.1.0"));
    assert!(ended.stdout.contains("example:adder/sums@0.1.0#add"));
    let inspected = workshop
        .place
        .run(&["inspect", "adder/adder.wasm", "--json"])
        .exits(0)
        .json();
    assert_eq!(inspected["functions"].as_array().unwrap().len(), 1);
    let text = inspected.to_string();
    assert!(text.contains("reads what it adds"), "{text}");
    assert!(text.contains("The sum of the lines"), "{text}");
}

#[test]
fn the_report_for_programs_has_size_imports_and_digest() {
    let workshop = Workshop::making(MODULE);
    let report = workshop.build(&["--json"]).exits(0).complains("").json();
    let component = workshop.component().unwrap();
    assert_eq!(report["bytes"], component.len());
    assert_eq!(report["language"], "rust");
    assert_eq!(
        report["imports"],
        serde_json::json!([
            "bailiwick:files/types@0.1.0",
            "bailiwick:files/read-file@0.1.0"
        ])
    );
    assert_eq!(report["floor"], serde_json::json!([]));
    assert_eq!(report["unexplained"], serde_json::json!([]));
    let inspected = workshop
        .place
        .run(&["inspect", "adder/adder.wasm", "--json"])
        .json();
    assert_eq!(report["sha256"], inspected["sha256"]);
}

#[test]
fn the_same_sources_give_the_same_bytes_and_no_debugging_information() {
    let workshop = Workshop::making(MODULE);
    workshop.build(&[]).exits(0);
    let first = workshop.component().unwrap();
    workshop.build(&[]).exits(0);
    assert_eq!(workshop.component().unwrap(), first);
    let words = b"where everything came from";
    assert!(!first.windows(words.len()).any(|bytes| bytes == words));
}

#[test]
fn the_component_goes_where_it_is_wanted() {
    let workshop = Workshop::making(MODULE);
    workshop.build(&["-o", "elsewhere.wasm"]).exits(0);
    assert!(workshop.place.path("elsewhere.wasm").is_file());
    assert_eq!(workshop.component(), None);
}

#[test]
fn an_import_that_the_world_does_not_have_is_refused_with_the_world_that_has_it() {
    let workshop = Workshop::making_component(COMPONENT);
    workshop.place.put("adder/adder.wasm", "the one before");
    workshop
        .build(&[])
        .exits(3)
        .prints("")
        .mentions("error: the component is not what its world `example:adder/adder@0.1.0` says\n")
        .mentions("imports `bailiwick:http/http-get@0.1.0`, which the world does not")
        .mentions("`include bailiwick:worlds/web-reader@0.1.0` in `wit`");
    assert_eq!(workshop.component().unwrap(), b"the one before");
}

#[test]
fn an_import_of_a_module_that_the_world_does_not_have_is_refused() {
    let module = MODULE.replace("(memory ", "(import \"env\" \"system\" (func)) (memory ");
    let workshop = Workshop::making(&module);
    workshop
        .build(&[])
        .exits(3)
        .mentions("error: cannot make a component of what the toolchain built\n")
        .mentions("env");
    assert_eq!(workshop.component(), None);
}

#[test]
fn an_export_that_is_missing_is_refused_with_its_type() {
    let module = MODULE.replace("sums@0.1.0#add", "sums@0.1.0#sub");
    Workshop::making(&module)
        .build(&[])
        .exits(3)
        .mentions("add");
}

#[test]
fn what_the_toolchain_adds_to_the_exports_is_named_and_nobody_can_call_it() {
    let component = COMPONENT.replace(
        "(export \"example:adder",
        "(export \"init\" (func $add)) (export \"example:adder",
    );
    let component = component.replace("bailiwick:http/http-get@0.1.0", "wasi:cli/noise@0.2.0");
    let workshop = Workshop::making_component(&component);
    let report = workshop.build(&["--json"]).exits(0).json();
    assert_eq!(report["not_callable"], serde_json::json!(["init"]));
    assert_eq!(report["floor"], serde_json::json!(["wasi:cli/noise@0.2.0"]));
    assert_eq!(
        report["functions"],
        serde_json::json!(["example:adder/sums@0.1.0#add"])
    );
}

#[test]
fn the_toolchains_output_is_shown_when_it_fails() {
    let workshop = Workshop::making(MODULE);
    workshop.place.put("adder/adder.wasm", "the one before");
    workshop.program(
        "cargo",
        "echo first\necho 'error[E0425]: \u{1b}[31mno such name' >&2\necho last\nexit 101",
    );
    let ended = workshop.build(&[]).exits(3).prints("");
    // In the order in which it was printed, and harmless.
    let shown = "  | first\n  | error[E0425]: \\u{1b}[31mno such name\n  | last\n";
    let ended = ended
        .mentions("error: `cargo build ")
        .mentions(shown.trim_end());
    assert!(ended.stderr.contains("failed"));
    assert_eq!(workshop.component().unwrap(), b"the one before");
    let error = workshop.build(&["--json"]).exits(3).error();
    assert_eq!(error["code"], "toolchain-failed");
    assert!(error["output"].as_str().unwrap().starts_with("first\n"));
}

#[test]
fn what_is_not_here_is_named_with_what_installs_it() {
    let workshop = Workshop::making_component(COMPONENT);
    let remove =
        |what: &str| fs::rename(workshop.place.path(what), workshop.place.path("away")).unwrap();
    remove("bin/cargo-component");
    workshop
        .build(&[])
        .exits(7)
        .mentions("error: cargo-component is not here\n")
        .mentions("hint: cargo install --locked cargo-component");
    let workshop = Workshop::making(MODULE);
    fs::remove_dir_all(
        workshop
            .place
            .path("sysroot/lib/rustlib/wasm32-unknown-unknown"),
    )
    .unwrap();
    workshop
        .build(&[])
        .exits(7)
        .mentions("error: Rust's standard library for wasm32-unknown-unknown is not here\n")
        .mentions("hint: rustup target add wasm32-unknown-unknown\n");
    fs::remove_dir_all(workshop.place.path("bin")).unwrap();
    let error = workshop.build(&["--json"]).exits(7).error();
    assert_eq!(error["code"], "missing-toolchain");
    assert!(error["install"].as_str().unwrap().contains("rustup"));
}

#[test]
fn cargo_component_is_not_called_without_its_target() {
    let workshop = Workshop::making_component(COMPONENT);
    workshop.program("cargo-component", "echo called > called; exit 1");
    fs::remove_dir_all(workshop.place.path("sysroot/lib/rustlib/wasm32-wasip1")).unwrap();
    workshop
        .build(&[])
        .exits(7)
        .mentions("hint: rustup target add wasm32-wasip1\n");
    assert!(!workshop.place.path("adder/called").exists());
}

#[test]
fn every_language_names_what_it_lacks() {
    let place = Place::with(&[]);
    for language in toolchains::LANGUAGES {
        place
            .run(&["new", "demo", "--lang", language, "--dir", language])
            .exits(0);
        let error = place.run(&["build", language, "--json"]).exits(7).error();
        assert_eq!(error["code"], "missing-toolchain", "{language}");
        assert!(
            error["install"].as_str().unwrap().contains(' '),
            "{language}: {error}"
        );
    }
}

#[test]
fn a_folder_without_a_manifest_is_no_project() {
    let place = Place::with(&[]);
    place
        .run(&["build"])
        .exits(2)
        .mentions("is no tool's project\n")
        .mentions("hint: a project has a `Cargo.toml`");
    place.put(
        "Cargo.toml",
        "[package]\nname = \"x\"\n[package.metadata.bailiwick]\nwrold = \"x\"",
    );
    place
        .run(&["build"])
        .exits(2)
        .mentions("unknown field `wrold`");
    place.put("Cargo.toml", "[package]\nname = \"../x\"");
    place.run(&["build"]).exits(2).mentions("`../x`");
}

/// From nothing to a tool that answers, and what happens on the way when the sources are wrong.
#[test]
fn a_project_in_rust_builds_and_runs() {
    let place = Place::with(&[]);
    place.run(&["new", "demo", "--lang", "rust"]).exits(0);
    let build = || -> Ended {
        let mut command = place.command(&["build", "demo"]);
        command
            .envs(toolchains::environment())
            .output()
            .unwrap()
            .into()
    };
    let component = || fs::read(place.path("demo/demo.wasm")).unwrap();
    build().exits(0).complains("");
    let first = component();
    place
        .run(&[
            "run",
            "demo/demo.wasm",
            "--policy",
            "demo/bailiwick.toml",
            "\"data/input.csv\"",
        ])
        .exits(0)
        .prints("3\n");
    let readable = |bytes: &[u8], words: &str| {
        bytes
            .windows(words.len())
            .any(|window| window == words.as_bytes())
    };
    let folder = place.path("demo").to_str().unwrap().to_owned();
    assert!(
        !readable(&first, &folder),
        "the component names this machine's folders"
    );

    let source = fs::read_to_string(place.path("demo/src/lib.rs")).unwrap();
    let body = "let file = files::open(&path)?;";
    assert!(source.contains(body));
    place.put(
        "demo/src/lib.rs",
        source.replace(body, "let file = files::opne(&path)?;"),
    );
    build().exits(3).mentions("cannot find function `opne`");
    let fetching = format!("bailiwick_sdk::http::get(&path).ok();\n        {body}");
    place.put("demo/src/lib.rs", source.replace(body, &fetching));
    build()
        .exits(3)
        .mentions("imports `bailiwick:http/http-get@0.1.0`, which the world does not");
    assert_eq!(component(), first);

    place.put("demo/src/lib.rs", source);
    build().exits(0);
    assert_eq!(component(), first);
}

#[test]
fn an_interrupt_leaves_the_component_that_was_there() {
    let workshop = Workshop::making(MODULE);
    workshop.build(&[]).exits(0);
    let before = workshop.component().unwrap();
    workshop.program("cargo", ": > started\nexec /bin/sleep 60");
    let mut child = workshop.command(&[]).process_group(0).spawn().unwrap();
    while !workshop.place.path("adder/started").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    // As a terminal's Ctrl-C does, to all of the group, by a signal that nobody inherits as ignored: a shell starts what runs in
    // its background without SIGINT, and this test with it.
    kill_process_group(Pid::from_child(&child), Signal::TERM).unwrap();
    assert!(!child.wait().unwrap().success());
    assert_eq!(workshop.component().unwrap(), before);
    let beside = fs::read_dir(workshop.place.path("adder")).unwrap();
    let partial = beside.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().contains("partial")
    });
    assert_eq!(partial.count(), 0);
    workshop.program("cargo", &copying("wasm32-unknown-unknown"));
    workshop.build(&[]).exits(0);
}
