//! Runs a case, and checks what its file says and what holds for every case.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::panic::AssertUnwindSafe;

use bailiwick::{Answer, CallError, Cause, Tool};
use futures_util::FutureExt as _;
use serde_json::Value;

use crate::case::{Case, Step};
use crate::dns::Dns;
use crate::hold::Hold;
use crate::server::{Says, Script, Server};
use crate::snapshot::Snapshot;
use crate::trail;
use crate::world::{Entry, World};

/// A file that every policy of the guest `probe-files` grants, for the call afterwards.
const SOUND: &str = "sound.txt";

/// Runs a case with the guest that it names.
///
/// # Panics
/// With what is not as it must be.
pub fn run(case: &Case) {
    run_component(case, &crate::guests::bytes(&case.tool));
}

/// Runs a case with a component that was not built just now.
///
/// # Panics
/// With what is not as it must be.
pub fn run_component(case: &Case, component: &[u8]) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(Running::begin(case, component).whole(case));
}

struct Running {
    hold: Hold,
    tool: Tool,
    servers: BTreeMap<String, Server>,
    dns: Option<Dns>,
    words: Words,
    outside: Snapshot,
    root: Snapshot,
}

/// What stands for what.
struct Words(Vec<(String, String)>);

impl Words {
    fn of(world: &World, servers: &BTreeMap<String, TcpListener>) -> Self {
        let mut words = vec![
            ("$flag".to_owned(), world.flag().to_owned()),
            ("$root".to_owned(), world.root().display().to_string()),
            ("$outside".to_owned(), world.outside().display().to_string()),
        ];
        for (name, listener) in servers {
            let address = listener.local_addr().unwrap();
            words.push((format!("${name}-port"), address.port().to_string()));
            words.push((format!("${name}"), address.to_string()));
        }
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        Self(words)
    }

    fn fill(&self, text: &str) -> String {
        let fill = |text: String, (word, meaning): &(String, String)| text.replace(word, meaning);
        self.0.iter().fold(text.to_owned(), fill)
    }
}

impl Running {
    fn begin(case: &Case, component: &[u8]) -> Self {
        let mut world = World::new();
        let sound = (SOUND.to_owned(), Entry::Text("sound".to_owned()));
        world.add_outside(&case.outside);
        world.add(&BTreeMap::from([sound]));
        world.add(&case.world);
        let listeners: BTreeMap<String, TcpListener> = case
            .servers
            .keys()
            .map(|name| (name.clone(), Server::bind(Ipv4Addr::LOCALHOST, 0)))
            .collect();
        let words = Words::of(&world, &listeners);
        let served = listeners.into_iter().map(|(name, listener)| {
            let script = filled(&case.servers[&name], &words);
            (name, Server::serve(listener, script))
        });
        let servers = served.collect();
        let dns = (!case.names.is_empty()).then(|| Dns::serve(case.names.clone()));
        let policy = policy(case, &words, dns.as_ref());
        let hold = Hold::with(world, &policy, |builder| match &case.root_is {
            Some(root) => builder.root(root),
            None => builder,
        });
        let tool = hold.load(component);
        let tool = tool.unwrap_or_else(|refused| panic!("`{}`: {refused}", case.tool));
        let (outside, root) = (hold.world.outside_now(), hold.world.root_now());
        Self {
            hold,
            tool,
            servers,
            dns,
            words,
            outside,
            root,
        }
    }

    async fn whole(self, case: &Case) {
        let mut wrong = 0;
        for (number, step) in case.all_steps().iter().enumerate() {
            let place = format!("call {}: {} {}", number + 1, step.call, step.arguments);
            // All that is wrong is said at once.
            let stepped = AssertUnwindSafe(self.step(step, &place))
                .catch_unwind()
                .await;
            wrong += u32::from(stepped.is_err());
        }
        assert_eq!(wrong, 0, "calls that did not end as they must");
        self.effects(case);
        let afterwards = case.afterwards.clone().or_else(|| usual(case));
        if let Some(step) = afterwards {
            self.step(&step, "the call afterwards").await;
        }
        self.secrecy();
        trail::assert_verifies(&self.hold.trail());
    }

    async fn step(&self, step: &Step, place: &str) {
        let before = self.hold.records().len();
        let arguments = self.words.fill(&step.arguments);
        let call = self.tool.call(&step.call).unwrap();
        let ended = call.json(&arguments).await;
        let log = match &ended {
            Ok(answer) => answer.report().log.clone(),
            Err(error) => error.report().log.clone(),
        };
        self.ending(step, &ended, place);
        if let Some(expected) = &step.log {
            let lines: Vec<String> = log.iter().map(|line| line.message.clone()).collect();
            assert_eq!(&lines, expected, "{place}: the log");
        }
        self.recorded(step, &ended, &self.hold.records()[before..], place);
        let told = format!("{ended:?}{log:?}");
        assert!(
            !told.contains(self.hold.world.flag()),
            "{place}: the flag is out: {told}"
        );
    }

    fn ending(&self, step: &Step, ended: &Result<Answer, CallError>, place: &str) {
        let (kind, value) = described(ended);
        let expected = [
            ("answer", &step.answer),
            ("error", &step.error),
            ("ends", &step.ends),
        ];
        let (expected_kind, expected) = expected
            .into_iter()
            .find_map(|(kind, text)| Some((kind, text.as_ref()?)))
            .unwrap_or_else(|| panic!("{place}: the case does not say how it ends"));
        let expected = self.words.fill(expected);
        let expected = match expected_kind {
            "ends" => Value::String(expected),
            _ => serde_json::from_str(&expected)
                .unwrap_or_else(|error| panic!("{place}: `{expected}` is no JSON: {error}")),
        };
        assert_eq!((kind, &value), (expected_kind, &expected), "{place}");
    }

    fn recorded(
        &self,
        step: &Step,
        ended: &Result<Answer, CallError>,
        records: &[Value],
        place: &str,
    ) {
        let denials = trail::denials(records);
        let expected: Vec<String> = step
            .denials
            .iter()
            .map(|text| self.words.fill(text))
            .collect();
        assert_eq!(denials, expected, "{place}: the denials in the trail");
        let outcome = ended.as_ref().map_or_else(CallError::code, |_| "ok");
        assert_eq!(
            trail::outcomes(records),
            [outcome],
            "{place}: the call in the trail"
        );
        let policy = std::fs::read_to_string(self.hold.world.root().join("bailiwick.toml"));
        let lines: Vec<String> = policy.unwrap().lines().map(ToOwned::to_owned).collect();
        for rule in records
            .iter()
            .map(|record| &record["rule"])
            .filter(|rule| rule.is_object())
        {
            let line = usize::try_from(rule["line"].as_u64().unwrap()).unwrap();
            let text = rule["text"].as_str().unwrap();
            assert!(
                lines[line - 1].contains(text),
                "{place}: line {line} of the policy is not about `{text}`"
            );
        }
    }

    /// Nothing but what the case names has changed, and no server heard anything else.
    fn effects(&self, case: &Case) {
        let outside = self.outside.changes(&self.hold.world.outside_now());
        assert!(outside.is_empty(), "outside something changed: {outside:?}");
        let changed = self.root.changes(&self.hold.world.root_now());
        let expected: Vec<&String> = case.changes.keys().collect();
        assert_eq!(
            changed.iter().collect::<Vec<_>>(),
            expected,
            "what changed in the root"
        );
        for (path, content) in &case.changes {
            let found = self.hold.world.read(path).unwrap_or_default();
            assert_eq!(
                String::from_utf8_lossy(&found),
                self.words.fill(content),
                "{path}"
            );
        }
        for (name, server) in &self.servers {
            let mut expected = case.requests.get(name).cloned().unwrap_or_default();
            let mut requests = server.requests();
            expected.sort();
            requests.sort();
            assert_eq!(requests, expected, "what the server `{name}` was asked");
        }
        for (name, words) in &case.never_heard {
            let heard = self.servers[name].heads().join("\n").to_lowercase();
            for word in words {
                assert!(
                    !heard.contains(&word.to_lowercase()),
                    "`{name}` heard `{word}`: {heard}"
                );
            }
        }
        for (name, count) in &case.lookups {
            let asked = self.dns.as_ref().map_or(0, |dns| dns.asked(name));
            assert_eq!(asked, *count, "how often `{name}` was looked up");
        }
    }

    fn secrecy(&self) {
        let flag = self.hold.world.flag();
        assert!(
            !self.hold.trail().contains(flag),
            "the flag is in the trail"
        );
        for server in self.servers.values() {
            let heard = server.heads().join("\n");
            assert!(!heard.contains(flag), "a server heard the flag: {heard}");
        }
    }
}

fn described(ended: &Result<Answer, CallError>) -> (&'static str, Value) {
    let json = |text: &str| serde_json::from_str(text).unwrap();
    match ended {
        Ok(answer) => ("answer", json(answer.json())),
        Err(error) => match error.cause() {
            Cause::ToolError(text) => ("error", json(text)),
            Cause::Limit(limit) => ("ends", Value::String(format!("limit {}", limit.code()))),
            _ => ("ends", Value::String(error.code().to_owned())),
        },
    }
}

fn filled(script: &Script, words: &Words) -> Script {
    let fill = |(path, says): (&String, &Says)| {
        let mut says = says.clone();
        says.say = words.fill(&says.say);
        (path.clone(), says)
    };
    let mut script: Script = script.iter().map(fill).collect();
    let sound = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned();
    script.insert(
        SOUND_PATH.to_owned(),
        Says {
            say: sound,
            ..Says::default()
        },
    );
    script
}

fn policy(case: &Case, words: &Words, dns: Option<&Dns>) -> String {
    let mut policy = words.fill(&case.policy);
    if let Some(dns) = dns {
        policy.push_str(&format!("\n[network]\nresolver = \"{}\"\n", dns.address()));
    }
    policy
}

/// What every server `a` says to the call afterwards.
const SOUND_PATH: &str = "/sound";

/// The call that works if nothing was broken, for each guest.
fn usual(case: &Case) -> Option<Step> {
    let step = |call: &str, arguments: &str, answer: &str| Step {
        call: call.to_owned(),
        arguments: arguments.to_owned(),
        answer: Some(answer.to_owned()),
        error: None,
        ends: None,
        denials: Vec::new(),
        log: None,
    };
    match case.tool.as_str() {
        "probe-files" => Some(step("read-length", &format!("[\"{SOUND}\"]"), "5")),
        "probe-flow" => Some(step(
            "run",
            &format!("[[[\"read\", \"{SOUND}\"]]]"),
            "[\"5\"]",
        )),
        "probe-limits" => Some(step("canary.count", "[]", "1")),
        "probe-web" if case.servers.contains_key("a") => {
            let arguments = format!("[[\"http://$a{SOUND_PATH}\"]]");
            Some(step("get-each", &arguments, "[{\"ok\": 200}]"))
        }
        "probe-web" => Some(step("set-body", "[1]", "null")),
        _ => None,
    }
}
