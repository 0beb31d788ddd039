//! Many clients at once: one whose calls never end by themselves, one whose calls break, and all others, who must not notice.

use std::fmt::Write as _;
use std::io::Result;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Era;
use super::session::{Session, code, text};
use super::site::Site;

/// The tools of a crowd.
const TOOLS: [(&str, &str, &str); 4] = [
    ("say", "mcp-text", ""),
    ("load", "probe-load", "read-file = []"),
    ("loops", "probe-limits", "limits = { time = \"1 s\" }"),
    ("breaks", "probe-limits", ""),
];

/// What a server needs to know of a crowd: the policy, and an access file of as many principals.
#[derive(Debug)]
pub struct Crowd {
    /// The files.
    pub site: Site,
    clients: usize,
}

/// What became of all calls.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How long each right answer of the others took.
    pub others: Vec<Duration>,
    /// How many calls looped and were ended, and how many broke.
    pub hostile: u64,
    /// What was answered wrongly, or not at all.
    pub wrong: Vec<String>,
}

/// Who a client is, and what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Loops,
    Breaks,
    Asks,
}

impl Crowd {
    /// So many clients, each a principal of its own. `hash` is SHA-256 in hexadecimal, which this crate has no need for
    /// otherwise.
    pub fn new(clients: usize, hash: impl Fn(&str) -> String) -> Self {
        let site = Site::new(&TOOLS);
        let mut access = "[tools.say]\nqueue = 1024\n[tools.load]\nqueue = 1024\n".to_owned();
        for client in 0..clients {
            let hash = hash(&token(client));
            // Writing to a String cannot fail.
            let _ = writeln!(
                access,
                "[principals.p{client}]\ntoken-sha256 = [\"{hash}\"]\ntools = [\"say\", \"load\", \"loops\", \"breaks\"]"
            );
        }
        site.write("access.toml", &access);
        Self { site, clients }
    }

    /// What the server is started with besides the policy.
    pub fn arguments(&self) -> [String; 2] {
        let access = self.site.path("access.toml").display().to_string();
        ["--access".to_owned(), access]
    }

    /// Lets all of them call for so long, each one call after the other, in both eras.
    pub async fn calls(&self, address: SocketAddr, time: Duration) -> Outcome {
        let until = Instant::now() + time;
        let mut clients = tokio::task::JoinSet::new();
        for client in 0..self.clients {
            clients.spawn(one(address, client, until));
        }
        let mut all = Outcome::default();
        while let Some(ended) = clients.join_next().await {
            match ended {
                Ok(outcome) => all.add(outcome),
                Err(panic) => all.wrong.push(panic.to_string()),
            }
        }
        all.others.sort_unstable();
        all
    }
}

impl Outcome {
    /// The time within which so many hundredths of the answers came.
    ///
    /// # Panics
    /// When there were none.
    pub fn within(&self, hundredths: usize) -> Duration {
        let at = (self.others.len() * hundredths / 100).min(self.others.len() - 1);
        self.others[at]
    }

    fn add(&mut self, other: Self) {
        self.others.extend(other.others);
        self.hostile += other.hostile;
        self.wrong.extend(other.wrong);
    }
}

/// The token of a client: 32 bytes in base64url.
fn token(client: usize) -> String {
    format!("bwk_{client:0>42}A")
}

async fn one(address: SocketAddr, client: usize, until: Instant) -> Outcome {
    let role = match client {
        0 => Role::Loops,
        1 => Role::Breaks,
        _ => Role::Asks,
    };
    let mut outcome = Outcome::default();
    if let Err(error) = converse(address, client, role, until, &mut outcome).await {
        outcome.wrong.push(format!("client {client}: {error}"));
    }
    outcome
}

async fn converse(
    address: SocketAddr,
    client: usize,
    role: Role,
    until: Instant,
    outcome: &mut Outcome,
) -> Result<()> {
    let era = Era::BOTH[client % 2];
    let mut session = Session::with_token(address, era, &token(client)).await?;
    let mut number = 0;
    while Instant::now() < until {
        number += 1;
        let (name, arguments) = question(role, client, number);
        let begin = Instant::now();
        let answer = session.call(name, arguments).await?;
        match (is_right(role, client, number, &answer), role) {
            (false, _) => outcome.wrong.push(format!("client {client}: {answer}")),
            (true, Role::Asks) => outcome.others.push(begin.elapsed()),
            (true, Role::Loops | Role::Breaks) => outcome.hostile += 1,
        }
    }
    Ok(())
}

/// Each client adds numbers that no other adds, so that an answer to somebody else is a wrong one.
fn question(role: Role, client: usize, number: u32) -> (&'static str, Value) {
    match role {
        Role::Loops => ("loops.spin", json!({})),
        Role::Breaks => ("breaks.trap", json!({ "kind": "unreachable" })),
        Role::Asks if number.is_multiple_of(2) => ("say", json!({})),
        Role::Asks => ("load.add", json!({ "a": client * 1_000_000, "b": number })),
    }
}

fn is_right(role: Role, client: usize, number: u32, answer: &Value) -> bool {
    match role {
        Role::Loops => code(answer) == "limit-exceeded",
        Role::Breaks => code(answer) == "trap",
        Role::Asks if number.is_multiple_of(2) => text(answer).contains("simple text"),
        Role::Asks => {
            let sum = client * 1_000_000 + usize::try_from(number).unwrap_or_default();
            answer["result"]["structuredContent"] == json!({ "result": sum })
        }
    }
}
