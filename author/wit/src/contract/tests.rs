//! The embedded packages are the repository's, and the worlds give what their names say.

use std::path::Path;

use super::*;
use crate::sources::packages_in;

#[test]
fn every_folder_of_the_contract_is_embedded() {
    let folders = packages_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit")).unwrap();
    let folders: Vec<String> = folders
        .iter()
        .map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(folders, PACKAGES.map(|package| package.name));
}

#[test]
fn each_package_has_the_id_that_its_text_says() {
    for package in PACKAGES {
        let line = format!("\npackage {};\n", package.id());
        assert!(package.text.contains(&line), "{}", package.id());
    }
}

#[test]
fn worlds_give_these_capabilities() {
    let given: Vec<String> = worlds()
        .unwrap()
        .iter()
        .map(|world| {
            let keys: Vec<&str> = world.capabilities.iter().map(Capability::key).collect();
            format!("{}: {}", world.name, keys.join(" "))
        })
        .collect();
    assert_eq!(
        given,
        [
            "pure: ",
            "file-reader: read-file",
            "file-editor: read-file write-file list-files",
            "file-filter: ",
            "web-reader: http-get",
            "web-client: http-get http-request",
            "report-writer: read-file write-file http-get",
            "agent-tool: read-file write-file list-files http-get http-request clock random",
        ]
    );
}

#[test]
fn every_world_is_documented_and_imports_the_log() {
    for world in worlds().unwrap() {
        assert!(!world.docs.is_empty(), "{}", world.name);
        assert_eq!(world.id, format!("bailiwick:worlds/{}@0.1.0", world.name));
        let log = "bailiwick:log/log@0.1.0".to_owned();
        assert!(world.imports.contains(&log), "{}", world.name);
    }
}

#[test]
fn only_our_own_interfaces_ask_for_a_capability() {
    for (interface, key) in [
        ("bailiwick:files/read-file@0.1.0", Some("read-file")),
        ("bailiwick:files/read-file", Some("read-file")),
        ("bailiwick:clock/clock@0.2.0", Some("clock")),
        ("bailiwick:key-value/key-value@0.1.0", Some("key-value")),
        ("bailiwick:tools/call-tool@0.1.0", Some("call-tool")),
        ("bailiwick:secret/secret@0.1.0", Some("secret")),
        ("bailiwick:progress/progress@0.1.0", None),
        ("bailiwick:content/types@0.1.0", None),
        ("bailiwick:files/types@0.1.0", None),
        ("bailiwick:log/log@0.1.0", None),
        ("acme:files/read-file@0.1.0", None),
        ("read-file", None),
        ("", None),
    ] {
        let capability = capability(interface);
        assert_eq!(capability.as_ref().map(Capability::key), key, "{interface}");
    }
}

#[test]
fn vendors_every_package_into_a_folder_of_its_own() {
    let wit = tempfile::tempdir().unwrap();
    let stale = wit.path().join("deps/files/files.wit");
    fs::create_dir_all(stale.parent().unwrap()).unwrap();
    fs::write(&stale, "stale").unwrap();
    vendor(wit.path()).unwrap();
    for package in PACKAGES {
        let path = wit.path().join("deps").join(package.name);
        let path = path.join(format!("{}.wit", package.name));
        assert_eq!(fs::read_to_string(path).unwrap(), package.text);
    }
}

#[test]
fn every_interface_with_functions_can_be_imported_by_itself() {
    let interfaces = interfaces().unwrap();
    let names: Vec<String> = interfaces
        .iter()
        .map(|interface| match &interface.capability {
            Some(capability) => format!("{} {capability}", interface.name),
            None => interface.name.clone(),
        })
        .collect();
    assert_eq!(
        names,
        [
            "clock clock",
            "read-file read-file",
            "write-file write-file",
            "list-files list-files",
            "http-get http-get",
            "http-request http-request",
            "key-value key-value",
            "log",
            "progress",
            "random random",
            "secret secret",
            "call-tool call-tool",
        ]
    );
    for capability in Capability::BUILT_IN {
        let mut asked = interfaces.iter().filter_map(|of| of.capability.as_ref());
        assert!(asked.any(|of| *of == capability), "{capability}");
    }
    assert!(
        interfaces
            .iter()
            .all(|interface| !interface.docs.is_empty())
    );
}
