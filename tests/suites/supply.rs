//! Where components and compiled code come from: changed ones, poisoned ones, and what their authors say.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use bailiwick::{Host, Source, Tool};
use bailiwick_tests::hold::{Hold, call, isolated};
use bailiwick_tests::world::World;

fn answering(number: u32) -> Vec<u8> {
    let text = format!(
        r#"(component
          (core module $m (func (export "number") (result i32) (i32.const {number})))
          (core instance $i (instantiate $m))
          (func (export "number") (result u32) (canon lift (core func $i "number"))))"#
    );
    wat::parse_str(text).unwrap()
}

/// A host with a cache of its own below a folder.
struct Caching {
    hold: Hold,
    cache: PathBuf,
}

impl Caching {
    fn new() -> Self {
        let world = World::new();
        let cache = world.beside("cache");
        let at = cache.clone();
        let hold = Hold::with(world, "", |builder| builder.cache(at));
        Self { hold, cache }
    }

    /// Loads in a host that begins anew.
    fn again(&self, component: &[u8]) -> Tool {
        let host = isolated(Host::builder()).cache(&self.cache);
        let host = host.build().unwrap();
        host.load(&Source::Bytes(component), self.hold.options())
            .unwrap()
    }

    /// The only entry.
    fn entry(&self) -> PathBuf {
        let mut entries = find(&self.cache);
        assert_eq!(entries.len(), 1, "{entries:?}");
        entries.remove(0)
    }
}

fn find(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(find(&path));
        } else {
            found.push(path);
        }
    }
    found
}

async fn number(tool: &Tool) -> String {
    call(tool, "number", "[]").await
}

#[tokio::test]
async fn a_component_that_was_changed_after_its_pin_is_refused() {
    let component = answering(1);
    let digest = Hold::new(World::new(), "")
        .load(&component)
        .unwrap()
        .digest();
    let hold = Hold::new(World::new(), &format!("sha256 = \"{digest}\"\n"));
    assert_eq!(number(&hold.load(&component).unwrap()).await, "answer 1");
    let refused = hold.load(&answering(2)).unwrap_err();
    assert_eq!(refused.code(), "wrong-digest");
    assert!(refused.to_string().contains(&digest.to_string()));
    assert!(refused.remedy().unwrap().contains("sha256"));
    let mut appended = component.clone();
    appended.extend([0, 2, 1, b'x']);
    assert_eq!(hold.load(&appended).unwrap_err().code(), "wrong-digest");
}

#[tokio::test]
async fn the_cache_is_the_owners_alone() {
    let caching = Caching::new();
    caching.hold.load(&answering(1)).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&caching.entry()), 0o600);
    assert_eq!(mode(caching.entry().parent().unwrap()), 0o700);
    assert_eq!(number(&caching.again(&answering(1))).await, "answer 1");
}

#[tokio::test]
async fn an_entry_that_others_can_write_is_not_loaded() {
    let caching = Caching::new();
    caching.hold.load(&answering(1)).unwrap();
    let entry = caching.entry();
    replace_with_code_of(&caching, &entry, &answering(2));
    // Poisoned as it is, an entry of the owner's alone would run: this is what the next lines must not do.
    assert_eq!(number(&caching.again(&answering(1))).await, "answer 2");
    for mode in [0o666, 0o620, 0o602] {
        fs::set_permissions(&entry, Permissions::from_mode(mode)).unwrap();
        assert_eq!(
            number(&caching.again(&answering(1))).await,
            "answer 1",
            "{mode:o}"
        );
        replace_with_code_of(&caching, &entry, &answering(2));
    }
}

#[tokio::test]
async fn a_cache_in_a_folder_that_others_can_write_is_not_used() {
    let caching = Caching::new();
    caching.hold.load(&answering(1)).unwrap();
    let entry = caching.entry();
    replace_with_code_of(&caching, &entry, &answering(2));
    let folder = entry.parent().unwrap();
    fs::set_permissions(folder, Permissions::from_mode(0o777)).unwrap();
    assert_eq!(number(&caching.again(&answering(1))).await, "answer 1");
    caching.again(&answering(3));
    assert_eq!(find(&caching.cache).len(), 1, "something was written there");
}

#[tokio::test]
async fn an_entry_that_is_a_link_or_belongs_to_somebody_else_is_not_loaded() {
    let caching = Caching::new();
    caching.hold.load(&answering(1)).unwrap();
    let entry = caching.entry();
    replace_with_code_of(&caching, &entry, &answering(2));
    let elsewhere = caching.hold.world.beside("elsewhere.cwasm");
    fs::rename(&entry, &elsewhere).unwrap();
    symlink(&elsewhere, &entry).unwrap();
    assert_eq!(number(&caching.again(&answering(1))).await, "answer 1");
    // Only root can give files away; who is not root has nobody to give them to.
    if rustix::process::geteuid().is_root() {
        fs::remove_file(&entry).unwrap();
        fs::rename(&elsewhere, &entry).unwrap();
        std::os::unix::fs::chown(&entry, Some(65_534), None).unwrap();
        assert_eq!(number(&caching.again(&answering(1))).await, "answer 1");
    }
}

#[tokio::test]
async fn an_entry_of_rubbish_is_as_none() {
    let caching = Caching::new();
    caching.hold.load(&answering(1)).unwrap();
    let entry = caching.entry();
    let whole = fs::read(&entry).unwrap();
    for rubbish in [
        Vec::new(),
        b"rubbish".to_vec(),
        whole[..whole.len() / 2].to_vec(),
        vec![0x7f; 1 << 16],
    ] {
        fs::write(&entry, rubbish).unwrap();
        assert_eq!(number(&caching.again(&answering(1))).await, "answer 1");
    }
}

/// Puts the code of another component where an entry is, with the owner's mode.
fn replace_with_code_of(caching: &Caching, entry: &Path, component: &[u8]) {
    let code = caching
        .hold
        .host
        .engine()
        .precompile_component(component)
        .unwrap();
    drop(fs::remove_file(entry));
    fs::write(entry, code).unwrap();
    fs::set_permissions(entry, Permissions::from_mode(0o600)).unwrap();
}

/// A component with a section of this content.
fn with_section(content: &[u8]) -> Vec<u8> {
    let mut component = answering(1);
    let name = b"bailiwick:tool";
    component.push(0);
    length(&mut component, 1 + name.len() + content.len());
    length(&mut component, name.len());
    component.extend(name);
    component.extend(content);
    component
}

/// The smallest section that there is.
const SOUND: &[u8] = b"\x01{\"exports\": []}";

fn length(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
}

#[test]
fn a_section_that_is_broken_or_too_large_refuses_the_component() {
    let hold = Hold::new(World::new(), "");
    let huge = vec![b' '; (1 << 20) + 1];
    let deep = [b"\x01".to_vec(), vec![b'['; 100_000]].concat();
    for (content, what) in [
        (b"".as_slice(), "empty"),
        (b"\xff{}", "a version that does not exist"),
        (b"\x01not json", "no JSON"),
        (b"\x01{\"exports\": [], \"unknown\": 1}", "an unknown key"),
        (b"\x01[]", "a list"),
        (&huge, "more than a mebibyte"),
        (&deep, "a hundred thousand levels"),
    ] {
        let refused = hold.load(&with_section(content)).err();
        assert_eq!(
            refused.unwrap_or_else(|| panic!("{what} was taken")).code(),
            "not-a-component",
            "{what}"
        );
    }
    let twice = [
        with_section(SOUND),
        with_section(SOUND)[answering(1).len()..].to_vec(),
    ]
    .concat();
    assert!(hold.load(&with_section(SOUND)).is_ok());
    assert_eq!(hold.load(&twice).unwrap_err().code(), "not-a-component");
}

#[test]
fn names_and_words_of_an_author_hold_nothing_invisible() {
    let hold = Hold::new(World::new(), "");
    let load = |name: &str, why: &str| {
        let asks = format!("{{\"capability\": \"{name}\", \"why\": \"{why}\"}}");
        let section = format!("\u{1}{{\"exports\": [], \"asks\": [{asks}]}}");
        hold.load(&with_section(section.as_bytes()))
    };
    assert!(load("read-file", "because").is_ok());
    for deceptive in ["\\u202e", "\\u200b", "\\u0007", "\\u001b[31m", "\\ufeff"] {
        assert!(
            load(&format!("read-file{deceptive}"), "because").is_err(),
            "{deceptive} in a name"
        );
        let loaded = load("read-file", &format!("because{deceptive}"));
        let why = loaded.map(|tool| format!("{:?}", tool.section().unwrap().asks[0].why));
        let shown: String = serde_json::from_str(&format!("\"{deceptive}\"")).unwrap();
        assert!(
            !why.is_ok_and(|why| why.contains(&shown)),
            "{deceptive} in words"
        );
    }
}
