//! A host with a secret, the server that it is bound to, and the look at everything that could hold the secret afterwards.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};

use bailiwick::policy::{Extensions, Policy};
use bailiwick::{KeyValueStore, Secrets, Tool};
use bailiwick_tests::hold::{Hold, ends};
use bailiwick_tests::server::{Says, Server};
use bailiwick_tests::trail;
use bailiwick_tests::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub(super) const TOKEN: &str = "sk-live-9f8Ae7D6c5B4a3Z2";
pub(super) const GUEST: &str = "probe-secret";

/// A host with one secret that is bound below `/v1` of a server, and that server.
pub(super) struct Stage {
    pub(super) hold: Hold,
    pub(super) tool: Tool,
    pub(super) server: Server,
    pub(super) told: Arc<Mutex<Vec<String>>>,
}

/// What a server says, by path.
pub(super) type Script = [(&'static str, String)];

pub(super) fn ok(head: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\n{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

pub(super) fn moved(to: &str) -> String {
    format!(
        "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

pub(super) fn serve(listener: TcpListener, script: &Script) -> Server {
    let says = |(path, say): &(&str, String)| {
        let says = Says {
            say: say.clone(),
            ..Says::default()
        };
        ((*path).to_owned(), says)
    };
    Server::serve(
        listener,
        script.iter().map(says).collect::<BTreeMap<_, _>>(),
    )
}

pub(super) fn listener() -> (TcpListener, u16) {
    let listener = Server::bind(Ipv4Addr::LOCALHOST, 0);
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

pub(super) fn stage(
    place: &str,
    more: &str,
    script: impl FnOnce(u16) -> Vec<(&'static str, String)>,
) -> Stage {
    let (listener, port) = listener();
    let server = serve(listener, &script(port));
    let table = format!(
        "http-get = [{{ url = \"http://127.0.0.1:{port}/**\", allow-private = true }}]\n\
         http-request = [{{ url = \"http://127.0.0.1:{port}/**\", methods = [\"GET\", \"POST\"], headers = [\"accept\", \"x-api-key\", \"authorization\"], allow-private = true }}]\n\
         write-file = [\"out/**\"]\nkey-value = true\nsecret = [\"key\", \"second\", \"gone\", \"!gone\"]\n\
         [secrets.key]\nenv = \"NOT_READ_IN_TESTS\"\nto = [\"http://127.0.0.1:{port}/v1/**\", \"!http://127.0.0.1:{port}/v1/none\"]\n{place}\n{more}\n\
         [secrets.second]\nenv = \"NOT_READ_IN_TESTS\"\nto = [\"http://127.0.0.1:{port}/**\"]\nbearer = true\n\
         [secrets.gone]\nenv = \"NOT_READ_IN_TESTS\"\nto = [\"http://127.0.0.1:{port}/**\"]\nbearer = true\n\
         [secrets.ungranted]\nenv = \"NOT_READ_IN_TESTS\"\nto = [\"http://127.0.0.1:{port}/**\"]\nbearer = true\n"
    );
    let world = World::new();
    std::fs::create_dir(world.root().join("out")).unwrap();
    let store = KeyValueStore::open(world.beside("state.db")).unwrap();
    let parsed = format!("[tools.probe]\ncomponent = \"probe.wasm\"\n{table}");
    let policy = Policy::parse("bailiwick.toml", &parsed, &Extensions::new());
    let policy = policy.unwrap_or_else(|wrong| panic!("{wrong}"));
    let value = |name: &str| match name {
        "key" => TOKEN.as_bytes().to_vec(),
        other => format!("another-secret-{other}-1234").into_bytes(),
    };
    let secrets = Secrets::made_up(&policy, value).unwrap();
    let hold = Hold::with(world, &table, |builder| {
        builder.secrets(secrets).key_value(store)
    });
    let tool = hold.guest(GUEST);
    Stage {
        hold,
        tool,
        server,
        told: Arc::default(),
    }
}

pub(super) fn bearer(script: Vec<(&'static str, String)>) -> Stage {
    stage("bearer = true", "", |_| script)
}

impl Stage {
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    pub(super) fn described(&self, path: &str, way: &str, piece: u32) -> Value {
        json!({
            "method": "GET", "url": self.url(path), "headers": [], "body": null, "way": way, "piece": piece,
        })
    }

    pub(super) async fn call(&self, function: &str, arguments: Value) -> String {
        let told = self.told.clone();
        let call = self
            .tool
            .call(function)
            .unwrap()
            .on_progress(move |progress| {
                told.lock().unwrap().extend(progress.message);
            });
        let ended = ends(call, &arguments.to_string()).await;
        self.nobody_has_it(&ended);
        ended
    }

    pub(super) async fn request(&self, path: &str) -> String {
        let described = self.described(path, "send", 0);
        self.call("request", json!(["key", described])).await
    }

    /// Neither an answer nor the trail has the secret, in whatever encoding, and the trail verifies.
    pub(super) fn nobody_has_it(&self, ended: &str) {
        let trail = self.hold.trail();
        trail::assert_verifies(&trail);
        for text in [ended, &trail] {
            for form in forms() {
                assert!(!text.contains(&form), "{form} in {text}");
            }
        }
    }

    /// What was recorded under `secret`, in words.
    pub(super) fn recorded(&self) -> Vec<String> {
        let records = self.hold.records();
        let of_secrets = records
            .iter()
            .filter(|record| record["capability"] == "secret");
        let words = of_secrets.map(|record| {
            let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
            let words = [
                text("operation"),
                text("phase"),
                text("arguments"),
                text("outcome"),
            ];
            words
                .join(" ")
                .replace(&self.server.address().to_string(), "SERVER")
        });
        words.collect()
    }

    /// The lines of a header that the server got, over all requests.
    pub(super) fn got(&self, header: &str) -> Vec<String> {
        let heads = self.server.heads();
        let lines = heads
            .iter()
            .flat_map(|head| head.lines().map(str::to_owned).collect::<Vec<_>>());
        lines
            .filter(|line| line.to_lowercase().starts_with(&format!("{header}:")))
            .collect()
    }
}

pub(super) fn forms() -> Vec<String> {
    vec![
        TOKEN.to_owned(),
        TOKEN.to_uppercase(),
        TOKEN.chars().rev().collect(),
        STANDARD.encode(TOKEN),
        TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect(),
    ]
}
