//! The store: whose values are whose, where it ends, what a crash leaves.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use bailiwick::{Host, KeyValueStore};
use bailiwick_tests::hold::{Hold, ends, worker};
use bailiwick_tests::world::World;

use super::band::{Band, tool};

const GUEST: &str = "probe-key-value";

fn band(table: &str) -> Band {
    let policy = tool("a", &format!("key-value = true\n{table}")) + &tool("ab", "key-value = true");
    Band::new(GUEST, &policy)
}

async fn as_principal(
    band: &Band,
    name: &str,
    who: &str,
    function: &str,
    arguments: &str,
) -> String {
    let tool = band.tool(name);
    ends(tool.call(function).unwrap().principal(who), arguments).await
}

#[tokio::test]
async fn no_tool_and_no_principal_sees_the_values_of_another() {
    let band = band("");
    // Names that would be one if they were joined.
    let places = [("a", "bc"), ("ab", "c"), ("a", "b"), ("ab", ""), ("a", "")];
    for (index, (name, who)) in places.into_iter().enumerate() {
        let value = ["AA==", "AQ==", "Ag==", "Aw==", "BA=="][index];
        let set = as_principal(&band, name, who, "set", &format!("[\"key\", \"{value}\"]")).await;
        assert_eq!(set, "answer null");
    }
    for (index, (name, who)) in places.into_iter().enumerate() {
        let value = ["AA==", "AQ==", "Ag==", "Aw==", "BA=="][index];
        let got = as_principal(&band, name, who, "get", "[\"key\"]").await;
        assert_eq!(got, format!("answer \"{value}\""), "{name} {who}");
        let list = as_principal(&band, name, who, "list", "[\"\", null, 10]").await;
        assert_eq!(list, r#"answer {"keys":["key"],"next":null}"#);
    }
    as_principal(&band, "a", "b", "delete", "[\"key\"]").await;
    assert_eq!(
        as_principal(&band, "a", "b", "get", "[\"key\"]").await,
        "answer null"
    );
    assert_eq!(
        as_principal(&band, "a", "", "get", "[\"key\"]").await,
        "answer \"BA==\""
    );
}

#[tokio::test]
async fn the_store_ends_at_its_bytes_and_not_one_before() {
    let band = band("[tools.a.limits]\nkey-value-bytes = \"100 B\"");
    let fill = async |key: &str, length: u32| {
        band.ends("a", "fill", &format!("[\"{key}\", {length}]"))
            .await
    };
    assert_eq!(fill("k", 99).await, "answer null");
    assert_eq!(fill("k", 100).await, "error \"quota\"");
    assert_eq!(fill("l", 0).await, "error \"quota\"");
    assert_eq!(fill("k", 98).await, "answer null");
    assert_eq!(fill("l", 0).await, "answer null");
    assert_eq!(fill("l", 1).await, "error \"quota\"");
    let none = band
        .ends("a", "compare-and-set", r#"["m", null, "AA=="]"#)
        .await;
    assert_eq!(none, "error \"quota\"");
    band.ends("a", "delete", "[\"k\"]").await;
    band.ends("a", "delete", "[\"k\"]").await;
    assert_eq!(fill("k", 98).await, "answer null");
    assert_eq!(fill("l", 1).await, "error \"quota\"");
    // It is one tool's and one principal's: another has room.
    assert_eq!(
        band.ends("ab", "fill", "[\"k\", 1000]").await,
        "answer null"
    );
    assert_eq!(
        as_principal(&band, "a", "alice", "fill", "[\"k\", 99]").await,
        "answer null"
    );
}

#[tokio::test]
async fn keys_and_cursors_that_are_none_are_invalid() {
    let band = band("");
    let long = "k".repeat(257);
    for key in ["", "a\u{0}", "a\n", "\u{85}", &long] {
        let arguments = serde_json::json!([key]).to_string();
        let ended = band.ends("a", "get", &arguments).await;
        assert!(ended.starts_with("error {\"invalid\""), "{key:?}: {ended}");
    }
    let huge = serde_json::json!(["k".repeat(1 << 20)]).to_string();
    assert!(band.ends("a", "get", &huge).await.starts_with("error"));
    assert!(
        band.ends("a", "list", "[\"\", \"\", 1]")
            .await
            .starts_with("error {\"invalid\"")
    );
    assert!(
        band.ends("a", "list", "[\"\", null, 0]")
            .await
            .starts_with("error {\"invalid\"")
    );
    assert_eq!(
        band.ends(
            "a",
            "set",
            &serde_json::json!(["k".repeat(256), ""]).to_string()
        )
        .await,
        "answer null"
    );
}

#[tokio::test]
async fn a_listing_goes_on_where_it_ended() {
    let band = band("");
    for key in ["b/2", "a", "b/10", "b", "c", "b/1"] {
        band.ends("a", "set", &format!("[\"{key}\", \"\"]")).await;
    }
    let list = async |arguments: &str| band.ends("a", "list", arguments).await;
    assert_eq!(
        list(r#"["b/", null, 2]"#).await,
        r#"answer {"keys":["b/1","b/10"],"next":"b/10"}"#
    );
    assert_eq!(
        list(r#"["b/", "b/10", 2]"#).await,
        r#"answer {"keys":["b/2"],"next":null}"#
    );
    assert_eq!(
        list(r#"["b/", "a", 3]"#).await,
        r#"answer {"keys":["b/1","b/10","b/2"],"next":null}"#
    );
    assert_eq!(
        list(r#"["b/", "z", 3]"#).await,
        r#"answer {"keys":[],"next":null}"#
    );
    assert_eq!(
        list(r#"["", null, 4294967295]"#).await,
        r#"answer {"keys":["a","b","b/1","b/10","b/2","c"],"next":null}"#
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_calls_at_the_same_time_none_loses_anothers_change() {
    let band = band("[tools.a.limits]\nconcurrency = 64\ntime = \"60 s\"\n");
    let a = band.tool("a");
    let calls = (0..40).map(|_| {
        let a = a.clone();
        tokio::spawn(async move { ends(a.call("count").unwrap(), "[\"n\"]").await })
    });
    for call in calls.collect::<Vec<_>>() {
        assert!(call.await.unwrap().starts_with("answer"));
    }
    assert_eq!(band.ends("a", "count", "[\"n\"]").await, "answer 41");
}

#[tokio::test]
async fn values_stand_nowhere_in_the_trail() {
    let band = band("");
    band.ends("a", "fill", "[\"key\", 12]").await;
    band.ends("a", "get", "[\"key\"]").await;
    let attempts = band.records("attempt");
    let shown: Vec<_> = attempts
        .iter()
        .map(|record| {
            (
                record["operation"].as_str().unwrap(),
                record["phase"].as_str().unwrap(),
                record["arguments"].as_str().unwrap(),
                record["bytes"].as_u64(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("key-value.set", "began", "key", None),
            ("key-value.set", "ended", "key", Some(12)),
            ("key-value.get", "done", "key", Some(12)),
        ]
    );
}

#[tokio::test]
async fn no_tool_reads_or_writes_the_store_as_a_file() {
    let world = World::new();
    let path = world.root().join("state.db");
    let elsewhere = world.root().join("later.db");
    let store = KeyValueStore::open(&path).unwrap();
    let rules = "read-file = [{ path = \"**\", everything = true }]\nwrite-file = [\"*.db\", \"*.db-*\"]\nlist-files = []\n";
    let hold = Hold::with(world, rules, |builder| {
        let later = KeyValueStore::files(&elsewhere).into_iter();
        later.fold(builder.key_value(store), bailiwick::HostBuilder::hide)
    });
    let tool = hold.guest("probe-files");
    for file in [
        "state.db",
        "state.db-wal",
        "state.db-shm",
        "state.db-journal",
        "later.db",
        "later.db-wal",
    ] {
        let ended = ends(
            tool.call("write").unwrap(),
            &format!("[\"{file}\", \"AAAA\"]"),
        )
        .await;
        assert_eq!(ended, "error \"denied\"", "{file}");
    }
    assert!(!elsewhere.exists());
    // A log of the store's that appears later, as one does with the first change.
    hold.world.write("later.db-wal", "values");
    for file in ["state.db", "later.db-wal"] {
        let ended = ends(tool.call("read-length").unwrap(), &format!("[\"{file}\"]")).await;
        assert_eq!(ended, "error \"denied\"", "{file}");
    }
    assert_eq!(
        ends(tool.call("write").unwrap(), "[\"other.db\", \"AAAA\"]").await,
        "answer null"
    );
}

#[test]
fn the_file_is_this_users_alone_and_a_file_that_is_none_is_refused_in_words() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let path = world.root().join("new.db");
    let _store = KeyValueStore::open(&path).unwrap();
    for file in KeyValueStore::files(&path)
        .iter()
        .filter(|file| file.exists())
    {
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
    world.write("broken.db", vec![b'x'; 100_000]);
    let broken = KeyValueStore::open(world.root().join("broken.db")).unwrap_err();
    assert!(broken.to_string().contains("broken.db"), "{broken}");
    assert!(KeyValueStore::open(world.root().join("none/x.db")).is_err());
}

#[tokio::test]
async fn a_file_that_breaks_while_it_is_open_makes_the_store_unavailable() {
    let band = band("");
    for number in 0..50 {
        band.ends("a", "fill", &format!("[\"key{number}\", 5000]"))
            .await;
    }
    let path = band.world.root().join("state.db");
    for file in KeyValueStore::files(&path) {
        if let Ok(metadata) = std::fs::metadata(&file) {
            std::fs::write(&file, vec![0x5a; usize::try_from(metadata.len()).unwrap()]).unwrap();
        }
    }
    let ended = band.ends("a", "fill", "[\"key\", 5000]").await;
    assert_eq!(ended, "error \"unavailable\"");
}

#[tokio::test]
async fn a_host_without_a_store_says_unavailable() {
    let hold = Hold::new(World::new(), "key-value = true\n");
    let tool = hold.guest(GUEST);
    assert_eq!(
        ends(tool.call("get").unwrap(), "[\"key\"]").await,
        "error \"unavailable\""
    );
    assert!(Host::builder().build().is_ok());
}

#[test]
fn what_was_answered_survives_a_kill_at_any_moment() {
    let world = World::new();
    let path = world.root().join("state.db");
    let mut answered = 0;
    for _ in 0..6 {
        let mut child = Command::new(worker())
            .arg("count-for-ever")
            .arg(&path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines.take(20) {
            answered = line.unwrap().parse().unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let store = KeyValueStore::open(&path).unwrap();
    let hold = Hold::with(world, "key-value = true\n", |builder| {
        builder.key_value(store)
    });
    let tool = hold.guest(GUEST);
    let next = runtime.block_on(ends(tool.call("count").unwrap(), "[\"n\"]"));
    let next: u64 = next.strip_prefix("answer ").unwrap().parse().unwrap();
    assert!(
        answered >= 120 && next > answered,
        "{next} after {answered}"
    );
}
