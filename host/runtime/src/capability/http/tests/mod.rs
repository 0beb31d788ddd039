//! The operations over the waist: what is decided, counted, recorded and sent, hop by hop.

mod bodies;
mod redirects;
mod whole;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bailiwick_policy::{
    Capability, HttpRule, Limits, Manifest, Network, Origin, Rules, Source, resolve,
};
use serde_json::Value;

use super::transport::tests::server::Server;
use super::*;
use crate::audit::{Digest, Trail, TrailOptions};
use crate::waist::{Failure, Meter, Scene, Services, Trace, Waist};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-a: b\r\n\r\nok";

/// A call under way: its waist, and what is recorded of it.
struct Stage {
    waist: Waist,
    trail: Trail,
}

/// What the call may do and use.
struct Terms {
    rules: Vec<(Capability, HttpRule)>,
    limits: Limits,
    network: Network,
}

/// Nothing is permitted, and more than enough time.
fn terms() -> Terms {
    let limits = Limits {
        time: Duration::from_secs(60),
        ..Limits::default()
    };
    Terms {
        rules: Vec::new(),
        limits,
        network: Network::default(),
    }
}

impl Terms {
    /// Everything of this server may be fetched.
    fn get(mut self, server: &Server) -> Self {
        let rule = HttpRule::new(server.url("/**")).allow_private();
        self.rules.push((Capability::HttpGet, rule));
        self
    }

    /// These methods may be used for everything of this server, with headers that name a key.
    fn request<const N: usize>(mut self, server: &Server, methods: [&str; N]) -> Self {
        let rule = HttpRule::new(server.url("/**"))
            .allow_private()
            .methods(methods)
            .headers(["accept", "authorization", "content-type", "x-key"]);
        self.rules.push((Capability::HttpRequest, rule));
        self
    }

    fn rule(mut self, capability: Capability, rule: HttpRule) -> Self {
        self.rules.push((capability, rule));
        self
    }

    fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    fn resolver(mut self, address: SocketAddr) -> Self {
        self.network.resolver = Some(address);
        self
    }

    fn stage(self) -> Stage {
        let mut manifest = Manifest::new();
        manifest.ask(Capability::HttpGet);
        manifest.ask(Capability::HttpRequest);
        let rules = self
            .rules
            .into_iter()
            .fold(Rules::builder(Source::Code), |rules, rule| {
                match rule {
                    (Capability::HttpGet, rule) => rules.http_get(rule, Origin::Code),
                    (_, rule) => rules.http_request(rule, Origin::Code),
                }
                .unwrap()
            });
        let grant = resolve(&manifest, Arc::new(rules.build()));
        let trail = Trail::memory(TrailOptions::default()).unwrap();
        let trace = Trace::new(
            trail.clone(),
            "call".to_owned(),
            "tool".into(),
            Digest::of(b"x"),
        );
        let services = Services::default().with(transport(&self.network, Path::new("")));
        let scene = Scene::new(grant, Meter::new(self.limits), services, trace);
        Stage {
            waist: Waist::here(scene),
            trail,
        }
    }
}

impl Stage {
    async fn get(&mut self, url: &str) -> Result<Response, Failure> {
        self.waist
            .attempt(Get {
                url: url.to_owned(),
            })
            .await
    }

    async fn send(&mut self, request: Description) -> Result<Response, Failure> {
        self.waist.attempt(SendRequest { request }).await
    }

    fn scene(&mut self) -> &mut Scene {
        self.waist.scene_mut().unwrap()
    }

    /// The attempts that were recorded: phase, arguments, and the outcome where there is one.
    fn attempts(&self) -> Vec<String> {
        let records = self.trail.lines().into_iter();
        let records = records.map(|line| serde_json::from_str::<Value>(&line).unwrap());
        let attempts = records.filter(|record| record["operation"].is_string());
        attempts.map(|record| shown(&record)).collect()
    }

    /// The last record.
    fn last(&self) -> Value {
        serde_json::from_str(self.trail.lines().last().unwrap()).unwrap()
    }
}

fn shown(record: &Value) -> String {
    let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
    let words = [text("phase"), text("arguments"), text("outcome")].join(" ");
    words.trim_end().to_owned()
}

fn described(method: &str, url: &str) -> Description {
    Description {
        method: method.to_owned(),
        url: url.to_owned(),
        headers: Vec::new(),
        body: None,
        secret: None,
    }
}

impl Description {
    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn carrying(mut self, body: &str) -> Self {
        self.body = Some(body.into());
        self
    }
}
