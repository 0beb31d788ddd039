//! When the host cannot do its own part: nothing runs that cannot be recorded, nothing is granted that cannot be read.

use std::path::Path;
use std::process::Command;

use bailiwick::audit::{Trail, TrailOptions};
use bailiwick::policy::{Extensions, Policy};
use bailiwick::{Host, Source};
use bailiwick_tests::hold::{Hold, call, worker};
use bailiwick_tests::world::World;

/// Blocks of 1 KiB that the shell allows a file to have: room for the first records.
const BLOCKS: u32 = 8;

#[test]
fn calls_fail_closed_when_the_disk_of_the_trail_is_full() {
    let world = World::new();
    std::fs::create_dir(world.root().join("out")).unwrap();
    let trail = world.beside("full.jsonl");
    let output = call_until_refused(&world, &trail);
    let lines: Vec<&str> = output.lines().collect();
    let answered = lines.iter().filter(|line| **line == "answer").count();
    assert!(answered > 0 && answered < lines.len(), "{output}");
    assert!(
        lines[answered..].iter().all(|line| *line == "host-fault"),
        "{output}"
    );
    let written = std::fs::read_dir(world.root().join("out")).unwrap().count();
    // One write may have been recorded as begun and not as ended; none may be without any record.
    assert!(
        written == answered || written == answered + 1,
        "{written} files, {answered} answers"
    );
    let text = std::fs::read_to_string(&trail).unwrap();
    let whole = &text[..text.rfind('\n').unwrap() + 1];
    bailiwick_tests::trail::assert_verifies(whole);
    let begun = whole.matches(r#""phase":"began""#).count();
    assert!(
        written <= begun,
        "{written} files and {begun} records of writes"
    );
}

/// The other process writes files `out/0`, `out/1` … and says how each call ended. Its files can have only so many bytes.
fn call_until_refused(world: &World, trail: &Path) -> String {
    let script = format!("trap '' XFSZ; ulimit -f {BLOCKS}; exec \"$@\"");
    let mut command = Command::new("bash");
    command.args(["-c", &script, "bash"]);
    command.arg(worker()).arg("write-thirty");
    let output = command.arg(world.root()).arg(trail).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn calls_fail_closed_when_the_trail_was_removed() {
    let world = World::new();
    world.write("a", "a");
    let hold = Hold::new(
        world,
        "read-file = [\"a\"]\nwrite-file = [\"b\"]\nlist-files = []\n",
    );
    let tool = hold.guest("probe-files");
    assert_eq!(call(&tool, "read-length", "[\"a\"]").await, "answer 1");
    std::fs::remove_file(hold.world.beside("trail.jsonl")).unwrap();
    assert_eq!(
        call(&tool, "write", "[\"b\", \"AAAA\"]").await,
        "host-fault"
    );
    assert!(
        hold.world.read("b").is_none(),
        "it was written all the same"
    );
    assert_eq!(call(&tool, "read-length", "[\"a\"]").await, "host-fault");
}

#[test]
fn two_hosts_never_share_a_trail() {
    let world = World::new();
    let path = world.beside("trail.jsonl");
    let first = Trail::open(&path, TrailOptions::default()).unwrap();
    assert!(Trail::open(&path, TrailOptions::default()).is_err());
    drop(first);
    assert!(Trail::open(&path, TrailOptions::default()).is_ok());
}

#[test]
fn a_trail_that_others_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let path = world.beside("trail.jsonl");
    std::fs::write(&path, "").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
    assert!(Trail::open(&path, TrailOptions::default()).is_err());
    let link = world.beside("link.jsonl");
    std::os::unix::fs::symlink(world.outside().join("flag"), &link).unwrap();
    assert!(Trail::open(&link, TrailOptions::default()).is_err());
    assert_eq!(
        std::fs::read_to_string(world.outside().join("flag")).unwrap(),
        world.flag()
    );
}

#[test]
fn a_policy_that_is_not_understood_grants_nothing() {
    for (wrong, code) in [
        ("read-flie = [\"a\"]", "unknown-key"),
        ("read-file = \"a\"\nread-file = \"b\"", ""),
        ("read-file = [\"../a\"]", ""),
        ("read-file = [\"/etc/passwd\"]", ""),
        ("read-file = [\"**\"]", ""),
        ("http-get = [\"**\"]", ""),
        ("http-get = [\"*\"]", ""),
        ("http-get = [\"https://*.com/**\"]", ""),
        ("http-get = [\"ftp://a.example/**\"]", ""),
        ("clock = \"yes\"", ""),
        ("read-file = [", ""),
        ("write-file = [\"bailiwick.toml\"]", "self-widening"),
        (
            "write-file = [{ path = \"**\", everything = true }]",
            "self-widening",
        ),
        ("[tools.probe.limits]\nmemory = \"lots\"", ""),
        ("[tools.probe.limits]\nstack = \"9 GiB\"", ""),
        ("[tools.probe.limits]\nmemory = -1", ""),
    ] {
        let text = format!("[tools.probe]\ncomponent = \"probe.wasm\"\n{wrong}\n");
        let Err(refused) = Policy::parse("bailiwick.toml", &text, &Extensions::new()) else {
            // `*.com` is one label of a public suffix: nobody can know that from the text alone.
            assert!(wrong.contains("*.com"), "`{wrong}` was taken");
            continue;
        };
        let first = &refused.list()[0];
        assert!(
            code.is_empty() || first.code == code,
            "`{wrong}`: {}",
            first.code
        );
        assert!(first.line >= 3 && first.column >= 1, "`{wrong}`: {refused}");
    }
}

#[test]
fn half_a_policy_is_no_policy() {
    let whole = "[tools.probe]\ncomponent = \"probe.wasm\"\nread-file = [\"data/**\", \"!data/private/**\"]\n[tools.probe.limits]\ntime = \"5 s\"\n";
    let parse = |text: &str| Policy::parse("bailiwick.toml", text, &Extensions::new());
    let full = parse(whole).unwrap();
    let capability = bailiwick::policy::Capability::ReadFile;
    for length in 0..whole.len() {
        let Ok(policy) = parse(&whole[..length]) else {
            continue;
        };
        let grants = policy
            .tool("probe")
            .is_some_and(|tool| tool.rules().grants(&capability));
        if grants {
            let list = |policy: &Policy| {
                policy
                    .tool("probe")
                    .unwrap()
                    .rules()
                    .list(&capability)
                    .len()
            };
            assert_eq!(list(&policy), list(&full), "{length} bytes: a `!` was lost");
        }
    }
}

#[tokio::test]
async fn a_host_without_a_root_reads_nothing() {
    let world = World::new();
    let hold = Hold::new(
        world,
        "read-file = [\"sound.txt\"]\nwrite-file = [\"b\"]\nlist-files = []\n",
    );
    hold.world.write("sound.txt", "sound");
    let builder = Host::builder().cache(bailiwick_tests::hold::compiled());
    let host = bailiwick_tests::hold::isolated(builder).build().unwrap();
    let bytes = bailiwick_tests::guests::bytes("probe-files");
    let tool = host.load(&Source::Bytes(&bytes), hold.options()).unwrap();
    for (function, arguments) in [("read", "[\"sound.txt\"]"), ("write", "[\"b\", \"AAAA\"]")] {
        let ended = call(&tool, function, arguments).await;
        assert!(
            ended == "host-fault" || ended == "error \"unavailable\"",
            "{ended}"
        );
    }
}

#[tokio::test]
async fn a_tool_cannot_write_the_hosts_own_files_whatever_its_policy_says() {
    let world = World::new();
    let (cache, trail) = (world.root().join("cache"), world.root().join("audit"));
    std::fs::create_dir(&trail).unwrap();
    let policy = world.root().join("settings");
    std::fs::create_dir(&policy).unwrap();
    std::fs::write(policy.join("own.toml"), "own").unwrap();
    let table = "read-file = []\nwrite-file = [\"cache/**\", \"audit/**\", \"settings/**\", \"out/**\"]\nlist-files = []\n";
    let (own, file) = (policy.join("own.toml"), trail.join("trail.jsonl"));
    let trail = Trail::open(&file, TrailOptions::default()).unwrap();
    let hold = Hold::with(world, table, |builder| {
        builder.cache(cache.clone()).trail(trail).protect(own)
    });
    let tool = hold.guest("probe-files");
    let entry = find(&cache);
    let entry = entry
        .strip_prefix(hold.world.root())
        .unwrap()
        .display()
        .to_string();
    let folder = entry.rsplit_once('/').unwrap().0.to_owned();
    let before = std::fs::read_to_string(&file).unwrap();
    for path in [
        "audit/trail.jsonl".to_owned(),
        "settings/own.toml".to_owned(),
        entry,
        format!("{folder}/new.cwasm"),
    ] {
        let arguments = format!("[{path:?}, \"AAAA\"]");
        assert_eq!(
            call(&tool, "write", &arguments).await,
            "error \"denied\"",
            "{path}"
        );
    }
    let after = std::fs::read_to_string(&file).unwrap();
    assert!(
        after.starts_with(&before) && after.matches("\"protected\"").count() == 4,
        "{after}"
    );
    assert_eq!(hold.world.read("settings/own.toml").unwrap(), b"own");
    bailiwick_tests::trail::assert_verifies(&after);
}

fn find(folder: &Path) -> std::path::PathBuf {
    let entry = std::fs::read_dir(folder)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    if entry.is_dir() { find(&entry) } else { entry }
}
