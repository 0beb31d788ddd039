//! A broker with a small grant, and what has to hold after a call.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bailiwick::audit::{Trail, TrailOptions, VerifyOptions, verify};
use bailiwick::policy::{Extensions, Policy};
use bailiwick::{Cause, Host, KeyValueStore, Source, Tool, ToolOptions, WorkerStarter};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::script::Script;
use super::worker::{Heard, Starter};

/// A component whose code never runs, with the imports that lead to the operations.
const COMPONENT: &str = r#"(component
    (import "bailiwick:files/types@0.1.0" (instance))
    (import "bailiwick:files/read-file@0.1.0" (instance))
    (import "bailiwick:files/write-file@0.1.0" (instance))
    (import "bailiwick:files/list-files@0.1.0" (instance))
    (import "bailiwick:http/types@0.1.0" (instance))
    (import "bailiwick:http/http-get@0.1.0" (instance))
    (import "bailiwick:http/http-request@0.1.0" (instance))
    (import "bailiwick:key-value/key-value@0.1.0" (instance))
    (import "bailiwick:clock/clock@0.1.0" (instance))
    (import "bailiwick:random/random@0.1.0" (instance))
    (import "bailiwick:progress/progress@0.1.0" (instance))
    (import "bailiwick:log/log@0.1.0" (instance))
    (core module $m (func (export "run")))
    (core instance $i (instantiate $m))
    (func (export "run") (canon lift (core func $i "run"))))"#;

const POLICY: &str = r#"
[tools.fuzzed]
component = "fuzzed.wasm"
read-file = ["in/*"]
write-file = ["out/*"]
list-files = ["in", "out"]
http-get = []
http-request = []
key-value = true
clock = true
random = true
[tools.fuzzed.limits]
time = "5 s"
host-calls = 100
handles = 10
host-call-bytes = "64 KiB"
output = "1 KiB"
log = "1 KiB"
file-write-bytes = "64 KiB"
"#;

/// Bytes of an answer, as the policy has it.
const OUTPUT_MAX: usize = 1024;

/// Lines of the log, of which each has at least its end.
const LOG_MAX: usize = 1024;

/// A call has five seconds, and nothing in it waits for anybody.
const TIME_MAX: Duration = Duration::from_secs(20);

/// Inputs for one trail, which is kept in memory and checked whole each time.
const TRAIL_INPUTS: u32 = 32;

/// What no worker may ever learn.
const FLAG: &str = "flag-3d1c0e6f58b7";

/// Capabilities whose every use that is answered has a record.
const RECORDED: [&str; 4] = ["read-file.", "write-file.", "list-files.", "key-value."];

struct Stage {
    runtime: Runtime,
    folder: TempDir,
    component: Vec<u8>,
    starter: Starter,
    workers: WorkerStarter,
    serving: Option<Serving>,
}

/// A host, and how many inputs it has had.
struct Serving {
    host: Host,
    trail: Trail,
    inputs: u32,
    lines: usize,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = |name: &str| folder.path().join(name);
        for name in ["root/in", "root/out", "outside"] {
            std::fs::create_dir_all(place(name)).expect("a folder");
        }
        std::fs::write(place("root/in/a.txt"), "twelve bytes").expect("a file");
        std::fs::write(place("root/flag"), FLAG).expect("a file");
        std::fs::write(place("outside/flag"), FLAG).expect("a file");
        std::os::unix::fs::symlink("../../outside", place("root/in/link")).expect("a link");
        let (starter, socket) = Starter::new();
        Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
            component: wat::parse_str(COMPONENT).expect("a component"),
            workers: WorkerStarter::at(socket),
            folder,
            starter,
            serving: None,
        }
    }

    fn serving(&mut self) -> Serving {
        let kept = self.serving.take();
        kept.filter(|serving| serving.inputs < TRAIL_INPUTS)
            .unwrap_or_else(|| {
                let trail = Trail::memory(TrailOptions::default()).expect("a trail");
                let store = KeyValueStore::open(self.folder.path().join("store.db"));
                let host = Host::builder()
                    .root(self.folder.path().join("root"))
                    .trail(trail.clone())
                    .key_value(store.expect("a store"))
                    .isolation(self.workers.clone());
                Serving {
                    host: host.build().expect("a host"),
                    trail,
                    inputs: 0,
                    lines: 0,
                }
            })
    }

    fn play(&mut self, data: &[u8]) {
        let script = Script::of(data);
        let arguments = script.arguments;
        self.starter.plays(script);
        let mut serving = self.serving();
        serving.inputs += 1;
        let loaded = serving.load(&self.component);
        let mut called = None;
        if let Some(tool) = &loaded {
            let began = Instant::now();
            called = Some(self.runtime.block_on(call(tool, arguments)));
            assert!(
                began.elapsed() < TIME_MAX,
                "the call took {:?}",
                began.elapsed()
            );
        }
        // With the tool its workers go.
        drop(loaded);
        let heard = self.starter.heard();
        let records = serving.new_records();
        was_recorded(called.is_some(), &heard, &records);
        told_nothing(&heard, called.flatten().as_deref(), &serving.trail);
        stayed_within(&self.folder.path().join("root"), &records);
        let outside = std::fs::read_to_string(self.folder.path().join("outside/flag"));
        assert_eq!(outside.ok().as_deref(), Some(FLAG), "a file outside");
        self.serving = Some(serving);
    }
}

impl Serving {
    fn load(&self, component: &[u8]) -> Option<Tool> {
        let policy = Policy::parse("bailiwick.toml", POLICY, &Extensions::new());
        let policy = policy.expect("a policy");
        let tool = policy.tool("fuzzed").expect("a tool");
        let options = ToolOptions::from_policy(tool, POLICY);
        let loaded = self.host.load(&Source::Bytes(component), options);
        loaded
            .map_err(|refused| assert!(!refused.to_string().is_empty()))
            .ok()
    }

    /// The records since the last input, of a trail that verifies.
    fn new_records(&mut self) -> Vec<Value> {
        let lines = self.trail.lines();
        let text = lines
            .iter()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect::<String>();
        let verified = verify(BufReader::new(text.as_bytes()), &VerifyOptions::default());
        verified.unwrap_or_else(|error| panic!("the trail does not verify: {error}"));
        let new = lines.get(self.lines..).unwrap_or_default();
        let new = new
            .iter()
            .map(|line| serde_json::from_str(line).expect("a record"))
            .collect();
        self.lines = lines.len();
        new
    }
}

/// The answer of the tool's function, where there is one.
async fn call(tool: &Tool, arguments: &str) -> Option<String> {
    let call = tool.call("run").ok()?;
    let (report, answer) = match call.json(arguments).await {
        Ok(answer) => {
            let json = answer.json().to_owned();
            (answer.report().clone(), Some(json))
        }
        Err(error) => {
            let answer = match error.cause() {
                Cause::ToolError(json) => Some(json.clone()),
                _ => None,
            };
            (error.report().clone(), answer)
        }
    };
    assert!(
        report.log.len() <= LOG_MAX,
        "{} lines were logged",
        report.log.len()
    );
    if let Some(json) = &answer {
        assert!(
            json.len() <= OUTPUT_MAX,
            "an answer of {} bytes",
            json.len()
        );
        let value: Result<Value, _> = serde_json::from_str(json);
        assert!(value.is_ok(), "{json:?} is no JSON");
    }
    answer
}

/// A call that began has its one record, and whatever was answered in it has one.
fn was_recorded(called: bool, heard: &Heard, records: &[Value]) {
    let of_kind = |kind: &'static str| records.iter().filter(move |record| record["kind"] == *kind);
    assert_eq!(of_kind("call").count(), usize::from(called), "{records:?}");
    let mut answered: BTreeMap<String, usize> = BTreeMap::new();
    let answers = heard.asked.iter().zip(&heard.replies);
    for (name, _) in answers.filter(|(_, reply)| is_answer_or_denial(reply)) {
        *answered
            .entry(String::from_utf8_lossy(name).into_owned())
            .or_default() += 1;
    }
    let is_recorded = |name: &str| {
        RECORDED
            .iter()
            .any(|capability| name.starts_with(capability))
    };
    for (name, times) in answered.iter().filter(|(name, _)| is_recorded(name)) {
        let attempts = of_kind("attempt").filter(|record| record["operation"] == **name);
        let attempts: BTreeSet<u64> = attempts
            .filter_map(|record| record["attempt"].as_u64())
            .collect();
        assert!(
            attempts.len() >= *times,
            "{times} answers to `{name}`, and {records:?}"
        );
    }
}

/// Whether a reply says that something was done, or that it was denied. What ended at a limit before it was looked at is no attempt.
fn is_answer_or_denial(reply: &[u8]) -> bool {
    // It is a reply, so many bytes long; the first of them says whether it is a failure, the second which.
    let length = reply.iter().skip(1).position(|byte| byte & 0x80 == 0);
    let said = length.and_then(|length| reply.get(length + 2..));
    matches!(said, Some([0, ..] | [1, 0, ..]))
}

/// The flag is in nothing that left.
fn told_nothing(heard: &Heard, answer: Option<&str>, trail: &Trail) {
    let shows = |bytes: &[u8]| {
        bytes
            .windows(FLAG.len())
            .any(|window| window == FLAG.as_bytes())
    };
    assert!(
        !heard.replies.iter().any(|reply| shows(reply)),
        "a worker was told"
    );
    assert!(
        !answer.is_some_and(|answer| shows(answer.as_bytes())),
        "an answer shows it"
    );
    assert!(
        !trail.lines().iter().any(|line| shows(line.as_bytes())),
        "the trail shows it"
    );
}

/// What was read stays as it is, what was written was permitted and recorded, and nothing else is there. What was written is removed.
fn stayed_within(root: &Path, records: &[Value]) {
    let names = |folder: &Path| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).expect("a folder").flatten();
        entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect()
    };
    assert_eq!(names(root), ["flag", "in", "out"].map(str::to_owned).into());
    assert_eq!(
        names(&root.join("in")),
        ["a.txt", "link"].map(str::to_owned).into()
    );
    let read = std::fs::read_to_string(root.join("in/a.txt"));
    assert_eq!(read.ok().as_deref(), Some("twelve bytes"));
    let flag = std::fs::read_to_string(root.join("flag"));
    assert_eq!(flag.ok().as_deref(), Some(FLAG));
    for name in names(&root.join("out")) {
        assert!(
            !name.starts_with(".bailiwick-"),
            "a temporary file was left"
        );
        let path = format!("out/{name}");
        let permitted = records.iter().any(|record| {
            record["capability"] == "write-file"
                && record["decision"] == "permit"
                && record["arguments"].as_str() == Some(&*path)
        });
        assert!(permitted, "`{path}` was written, and {records:?}");
        std::fs::remove_file(root.join(&path)).expect("a file");
    }
}

pub(crate) fn run(data: &[u8]) {
    static STAGE: OnceLock<Mutex<Stage>> = OnceLock::new();
    let stage = STAGE.get_or_init(|| Mutex::new(Stage::new()));
    stage
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .play(data);
}
