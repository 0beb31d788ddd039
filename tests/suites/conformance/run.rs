//! Running all cases against the tool of each language, once for all tests.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bailiwick::policy::{Capability, Limits, Origin, Rules, Source};
use bailiwick::{Host, Tool, ToolOptions};
use bailiwick_cases::{CaseFile, Component, Subject, Verdict};
use bailiwick_tests::{guests, hold};

use super::cases::{self, Named};

/// How a language is run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Compiled,
    /// An interpreter is part of the component: it takes a microsecond where compiled code takes a few nanoseconds.
    Interpreted,
}

/// A language, and how its tool is built.
pub(crate) struct Language {
    /// The name of its folder, and of its component behind `conformance-`.
    pub(crate) folder: &'static str,
    pub(crate) title: &'static str,
    /// What `bailiwick build` calls.
    pub(crate) toolchain: &'static str,
    pub(crate) kind: Kind,
}

pub(crate) const LANGUAGES: [Language; 9] = [
    Language {
        folder: "rust",
        title: "[Rust](rust.md)",
        toolchain: "cargo, `wasm32-unknown-unknown`",
        kind: Kind::Compiled,
    },
    Language {
        folder: "rust-cargo-component",
        title: "[Rust with cargo-component](rust.md)",
        toolchain: "cargo-component 0.21, `wasm32-wasip1`",
        kind: Kind::Compiled,
    },
    Language {
        folder: "python",
        title: "[Python](python.md)",
        toolchain: "componentize-py 0.25",
        kind: Kind::Interpreted,
    },
    Language {
        folder: "javascript",
        title: "[JavaScript](javascript.md)",
        toolchain: "jco 1.35, QuickJS",
        kind: Kind::Interpreted,
    },
    Language {
        folder: "typescript",
        title: "[TypeScript](javascript.md)",
        toolchain: "TypeScript, jco 1.35, QuickJS",
        kind: Kind::Interpreted,
    },
    Language {
        folder: "c",
        title: "[C](c.md)",
        toolchain: "`zig cc`, or clang with wasi-libc",
        kind: Kind::Compiled,
    },
    Language {
        folder: "cpp",
        title: "[C++](c.md)",
        toolchain: "`zig c++`, or clang with wasi-libc",
        kind: Kind::Compiled,
    },
    Language {
        folder: "zig",
        title: "[Zig](zig.md)",
        toolchain: "Zig 0.17",
        kind: Kind::Compiled,
    },
    Language {
        folder: "go",
        title: "[Go](go.md)",
        toolchain: "Go 1.27, `wasip1`",
        kind: Kind::Compiled,
    },
];

/// What became of a call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) named: Named,
    pub(crate) verdict: Verdict,
    /// How it ended, as text.
    pub(crate) ended: Option<String>,
    /// What was not as expected.
    differences: String,
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Named {
            file,
            name,
            function,
        } = &self.named;
        write!(formatter, "{file}: {name} ({function}){}", self.differences)
    }
}

/// What became of the cases in one language.
pub(crate) struct Run {
    pub(crate) language: String,
    pub(crate) calls: Vec<Call>,
    pub(crate) large: Vec<(&'static str, Result<String, String>)>,
    /// The functions that can be called.
    pub(crate) functions: Vec<String>,
    pub(crate) size: u64,
    pub(crate) imports: Vec<String>,
}

/// `guests/conformance`.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests/conformance")
}

/// The run of each language: in a full run of all of them, in a quick one of those that are there.
pub(crate) fn runs() -> &'static [Run] {
    static RUNS: OnceLock<Vec<Run>> = OnceLock::new();
    RUNS.get_or_init(|| {
        let waiting = Mutex::new(LANGUAGES.iter());
        // As many at once as there are cores: a call's time passes also while it waits for its turn.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut runs: Vec<Run> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..cores)
                .map(|_| scope.spawn(|| run_some(&waiting)))
                .collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        });
        runs.sort_by_key(|run| {
            LANGUAGES
                .iter()
                .position(|language| language.folder == run.language)
        });
        runs
    })
}

/// The runs of those languages that no other thread takes.
fn run_some(waiting: &Mutex<std::slice::Iter<'static, Language>>) -> Vec<Run> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let next = || waiting.lock().unwrap().next();
    let languages = std::iter::from_fn(next);
    let here = languages.filter(|language| !guests::is_left_out(language.folder));
    let runs = here.filter_map(|language| {
        let component = guests::bytes_or_quick(&format!("conformance-{}", language.folder))?;
        Some(runtime.block_on(run(language, component)))
    });
    runs.collect()
}

async fn run(language: &'static Language, component: Vec<u8>) -> Run {
    let host = Host::builder().cache(hold::compiled()).build().unwrap();
    let tool = load(&host, &component);
    let subject = Subject::new(&host, Component::Bytes(&component));
    let mut calls = Vec::new();
    for path in cases::files(language.kind) {
        let file = CaseFile::read(&path).unwrap_or_else(|error| panic!("{error:?}"));
        let report = subject.run(&file, "").await;
        let report = report.unwrap_or_else(|error| panic!("{}: {error:?}", language.folder));
        calls.extend(report.calls);
    }
    let named = cases::all(language.kind);
    assert_eq!(named.len(), calls.len());
    let calls = named.into_iter().zip(calls).map(|(named, call)| {
        assert_eq!(named.name, call.name);
        let differences = call
            .differences
            .iter()
            .flat_map(|difference| &difference.lines);
        Call {
            named,
            verdict: call.verdict,
            ended: call.ended(),
            differences: differences.map(|line| format!("\n    {line}")).collect(),
        }
    });
    Run {
        language: language.folder.to_owned(),
        calls: calls.collect(),
        large: super::large(&tool).await,
        functions: tool
            .functions()
            .iter()
            .map(|function| function.item().to_owned())
            .collect(),
        size: tool.size(),
        imports: tool.imports().to_vec(),
    }
}

/// The tool, with nothing granted but that it is linked.
fn load(host: &Host, component: &[u8]) -> Tool {
    let capabilities = [
        Capability::ReadFile,
        Capability::WriteFile,
        Capability::ListFiles,
        Capability::HttpGet,
        Capability::HttpRequest,
    ];
    let rules = capabilities
        .iter()
        .fold(Rules::builder(Source::Code), |rules, capability| {
            rules.link(capability)
        })
        .clock(Origin::Code)
        .random(Origin::Code);
    let options = ToolOptions {
        name: "conformance".into(),
        rules: Arc::new(rules.build()),
        narrowed_to: Vec::new(),
        limits: Limits {
            // From then on it comes out of the cache, whatever else this machine is doing.
            compile_time: Duration::from_secs(600),
            ..Limits::default()
        },
        sha256: None,
        policy: [0; 32],
        ask: false,
        isolated: false,
        toolbox: None,
    };
    host.load(&bailiwick::Source::Bytes(component), options)
        .unwrap()
}
