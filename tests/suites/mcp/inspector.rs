//! The official inspector's command line: both transports, both eras, the real tool of the demo.

use std::path::Path;
use std::process::Output;

use bailiwick_tests::mcp::clients::{node, said};
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::site::{Site, bailiwick, isolate};
use bailiwick_tests::server::{Says, Script, Server};
use serde_json::{Value, json};

const INSPECTOR: &str = "@modelcontextprotocol/inspector/clients/launcher/build/index.js";

/// Where the inspector finds a server: its session file has one for each way of reaching it.
const WAYS: [(&str, &str); 2] = [("legacy", "legacy"), ("modern", "modern")];

#[test]
fn lists_and_calls_the_demos_tool_over_standard_input_and_output() {
    let demo = Demo::new();
    let trail = demo.site.path("trail.jsonl");
    let policy = demo.site.path("bailiwick.toml");
    let mut args = json!(["serve", "--policy", policy, "--audit", trail]);
    if let (Some(isolate), Some(args)) = (isolate(), args.as_array_mut()) {
        args.push(isolate.into());
    }
    let server = json!({
        "type": "stdio",
        "command": bailiwick(),
        "args": args,
        "env": { "BAILIWICK_CACHE_DIR": bailiwick_tests::hold::compiled() },
    });
    demo.inspect(&server);
}

#[test]
fn lists_and_calls_the_demos_tool_over_http() {
    let demo = Demo::new();
    let served = Served::start(&demo.site);
    let server = json!({ "type": "streamable-http", "url": served.url() });
    demo.inspect(&server);
    served.stop();
}

/// The demo's policy with its own server of exchange rates.
struct Demo {
    site: Site,
    rates: Server,
}

impl Demo {
    fn new() -> Self {
        let listener = Server::bind(std::net::Ipv4Addr::LOCALHOST, 0);
        let says = Says {
            say: format!(
                "HTTP/1.1 200 OK\nContent-Type: text/xml\nConnection: close\n\n{}",
                demo_file("rates/eurofxref-daily.xml")
            ),
            ..Says::default()
        };
        let rates = Server::serve(listener, Script::from([("*".to_owned(), says)]));
        let site = Site::new(&[(
            "csv-report",
            "csv-report",
            &format!(
                "read-file = [\"workspace/input.csv\"]\nwrite-file = [\"workspace/output.json\"]\n\
                 http-get = [{{ url = \"http://{}/stats/eurofxref/eurofxref-daily.xml?\", allow-private = true }}]",
                rates.address()
            ),
        )]);
        site.write("workspace/input.csv", &demo_file("workspace/input.csv"));
        Self { site, rates }
    }

    /// Lists and calls in both eras.
    fn inspect(&self, server: &Value) {
        for (name, era) in WAYS {
            let mut server = server.clone();
            server["protocolEra"] = json!(era);
            let config = json!({ "mcpServers": { name: server } });
            self.site.write("inspector.json", &config.to_string());
            let Some(()) = self.list(name) else { return };
            self.call(name);
            self.denied(name);
            self.wrong(name);
        }
    }

    fn list(&self, server: &str) -> Option<()> {
        let output = self.run(server, &["--method", "tools/list", "--strict"])?;
        let listed = answer(&output);
        let tools = listed["tools"].as_array().unwrap();
        let names: Vec<&str> = tools
            .iter()
            .map(|tool| tool["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["csv-report"], "{}", said(&output));
        assert_eq!(tools[0]["annotations"]["readOnlyHint"], false);
        Some(())
    }

    fn call(&self, server: &str) {
        let asked = self.rates.requests().len();
        let output = self.report(server, "workspace/input.csv");
        let answer = answer(&output);
        let content = &answer["structuredContent"];
        assert_eq!(content["currency"], "EUR", "{}", said(&output));
        assert!(content["converted"].as_u64() > Some(0), "{content}");
        assert_eq!(self.rates.requests().len(), asked + 1);
        let written: Value =
            serde_json::from_str(&self.site.read("workspace/output.json")).unwrap();
        assert!(written.is_object());
    }

    /// What the policy does not permit is a tool's error, which the inspector shows by its exit status.
    fn denied(&self, server: &str) {
        let output = self.report(server, "workspace/private/payroll.csv");
        assert_eq!(output.status.code(), Some(5), "{}", said(&output));
        assert!(said(&output).contains("denied"), "{}", said(&output));
    }

    fn wrong(&self, server: &str) {
        let output = self.run(
            server,
            &[
                "--method",
                "tools/call",
                "--tool-name",
                "csv-report",
                "--tool-arg",
                "input=1",
            ],
        );
        let output = output.unwrap();
        assert!(!output.status.success(), "{}", said(&output));
    }

    fn report(&self, server: &str, input: &str) -> Output {
        let rates = format!(
            "rates-url=http://{}/stats/eurofxref/eurofxref-daily.xml",
            self.rates.address()
        );
        let input = format!("input={input}");
        let words = [
            "--method",
            "tools/call",
            "--tool-name",
            "csv-report",
            "--tool-arg",
            &input,
            "--tool-arg",
            &rates,
            "--tool-arg",
            "output=workspace/output.json",
            "--tool-arg",
            "currency=EUR",
        ];
        self.run(server, &words).unwrap()
    }

    fn run(&self, server: &str, words: &[&str]) -> Option<Output> {
        let mut command = node(INSPECTOR)?;
        command
            .arg("--cli")
            .arg("--config")
            .arg(self.site.path("inspector.json"))
            .args(["--server", server, "--format", "json"])
            .args(words)
            .env("HOME", self.site.path("home"))
            .env("XDG_STATE_HOME", self.site.path("state"));
        Some(command.output().unwrap())
    }
}

/// What the inspector printed, as JSON.
fn answer(output: &Output) -> Value {
    assert!(output.status.success(), "{}", said(output));
    let value: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", said(output)));
    match value.get("result") {
        Some(result) => result.clone(),
        None => value,
    }
}

fn demo_file(name: &str) -> String {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo");
    std::fs::read_to_string(demo.join(name)).unwrap()
}
