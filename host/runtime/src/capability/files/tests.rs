//! The two walks side by side, and what a crash leaves behind.

use std::os::unix::fs::symlink;
use std::path::Path;

use bailiwick_policy::Found;
use rustix::fs::OFlags;

use super::root::{FileRoot, Walked};

/// A directory with one of everything that a path can meet.
fn world() -> tempfile::TempDir {
    let world = tempfile::tempdir().unwrap();
    let root = world.path();
    std::fs::create_dir_all(root.join("data/inner")).unwrap();
    std::fs::write(root.join("data/file"), "content").unwrap();
    std::fs::write(root.join("outside"), "secret").unwrap();
    symlink("../outside", root.join("data/link")).unwrap();
    symlink("nowhere", root.join("data/dangling")).unwrap();
    symlink("data", root.join("door")).unwrap();
    symlink("/proc/self", root.join("proc")).unwrap();
    world
}

fn both_walks(root: &Path) -> [FileRoot; 2] {
    let open = || FileRoot::open(root, Vec::new()).unwrap();
    [open(), open().by_segments()]
}

fn shown(walked: &Walked) -> String {
    match walked {
        Walked::Open(_) => "open".to_owned(),
        Walked::Missing => "missing".to_owned(),
        Walked::Found(found) => format!("{found:?}"),
        Walked::Failed(errno) => format!("failed {errno}"),
    }
}

#[test]
fn both_walks_follow_no_link_and_agree_on_everything_else() {
    let world = world();
    for root in both_walks(world.path()) {
        for (path, expected) in [
            ("data/file", "open"),
            ("data/none", "missing"),
            ("none/file", "missing"),
            ("data/file/below", "missing"),
            ("data/link", "Link"),
            ("data/dangling", "Link"),
            ("door/file", "Link"),
            ("proc/environ", "Link"),
        ] {
            assert_eq!(
                shown(&root.walk(path, OFlags::RDONLY)),
                expected,
                "{path} {root:?}"
            );
        }
    }
}

#[test]
fn both_walks_refuse_another_file_system() {
    for root in both_walks(Path::new("/")) {
        let walked = root.walk("proc/version", OFlags::RDONLY);
        assert!(
            matches!(walked, Walked::Found(Found::OtherFileSystem)),
            "{}",
            shown(&walked)
        );
    }
}

#[test]
fn neither_walk_waits_for_the_other_end_of_a_pipe() {
    let world = world();
    let pipe = world.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    for root in both_walks(world.path()) {
        assert_eq!(shown(&root.walk("pipe", OFlags::RDONLY)), "open");
    }
}

#[test]
fn what_lies_anywhere_in_a_protected_directory_is_protected() {
    let world = world();
    let root = FileRoot::open(world.path(), vec![world.path().join("data")]).unwrap();
    for (path, expected) in [("data", true), ("data/inner", true), ("other", false)] {
        std::fs::create_dir_all(world.path().join(path)).unwrap();
        let Walked::Open(directory) = root.walk(path, OFlags::RDONLY | OFlags::DIRECTORY) else {
            panic!("{path} is not open");
        };
        assert_eq!(
            root.lies_in_protected(&directory).unwrap(),
            expected,
            "{path}"
        );
    }
    assert!(!root.lies_in_protected(root.directory()).unwrap());
}
