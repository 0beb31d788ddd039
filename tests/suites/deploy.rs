//! The files in `deploy/` and the pages for operators are true of the command: every flag exists, every path fits.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bailiwick_mcp::gate::{Gate, GateLimits, LaneLimits};
use bailiwick_mcp::metrics::{Metrics, Reload};

/// The checkout.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The help of a subcommand of the command that `cargo xtask test` built.
fn help(subcommand: &[&str]) -> String {
    let command = std::env::var_os("BAILIWICK_COMMAND")
        .expect("BAILIWICK_COMMAND names no command: run `cargo xtask test`");
    let output = Command::new(command)
        .args(subcommand)
        .arg("--help")
        .output()
        .unwrap();
    assert!(output.status.success(), "{subcommand:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Everything in a text that looks like a long flag.
fn flags(text: &str) -> BTreeSet<String> {
    let name = |character: char| character.is_ascii_lowercase() || character == '-';
    text.split(|character: char| character.is_whitespace() || "`'\"[]|(,".contains(character))
        .filter_map(|word| word.strip_prefix("--"))
        .map(|word| word.split(|character| !name(character)).next().unwrap())
        .filter(|word| !word.is_empty())
        .map(|word| format!("--{word}"))
        .collect()
}

#[track_caller]
fn known(flags: &BTreeSet<String>, help: &str, place: &str) {
    let known = self::flags(help);
    let unknown: Vec<&String> = flags.difference(&known).collect();
    assert!(
        unknown.is_empty(),
        "{place}: {unknown:?} are no flags of it"
    );
    assert!(!flags.is_empty(), "{place} names no flag");
}

/// The lines of a unit, continuations joined, comments left out.
fn unit() -> Vec<String> {
    text("deploy/bailiwick.service")
        .replace("\\\n", " ")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(ToOwned::to_owned)
        .collect()
}

fn setting(key: &str) -> String {
    let prefix = format!("{key}=");
    let values: Vec<String> = unit()
        .iter()
        .filter_map(|line| line.strip_prefix(&prefix))
        .map(ToOwned::to_owned)
        .collect();
    assert!(!values.is_empty(), "the unit has no {key}");
    values.join(" ")
}

/// The arguments of the deployment's container.
fn arguments() -> Vec<String> {
    let deployment = text("deploy/kubernetes/deployment.yaml");
    let (_, after) = deployment.split_once("          args:\n").unwrap();
    after
        .lines()
        .map_while(|line| line.strip_prefix("            - "))
        .map(ToOwned::to_owned)
        .collect()
}

/// The value of a flag that is written `--flag value` or `--flag=value`.
fn value(words: &[String], flag: &str) -> String {
    let joined = format!("{flag}=");
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == flag {
            return words.next().unwrap().clone();
        }
        if let Some(value) = word.strip_prefix(&joined) {
            return value.to_owned();
        }
    }
    panic!("{flag} is not among {words:?}");
}

#[test]
fn the_unit_starts_the_command_with_flags_that_it_has() {
    let start = setting("ExecStart");
    let words: Vec<String> = start.split_whitespace().map(ToOwned::to_owned).collect();
    assert_eq!(words[..2], ["/usr/local/bin/bailiwick", "serve"]);
    known(&flags(&start), &help(&["serve"]), "the unit");
    for flag in ["--access", "--locked"] {
        assert!(words.iter().any(|word| word == flag), "{flag}");
    }
    assert!(value(&words, "--http").starts_with("127.0.0.1:"));
}

#[test]
fn the_unit_writes_to_its_own_two_folders_and_nowhere_else() {
    let start = setting("ExecStart");
    let words: Vec<String> = start.split_whitespace().map(ToOwned::to_owned).collect();
    assert!(setting("StateDirectory").contains("bailiwick"));
    let environment = setting("Environment");
    assert!(
        environment.contains("XDG_STATE_HOME=/var/lib "),
        "{environment}"
    );
    assert!(
        environment.ends_with("XDG_CACHE_HOME=/var/cache"),
        "{environment}"
    );
    let root = value(&words, "--root");
    let folder = root.strip_prefix("/var/lib/").unwrap();
    assert!(
        setting("StateDirectory")
            .split(' ')
            .any(|made| made == folder),
        "{root}"
    );
    assert_eq!(setting("ProtectSystem"), "strict");
    assert!(
        !unit()
            .iter()
            .any(|line| line.starts_with("ReadWritePaths="))
    );
}

#[test]
fn the_unit_waits_longer_than_the_server_drains() {
    let help = help(&["serve"]);
    let (_, drain) = help.split_once("--drain <SECONDS>").unwrap();
    let (_, default) = drain.split_once("[default: ").unwrap();
    let drain: u32 = default.split(']').next().unwrap().parse().unwrap();
    let stop: u32 = setting("TimeoutStopSec").parse().unwrap();
    assert!(stop > drain + 1, "{stop}, {drain}");
    let deployment = text("deploy/kubernetes/deployment.yaml");
    let (_, grace) = deployment
        .split_once("terminationGracePeriodSeconds: ")
        .unwrap();
    let grace: u32 = grace.lines().next().unwrap().parse().unwrap();
    assert!(grace > drain + 1, "{grace}, {drain}");
}

#[test]
fn the_unit_keeps_what_the_page_says_it_keeps() {
    for (key, value) in [
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectHome", "yes"),
        ("PrivateDevices", "yes"),
        ("RestrictNamespaces", "yes"),
        (
            "SystemCallFilter",
            "@system-service ~@privileged @resources capset landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp",
        ),
        ("User", "bailiwick"),
        ("MemoryDenyWriteExecute", "no"),
    ] {
        assert_eq!(setting(key), value, "{key}");
    }
    assert!(text("deploy/bailiwick.sysusers").contains("\nu bailiwick "));
}

#[test]
fn the_deployment_starts_the_command_with_flags_that_it_has() {
    let words = arguments();
    assert_eq!(words[0], "serve");
    known(
        &flags(&words.join(" ")),
        &help(&["serve"]),
        "the deployment",
    );
    let deployment = text("deploy/kubernetes/deployment.yaml");
    // Every place that a flag names is a volume or below one.
    for flag in ["--policy", "--access", "--root"] {
        let path = value(&words, flag);
        let mounted = deployment
            .lines()
            .filter_map(|line| line.trim().strip_prefix("mountPath: "))
            .any(|mount| path == mount || path.starts_with(&format!("{mount}/")));
        assert!(mounted, "{flag} {path}");
    }
    let port = value(&words, "--http")
        .rsplit(':')
        .next()
        .unwrap()
        .to_owned();
    assert!(deployment.contains(&format!("containerPort: {port}\n")));
    assert!(text("deploy/kubernetes/service.yaml").contains(&format!("port: {port}\n")));
    assert!(text("deploy/Dockerfile").contains(&format!("EXPOSE {port}\n")));
}

#[test]
fn the_deployment_is_probed_where_the_server_answers_and_runs_as_nobody() {
    let deployment = text("deploy/kubernetes/deployment.yaml");
    for wanted in [
        "startupProbe:\n            httpGet:\n              path: /readyz\n",
        "readinessProbe:\n            httpGet:\n              path: /readyz\n",
        "livenessProbe:\n            httpGet:\n              path: /healthz\n",
        "runAsNonRoot: true\n",
        "readOnlyRootFilesystem: true\n",
        "allowPrivilegeEscalation: false\n",
        "drop: [ALL]\n",
        "automountServiceAccountToken: false\n",
        "type: RuntimeDefault\n",
        "replicas: 1\n",
    ] {
        assert!(deployment.contains(wanted), "{wanted}");
    }
}

#[test]
fn the_image_and_the_deployment_have_the_same_user_and_places() {
    let dockerfile = text("deploy/Dockerfile");
    let deployment = text("deploy/kubernetes/deployment.yaml");
    assert!(dockerfile.contains("\nUSER 65532:65532\n"));
    for key in ["runAsUser", "runAsGroup", "fsGroup"] {
        assert!(deployment.contains(&format!("{key}: 65532\n")), "{key}");
    }
    assert!(dockerfile.contains("XDG_STATE_HOME=/var/lib XDG_CACHE_HOME=/var/cache\n"));
    for place in ["/var/lib/bailiwick", "/var/cache/bailiwick"] {
        assert!(
            dockerfile.contains(place) && deployment.contains(&format!("mountPath: {place}\n"))
        );
    }
    let (_, command) = dockerfile.split_once("\nCMD [\"serve\", ").unwrap();
    known(&flags(command), &help(&["serve"]), "the image");
    let version = text("Cargo.toml");
    let (_, version) = version.split_once("rust-version = \"").unwrap();
    let version = version.split('"').next().unwrap();
    assert!(
        dockerfile.contains(&format!("/rust:{version}-")),
        "{version}"
    );
}

#[test]
fn every_manifest_is_listed_and_every_reference_leads_somewhere() {
    let kustomization = text("deploy/kubernetes/kustomization.yaml");
    let mut all = String::new();
    for entry in fs::read_dir(root().join("deploy/kubernetes")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let manifest = text(&format!("deploy/kubernetes/{name}"));
        assert!(!manifest.contains('\t'), "{name}");
        all += &manifest;
        // A secret is created by hand, and the list does not list itself.
        let listed = kustomization.contains(&format!("  - {name}\n"));
        let alone = name == "kustomization.yaml" || name.ends_with(".example.yaml");
        assert!(listed != alone, "{name}");
    }
    for (key, name) in [
        ("configMap:\n            name", "bailiwick-policy"),
        ("secretName", "bailiwick-access"),
        ("claimName", "bailiwick-state"),
        ("claimName", "bailiwick-workspace"),
    ] {
        assert!(all.contains(&format!("{key}: {name}\n")), "{key}");
        assert!(
            all.contains(&format!("metadata:\n  name: {name}\n")),
            "{name}"
        );
    }
}

/// The text of a block scalar, its indentation taken off.
fn block(manifest: &str, key: &str) -> String {
    let (_, after) = manifest.split_once(&format!("  {key}: |\n")).unwrap();
    let lines: Vec<&str> = after
        .lines()
        .map_while(|line| match line {
            "" => Some(""),
            line => line.strip_prefix("    "),
        })
        .collect();
    format!("{}\n", lines.join("\n"))
}

#[test]
fn the_policy_and_the_lock_in_the_manifests_are_ones() {
    let manifest = text("deploy/kubernetes/policy.yaml");
    let policy = block(&manifest, "bailiwick.toml");
    let policy = bailiwick_policy::Policy::parse(
        "bailiwick.toml",
        &policy,
        &bailiwick_policy::Extensions::new(),
    )
    .unwrap_or_else(|error| panic!("{error}"));
    bailiwick_mcp::lock::Lock::parse(&block(&manifest, "bailiwick.lock")).unwrap();
    let access = text("deploy/kubernetes/access.example.yaml");
    let access = block(&access, "access.toml");
    bailiwick_mcp::access::Access::parse("access.toml", &access, &policy)
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_page_about_serving_names_every_flag_and_no_other() {
    let page = text("docs/operators/serve.md");
    let (_, table) = page.split_once("\n## Flags\n").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let rows: String = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .map(|row| format!("{}\n", row.split('`').next().unwrap()))
        .collect();
    let mut known = flags(&help(&["serve"]));
    known.remove("--help");
    let mut named = flags(&rows);
    // What the table says of each stands in the help.
    assert!(named.remove("--policy") && known.remove("--policy"));
    assert_eq!(named, known);
}

#[test]
fn the_commands_on_the_pages_have_the_flags_that_they_are_given() {
    let pages = ["README", "serve", "approval", "logs", "sizing", "deploy"];
    let mut seen = 0;
    for page in pages {
        let text = text(&format!("docs/operators/{page}.md")).replace("\\\n", " ");
        let lines = text.lines().map(|line| line.split(" #").next().unwrap());
        for line in lines.filter(|line| line.starts_with("bailiwick ")) {
            let words: Vec<&str> = line.split_whitespace().skip(1).collect();
            let depth = if words[0] == "audit" { 2 } else { 1 };
            let used = flags(line);
            if !used.is_empty() {
                known(&used, &help(&words[..depth]), line);
            }
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

/// The numbers of a server to which each thing has happened once: what never happened has no line.
fn everything_counted() -> String {
    let metrics = Metrics::new();
    let lane = LaneLimits {
        concurrency: 1,
        queue: 0,
        rate: None,
    };
    let gate = Gate::new(GateLimits::new().tool("tool", lane));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let full = runtime.block_on(async {
        let _pass = gate.enter("one", "tool").await.unwrap();
        gate.enter("one", "tool").await.unwrap_err()
    });
    metrics.loaded([("tool", "function")]);
    metrics.call("tool", "function", "ok", &bailiwick::Report::default());
    metrics.gate_refused(&full);
    metrics.request_refused("no-token");
    metrics.reload(Reload::Applied);
    metrics.text(gate.load())
}

#[test]
fn the_page_about_numbers_names_every_number_and_no_other() {
    let text_form = everything_counted();
    let counted: BTreeSet<String> = text_form
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .map(|line| {
            let (name, kind) = line.split_once(' ').unwrap();
            match kind {
                "counter" => format!("{name}_total"),
                _ => name.to_owned(),
            }
        })
        .collect();
    let page = text("docs/operators/metrics.md");
    let named: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `bailiwick_"))
        .map(|row| format!("bailiwick_{}", row.split('`').next().unwrap()))
        .collect();
    assert_eq!(named, counted);
}
