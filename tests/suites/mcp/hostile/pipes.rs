//! Hostile clients on standard input and output: whoever starts a server owns it, but it must not hang, grow or lose answers.

use std::collections::BTreeSet;
use std::time::Duration;

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::piped::Piped;
use bailiwick_tests::mcp::session::{code, text};
use bailiwick_tests::mcp::site::Site;
use bailiwick_tests::processes::wait_until;
use serde_json::json;

use super::{PATIENCE, SAYS, TOOLS};

/// How long the server may take to end when its input ended.
const ENDING: Duration = Duration::from_secs(5);

fn still_serves(piped: &mut Piped, after: &str) {
    let answer = piped.call("say", json!({}));
    assert_eq!(text(&answer), SAYS, "after {after}: {answer}");
}

#[test]
fn lines_that_are_no_messages_are_passed_over() {
    for era in Era::BOTH {
        let site = Site::new(&TOOLS);
        let mut piped = Piped::start(&site, era);
        for line in [
            "",
            "   ",
            "{",
            "null",
            "[]",
            "{}",
            "Content-Length: 10\r",
            "GET / HTTP/1.1\r",
            "{\"jsonrpc\":\"2.0\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":99999,\"result\":{}}",
            "{\"jsonrpc\":\"2.0\",\"id\":99999,\"error\":{\"code\":1,\"message\":\"x\"}}",
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":99999}}",
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/unknown\"}",
        ] {
            piped.say(line);
            still_serves(&mut piped, line);
        }
        piped.say_bytes(b"\xff\xfe\x00{\"jsonrpc\":\"2.0\"\xc3\x28\n");
        still_serves(&mut piped, "what is no UTF-8");
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        piped.say(&format!("{{\"jsonrpc\":\"2.0\",\"id\":77777,\"method\":\"tools/list\",\"params\":{{\"_meta\":{deep}}}}}"));
        still_serves(&mut piped, "deep JSON");
        assert!(piped.close(ENDING).success());
    }
}

/// A line is kept up to a bound. What is longer is thrown away or ends the connection; the server neither grows nor hangs.
#[test]
fn a_line_of_a_hundred_mebibytes_is_not_kept() {
    const COST_KIB_MAX: u64 = 60 << 10;
    let site = Site::new(&TOOLS);
    let mut piped = Piped::start(&site, Era::Modern);
    still_serves(&mut piped, "nothing");
    let before = piped.memory_kib();
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..100 {
        piped.say_bytes(&piece);
    }
    let after = piped.memory_kib();
    assert!(
        after < before + COST_KIB_MAX,
        "{before} KiB became {after} KiB"
    );
    piped.say("");
    still_serves(&mut piped, "a line of 100 MiB");
    assert!(piped.close(ENDING).success());
}

/// Two requests that bear one number are a client's mistake, and nobody else's: MCP says that a number is used once.
#[test]
fn requests_with_one_number_disturb_nobody() {
    let site = Site::new(&TOOLS);
    let mut piped = Piped::start(&site, Era::Legacy);
    let call = json!({
        "jsonrpc": "2.0",
        "id": "twice",
        "method": "tools/call",
        "params": { "name": "say", "arguments": {} },
    });
    piped.say_bytes(format!("{call}\n{call}\n").as_bytes());
    let answer = piped.next(PATIENCE).unwrap();
    assert_eq!(answer["id"], "twice", "{answer}");
    still_serves(&mut piped, "two requests with one number");
    assert!(piped.close(ENDING).success());
}

/// More calls than there is room for, each cancelled as soon as it was sent.
#[test]
fn a_storm_of_cancelled_calls_leaves_the_server_free() {
    const CALLS: u64 = 300;
    for era in Era::BOTH {
        let site = Site::new(&TOOLS);
        let mut piped = Piped::start(&site, era);
        for _ in 0..CALLS {
            let id = piped.send(
                "tools/call",
                json!({ "name": "limits.spin", "arguments": {} }),
            );
            let cancelled = json!({
                "jsonrpc": "2.0",
                "method": "notifications/cancelled",
                "params": { "requestId": id },
            });
            piped.say(&cancelled.to_string());
        }
        still_serves(&mut piped, "a storm of cancelled calls");
        assert!(piped.close(ENDING).success());
    }
}

/// All at once on one pipe: every request has its own answer, whatever became of the others.
#[test]
fn a_flood_of_calls_is_answered_whole() {
    let site = Site::new(&TOOLS);
    let mut piped = Piped::start(&site, Era::Modern);
    let mut open = BTreeSet::new();
    for number in 0..200 {
        let (name, arguments) = match number % 4 {
            0 => ("limits.trap", json!({ "kind": "unreachable" })),
            1 => ("values.text", json!({ "text": "y", "length": 1000 })),
            2 => ("no-such-tool", json!({})),
            _ => ("say", json!({})),
        };
        open.insert(piped.send(
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        ));
    }
    while !open.is_empty() {
        let answer = piped
            .next(PATIENCE)
            .unwrap_or_else(|| panic!("without an answer: {open:?}"));
        let id = answer["id"].as_u64().unwrap();
        assert!(open.remove(&id), "answered twice: {answer}");
        let busy = matches!(code(&answer), "busy" | "rate-limited");
        let right = match (id - 1) % 4 {
            0 => code(&answer) == "trap",
            1 => answer["result"]["structuredContent"]["result"] == json!("y".repeat(1000)),
            2 => answer["error"]["code"] == -32602,
            _ => text(&answer) == SAYS,
        };
        assert!(right || busy, "{answer}");
    }
    assert!(piped.close(ENDING).success());
}

/// A client that asks and reads nothing: the pipe fills up, and the server ends all the same, whichever way it is told to.
#[test]
fn a_client_that_reads_nothing_keeps_no_server() {
    const QUESTIONS: u32 = 100;
    for input_ends in [false, true] {
        let site = Site::new(&TOOLS);
        let mut piped = Piped::unread(site.command(&[]), Era::Modern);
        for _ in 0..QUESTIONS {
            piped.send("tools/list", json!({}));
        }
        wait_until("it has begun", || piped.log().contains("loaded"));
        let ended = match input_ends {
            true => piped.close(ENDING),
            false => {
                piped.terminate();
                piped.ended_within(ENDING)
            }
        };
        assert!(ended.success(), "{input_ends}: {ended}");
    }
}

/// A policy that never comes, as a pipe without a writer: it is refused, and what was served is served on.
#[test]
fn a_policy_that_is_a_pipe_is_refused_and_keeps_no_server() {
    let site = Site::new(&TOOLS);
    let mut piped = Piped::start(&site, Era::Modern);
    still_serves(&mut piped, "nothing");
    let policy = site.path("bailiwick.toml");
    std::fs::remove_file(&policy).unwrap();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &policy,
        rustix::fs::FileType::Fifo,
        mode,
        0,
    )
    .unwrap();
    piped.hang_up();
    wait_until("it is refused", || {
        piped.log().contains("it is not a regular file")
    });
    still_serves(&mut piped, "a pipe for a policy");
    piped.terminate();
    assert!(piped.ended_within(ENDING).success());
}
