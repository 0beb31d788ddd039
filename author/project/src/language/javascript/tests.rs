//! Projects whose `node_modules` has programs of a line or two, which write down how they were called.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

const WORLD: &str = "package acme:shop@0.1.0;

interface till {
  use bailiwick:files/types@0.1.0.{error, reader};
  record price { value: u64, currency-code: option<string> }
  enum kind { in, out }
  total: func(prices: list<price>, kind: kind) -> result<price, error>;
  count-all: func(text: borrow<reader>) -> u32;
}

world shop {
  include bailiwick:worlds/pure@0.1.0;
  export till;
  export delete: func(name: string) -> result<_, string>;
}
";

struct Made {
    _place: TempDir,
    folder: PathBuf,
}

impl Made {
    fn new(package: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().canonicalize().unwrap();
        let made = Self {
            _place: place,
            folder,
        };
        made.file("package.json", package);
        made.file("wit/world.wit", WORLD);
        made.file("src/tool.js", "");
        made
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// A program that writes its words into `calls`, then does this.
    fn program(&self, name: &str, script: &str) {
        let calls = self.folder.join("calls");
        let text = format!(
            "#!/bin/sh\necho {name} \"$@\" >> {}\n{script}\n",
            calls.display()
        );
        let path = self.file(&format!("node_modules/.bin/{name}"), &text);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn build(&self, driver: &dyn super::super::Driver) -> Result<Built, BuildError> {
        let scratch = self.folder.join("target/bailiwick");
        fs::create_dir_all(&scratch).unwrap();
        driver.build(&Project::open(&self.folder).unwrap(), &scratch)
    }

    fn scratch(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join("target/bailiwick").join(name)).unwrap()
    }

    /// The calls, with the project's folder as `.`.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.folder.join("calls")).unwrap();
        let calls = calls.replace(&*self.folder.to_string_lossy(), ".");
        calls.lines().map(str::to_owned).collect()
    }
}

/// Writes an empty component to where it is told, the last word.
const COMPONENTIZE: &str = r#"for last; do :; done
case "$1" in componentize) printf '\0asm\15\0\1\0' > "$last";; esac"#;

fn package(bailiwick: &str) -> String {
    format!(r#"{{"name": "shop", "main": "src/tool.js", "bailiwick": {bailiwick}}}"#)
}

#[test]
fn quickjs_runs_a_tool_that_says_nothing() {
    let made = Made::new(&package("{}"));
    made.program("jco", COMPONENTIZE);
    let built = made.build(&JavaScript).unwrap();
    assert!(matches!(built, Built::Component(bytes) if bytes.starts_with(b"\0asm")));
    assert_eq!(
        made.calls(),
        [
            "jco guest-types ./target/bailiwick/wit --world-name acme:shop/shop@0.1.0 --quiet --out-dir ./bindings",
            "jco componentize ./target/bailiwick/entry.js --wit ./target/bailiwick/wit --world-name acme:shop/shop@0.1.0 \
             --backend quickjs --backend-qjs-disable-async --backend-qjs-stub-wasi --bundle --bundle-config \
             ./target/bailiwick/bundle.mjs --out ./target/bailiwick/component.wasm",
        ]
    );
}

#[test]
fn starlingmonkey_runs_a_tool_that_asks_for_it() {
    let made = Made::new(&package(r#"{"engine": "starlingmonkey"}"#));
    made.program("jco", COMPONENTIZE);
    made.build(&JavaScript).unwrap();
    let calls = made.calls();
    assert!(
        calls[1].contains(" --backend starlingmonkey --disable all "),
        "{calls:?}"
    );
    let entry = made.scratch("entry.js");
    assert!(
        entry.contains(r#"import * as $engine from "./starlingmonkey.mjs";"#),
        "{entry}"
    );
}

#[test]
fn there_is_no_third_engine() {
    let made = Made::new(&package(r#"{"engine": "v8"}"#));
    made.program("jco", COMPONENTIZE);
    let error = made.build(&JavaScript).unwrap_err();
    let BuildError::Manifest { path, source } = error else {
        panic!("{error}");
    };
    assert_eq!(path, made.folder.join("package.json"));
    assert!(
        source.to_string().contains("unknown variant `v8`"),
        "{source}"
    );
}

#[test]
fn typescript_is_checked_before_it_is_built() {
    let made = Made::new(&package("{}"));
    made.program("jco", COMPONENTIZE);
    made.program("tsc", "echo src/tool.ts: no; exit 2");
    let error = made.build(&TypeScript).unwrap_err();
    let BuildError::ToolFailed { output, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(output, "src/tool.ts: no");
    let calls = made.calls();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert_eq!(calls[1], "tsc --noEmit --pretty false --project .");
}

#[test]
fn the_tools_own_module_is_named_and_there() {
    for (package, what) in [
        (r#"{"name": "shop"}"#, "key `main`, the tool's module"),
        (
            r#"{"name": "shop", "main": "src/none.js"}"#,
            "file `src/none.js` beside it, which `main` names",
        ),
    ] {
        let made = Made::new(package);
        made.program("jco", COMPONENTIZE);
        let error = made.build(&JavaScript).unwrap_err();
        assert!(
            matches!(&error, BuildError::Incomplete { what: missing, .. } if missing == what),
            "{error}"
        );
    }
}

#[test]
fn an_sdk_in_the_project_is_found_before_it_is_installed() {
    let with_sdk = r#"{"name": "shop", "main": "src/tool.js", "dependencies": {"@bailiwick/sdk": "file:vendor/sdk"}}"#;
    let made = Made::new(with_sdk);
    let package = Package::read(&made.folder).unwrap();
    let manifest = made.folder.join("vendor/sdk/package.json");
    let bundling = package.bundling(&made.folder);
    assert!(
        bundling.contains(&format!("const manifest = {manifest:?};")),
        "{bundling}"
    );
    let made = Made::new(&with_sdk.replace("file:vendor/sdk", "^0.1.0"));
    let package = Package::read(&made.folder).unwrap();
    let bundling = package.bundling(&made.folder);
    assert!(
        bundling.contains("const manifest = undefined;"),
        "{bundling}"
    );
}

#[test]
fn every_function_of_the_world_is_around_the_tools_own() {
    let made = Made::new(&package("{}"));
    let project = Project::open(&made.folder).unwrap();
    let declared = project.declared().unwrap();
    let entry = entry::text(&declared, Path::new("/shop/tool.js"), Engine::Quickjs);
    let expected = r#"// Written by `bailiwick build`: the functions of `acme:shop/shop@0.1.0` around those of the tool.

import "./globals.mjs";
import * as $engine from "./quickjs.mjs";
import * as $values from "./values.mjs";
import * as $tool from "/shop/tool.js";
import { log as $log } from "bailiwick:log/log@0.1.0";

const $type0 = $values.option($values.string);
const $type1 = $values.record({ "value": $engine.u64, "currencyCode": $type0 });
const $type2 = $values.list($type1);
const $type3 = $values.enumeration("in", "out");
const $type4 = $values.enumeration("host-call-bytes", "file-read-bytes", "file-write-bytes", "file-size", "list-entries", "handles", "host-calls", "time");
const $type5 = $values.variant({ "denied": $values.nothing, "not-found": $values.nothing, "limit": $type4, "quota": $values.nothing, "secret": $values.nothing, "unavailable": $values.nothing, "invalid": $values.string, "other": $values.string });
const $type6 = $values.unchanged;
const $export_delete = $values.exported({ owner: $tool, name: "delete", wit: "delete", hint: "export function delete() { … }", parameters: [$values.string], answer: $values.nothing, failure: $values.stringFailure, log: $log });
export { $export_delete as delete };
const $export_till = {
  ...$tool.till,
  total: $values.exported({ owner: $tool.till, name: "total", wit: "till.total", hint: "export const till = { total() { … } }", parameters: [$type2, $type3], answer: $type1, failure: $values.typedFailure($type5), log: $log }),
  countAll: $values.exported({ owner: $tool.till, name: "countAll", wit: "till.count-all", hint: "export const till = { countAll() { … } }", parameters: [$type6], answer: $engine.directU32, failure: undefined, log: $log }),
};
export { $export_till as till };
"#;
    assert_eq!(entry, expected);
}
