//! Components that are none, or that are meant to hurt whoever reads them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bailiwick::LoadError;
use bailiwick_tests::hold::{Hold, call};
use bailiwick_tests::world::World;

/// Where the fuzzed bytes start: the same on every run.
const SEED: u64 = 0x5eed_5eed_5eed_5eed;

/// How many fuzzed components there are.
const ROUNDS: u32 = 2_000;

const ADD: &str = r#"(component
  (core module $m (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add"))))"#;

fn hold() -> Hold {
    Hold::new(
        World::new(),
        "[tools.probe.limits]\nfuel = 10000000\ntime = \"5 s\"\n",
    )
}

fn refused(hold: &Hold, bytes: &[u8], what: &str) -> LoadError {
    match hold.load(bytes) {
        Err(refused) => refused,
        Ok(_) => panic!("{what} was taken"),
    }
}

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// After whatever was tried, a sound component loads and runs.
fn assert_sound(hold: &Hold) {
    let tool = hold.load(&wat(ADD)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    assert_eq!(runtime.block_on(call(&tool, "add", "[40, 2]")), "answer 42");
}

/// A cut that falls between two sections leaves a component with less in it; every other is refused.
#[test]
fn refuses_a_component_that_was_cut_anywhere() {
    let hold = hold();
    let whole = bailiwick_tests::guests::bytes("probe-values");
    let (mut refused, mut smaller) = (0, 0);
    for length in (0..whole.len()).step_by(64) {
        match hold.load(&whole[..length]) {
            Err(error) => {
                assert_eq!(error.code(), "not-a-component", "{length} bytes: {error}");
                refused += 1;
            }
            Ok(_) => {
                let parsed = wasmparser::validate(&whole[..length]);
                assert!(parsed.is_ok(), "{length} bytes were taken");
                smaller += 1;
            }
        }
    }
    assert!(
        refused > 100 && smaller < 20,
        "{refused} refused, {smaller} not"
    );
    assert_sound(&hold);
}

/// SplitMix64, from its definition.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

/// One to eight changes: bytes, runs of bytes, lengths.
fn broken(whole: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..=numbers.below(8) {
        let at = numbers.below(bytes.len());
        match numbers.below(4) {
            0 => bytes[at] = numbers.next().to_le_bytes()[0],
            1 => bytes[at] ^= 1 << numbers.below(8),
            2 => {
                let end = (at + numbers.below(16)).min(bytes.len());
                bytes.drain(at..end.min(bytes.len().saturating_sub(1)).max(at));
            }
            _ => {
                let copied = bytes[at..(at + 8).min(bytes.len())].to_vec();
                bytes.splice(at..at, copied);
            }
        }
    }
    bytes
}

#[test]
fn two_thousand_broken_components_are_refused_or_run_within_their_limits() {
    let world = World::new();
    let cache = world.beside("cache");
    let hold = Hold::with(
        world,
        "[tools.probe.limits]\nfuel = 100000\ntime = \"5 s\"\ncompile-time = \"20 s\"\n",
        |builder| builder.cache(cache),
    );
    let whole = wat(ADD);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut numbers = Numbers(SEED);
    let (mut taken, mut refused) = (0, 0);
    for round in 0..ROUNDS {
        let bytes = broken(&whole, &mut numbers);
        let loaded = catch_unwind(AssertUnwindSafe(|| hold.load(&bytes)));
        let loaded = loaded.unwrap_or_else(|_| panic!("round {round} made the host panic"));
        let Ok(tool) = loaded else {
            refused += 1;
            continue;
        };
        taken += 1;
        for function in tool.functions() {
            if function.signature().is_ok() {
                runtime.block_on(call(&tool, function.name(), "[1, 2]"));
            }
        }
    }
    assert!(
        refused > ROUNDS / 2 && taken > 0,
        "{refused} refused, {taken} taken"
    );
    assert_sound(&hold);
}

#[test]
fn refuses_what_is_no_component() {
    let hold = hold();
    for (bytes, what) in [
        (Vec::new(), "nothing"),
        (b"hello".to_vec(), "a text"),
        (b"\x7fELF\x02\x01\x01".to_vec(), "a program"),
        (b"\0asm".to_vec(), "half a header"),
        (b"\0asm\x0d\0\x02\0".to_vec(), "another version"),
        (
            b"\0asm\xff\xff\xff\xff".to_vec(),
            "a version that does not exist",
        ),
        (vec![0; 1 << 20], "zeros"),
        (wat("(module)"), "a core module"),
    ] {
        let refused = refused(&hold, &bytes, what);
        assert_eq!(refused.code(), "not-a-component", "{what}: {refused}");
    }
    let module = refused(&hold, &wat("(module)"), "a core module");
    assert!(module.remedy().unwrap().contains("component new"));
    assert_sound(&hold);
}

#[test]
fn refuses_an_import_that_nobody_knows() {
    let hold = hold();
    for import in ["acme:shell/run@1.0.0", "bailiwick:shell/run@0.1.0", "run"] {
        let text = format!("(component (import \"{import}\" (instance)))");
        let refused = refused(&hold, &wat(&text), import);
        assert_eq!(refused.code(), "unknown-import", "{refused}");
        assert!(refused.to_string().contains(import), "{refused}");
    }
    assert_sound(&hold);
}

/// A type that is another name for one is nothing that the host has to have. A resource of its own, or one that only claims to be
/// an interface's, is.
#[test]
fn an_imported_type_is_no_way_around_the_imports() {
    let hold = hold();
    for text in [
        r#"(component (import "secret" (type (sub resource))))"#,
        r#"(component (import "bailiwick:files/read-file@0.1.0" (type (sub resource))))"#,
    ] {
        let refused = refused(&hold, &wat(text), text);
        assert_eq!(refused.code(), "import-mismatch", "{refused}");
    }
    hold.load(&wat(
        r#"(component (type $count u32) (import "count" (type (eq $count))))"#,
    ))
    .unwrap();
    assert_sound(&hold);
}

#[test]
fn refuses_an_import_of_ours_that_was_not_granted_with_the_line_to_write() {
    let hold = hold();
    let text = r#"(component
      (import "bailiwick:files/read-file@0.1.0" (instance))
      (import "bailiwick:http/http-request@0.1.0" (instance)))"#;
    let refused = refused(&hold, &wat(text), "an import without a grant");
    assert_eq!(refused.code(), "not-granted", "{refused}");
    let remedy = refused.remedy().unwrap();
    assert!(
        remedy.contains("read-file") && remedy.contains("http-request"),
        "{remedy}"
    );
}

#[test]
fn refuses_an_import_of_ours_by_another_type_or_version() {
    let hold = Hold::new(World::new(), "read-file = []\nclock = true\n");
    for (text, what) in [
        (
            r#"(component (import "bailiwick:log/log@0.1.0" (instance (export "log" (func)))))"#,
            "another type",
        ),
        (
            r#"(component (import "bailiwick:log/log@0.1.0" (instance (export "shell" (func)))))"#,
            "another function",
        ),
        (
            r#"(component (import "bailiwick:log/log@0.1.0" (func)))"#,
            "a function",
        ),
        (
            r#"(component (import "bailiwick:files/read-file@0.1.0" (instance
                (export "read" (func (param "path" string) (result (list u8)))))))"#,
            "no error",
        ),
        (
            r#"(component (import "bailiwick:log/log@9.0.0" (instance (export "log" (func (param "message" string))))))"#,
            "another version",
        ),
    ] {
        let refused = refused(&hold, &wat(text), what);
        assert_eq!(refused.code(), "import-mismatch", "{what}: {refused}");
    }
    assert_sound(&hold);
}

#[test]
fn takes_or_refuses_ten_thousand_exports_quickly() {
    let hold = hold();
    let mut text = ADD.strip_suffix(')').unwrap().to_owned();
    for number in 0..10_000 {
        text.push_str(&format!(
            "\n(func (export \"add{number}\") (param \"a\" u32) (param \"b\" u32) (result u32) (canon lift (core func $i \"add\")))"
        ));
    }
    text.push(')');
    let began = std::time::Instant::now();
    match hold.load(&wat(&text)) {
        Ok(tool) => assert_eq!(tool.functions().len(), 10_001),
        Err(refused) => assert!(!refused.code().is_empty()),
    }
    assert!(began.elapsed().as_secs() < 30);
    assert_sound(&hold);
}

/// A component with one type that is this deep, in the binary format: the text format would recurse itself.
fn deep_types(depth: u32) -> Vec<u8> {
    let mut section = Vec::new();
    leb(&mut section, depth);
    // `list<u8>`, and then lists of the type before.
    section.extend([0x70, 0x7d]);
    for index in 0..depth - 1 {
        section.push(0x70);
        leb(&mut section, index);
    }
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.push(7);
    leb(&mut bytes, u32::try_from(section.len()).unwrap());
    bytes.extend(section);
    bytes
}

fn leb(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[test]
fn a_type_of_a_hundred_thousand_levels_does_not_overflow_the_hosts_stack() {
    let hold = hold();
    for depth in [50, 1_000, 99_000, 100_001] {
        match hold.load(&deep_types(depth)) {
            Ok(_) => assert!(depth < 100_000, "{depth} levels were taken"),
            Err(refused) => {
                assert!(
                    ["not-a-component", "limit-exceeded"].contains(&refused.code()),
                    "{refused}"
                );
            }
        }
    }
    assert_sound(&hold);
}

#[test]
fn components_within_components_end_at_their_bound() {
    let hold = hold();
    let nested = |depth: usize| {
        wat(&format!(
            "{}{}",
            "(component ".repeat(depth),
            ")".repeat(depth)
        ))
    };
    assert!(hold.load(&nested(8)).is_ok());
    let refused = refused(&hold, &nested(9), "nine levels");
    assert_eq!(refused.code(), "not-a-component");
    assert_sound(&hold);
}

#[test]
fn a_component_that_imports_every_interface_gets_none_without_a_grant() {
    let hold = hold();
    let ours = [
        "files/types",
        "files/read-file",
        "files/write-file",
        "files/list-files",
        "http/types",
        "http/http-get",
        "http/http-request",
        "log/log",
        "clock/clock",
        "random/random",
    ];
    let imports: String = ours
        .iter()
        .map(|name| format!("(import \"bailiwick:{name}@0.1.0\" (instance))"))
        .collect();
    let refused = refused(&hold, &wat(&format!("(component {imports})")), "everything");
    let remedy = refused.remedy().unwrap();
    for key in [
        "read-file",
        "write-file",
        "list-files",
        "http-get",
        "http-request",
        "clock",
        "random",
    ] {
        assert!(
            refused.to_string().contains(key) && remedy.contains(key),
            "{key}: {refused}\n{remedy}"
        );
    }
    assert_sound(&hold);
}

#[test]
fn a_component_past_its_size_is_refused_before_it_is_read() {
    let world = World::new();
    let hold = Hold::new(world, "");
    let path = hold.world.beside("large.wasm");
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(65 << 20).unwrap();
    let began = std::time::Instant::now();
    let refused = hold
        .host
        .load(&bailiwick::Source::File(&path), hold.options())
        .unwrap_err();
    assert_eq!(refused.code(), "limit-exceeded", "{refused}");
    assert!(refused.remedy().unwrap().contains("component-size"));
    assert!(began.elapsed().as_secs() < 5);
    assert_sound(&hold);
}

#[test]
fn what_is_no_file_is_no_component() {
    let hold = hold();
    let pipe = hold.world.beside("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    for path in [
        pipe.as_path(),
        std::path::Path::new("/dev/zero"),
        hold.world.root().as_path(),
    ] {
        let loaded = hold
            .host
            .load(&bailiwick::Source::File(path), hold.options());
        assert_eq!(
            loaded.unwrap_err().code(),
            "unreadable",
            "{}",
            path.display()
        );
    }
    assert_sound(&hold);
}

#[test]
fn every_refusal_is_in_the_trail_with_its_reason() {
    let hold = hold();
    refused(&hold, b"hello", "a text");
    refused(
        &hold,
        &wat("(component (import \"acme:shell/run\" (instance)))"),
        "a shell",
    );
    let loads: Vec<String> = hold
        .records()
        .iter()
        .filter(|record| record["kind"] == "load")
        .map(|record| record["outcome"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(loads, ["not-a-component", "unknown-import"]);
    bailiwick_tests::trail::assert_verifies(&hold.trail());
}
