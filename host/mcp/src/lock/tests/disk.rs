//! The file on the disk: links, pipes, two writers, and what is too large.

use std::fs;
use std::path::Path;

use super::super::{Current, Lock, LockError};
use super::{lock, state};

fn place() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn what_was_written_is_read_and_nothing_is_left_behind() {
    let folder = place();
    let path = folder.path().join("bailiwick.lock");
    assert!(matches!(Lock::read(&path), Err(LockError::Missing { .. })));
    assert_eq!(Lock::read_or_new(&path).unwrap(), Lock::default());
    lock().write(&path).unwrap();
    lock().write(&path).unwrap();
    assert_eq!(Lock::read(&path).unwrap(), lock());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn of_two_that_write_at_once_one_stays_whole() {
    let folder = place();
    let path = folder.path().join("bailiwick.lock");
    let other = {
        let mut lock = lock();
        lock.approve(Current::made_up("other", state()));
        lock
    };
    lock().write(&path).unwrap();
    std::thread::scope(|scope| {
        for lock in [lock(), other.clone()] {
            let path = &path;
            scope.spawn(move || (0..50).for_each(|_| lock.write(path).unwrap()));
        }
        for _ in 0..200 {
            let read = Lock::read(&path).unwrap();
            assert!(read == lock() || read == other);
        }
    });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_lock_that_cannot_be_written_stays_as_it_was() {
    let folder = place();
    let path = folder.path().join("missing").join("bailiwick.lock");
    assert!(matches!(lock().write(&path), Err(LockError::Write { .. })));
    let occupied = folder.path().join("bailiwick.lock");
    fs::create_dir(&occupied).unwrap();
    assert!(matches!(
        lock().write(&occupied),
        Err(LockError::Write { .. })
    ));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_huge_file_is_refused_and_not_read_whole() {
    let folder = place();
    let path = folder.path().join("bailiwick.lock");
    let file = fs::File::create(&path).unwrap();
    file.set_len(1 << 40).unwrap();
    assert!(matches!(Lock::read(&path), Err(LockError::TooLarge { .. })));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let folder = place();
    let path = folder.path().join("bailiwick.lock");
    fs::write(&path, b"version = 1\n\xff").unwrap();
    assert!(matches!(Lock::read(&path), Err(LockError::NotText(_))));
}

#[cfg(unix)]
#[test]
fn a_link_is_read_as_orchestrators_make_it_and_never_written_through() {
    let folder = place();
    let target = folder.path().join("elsewhere");
    let path = folder.path().join("bailiwick.lock");
    lock().write(&target).unwrap();
    let before = fs::read(&target).unwrap();
    std::os::unix::fs::symlink(&target, &path).unwrap();
    assert_eq!(Lock::read(&path).unwrap(), lock());

    let error = Lock::default().write(&path).unwrap_err();
    assert!(matches!(error, LockError::Link { .. }), "{error}");
    assert_eq!(fs::read(&target).unwrap(), before);
    assert!(fs::symlink_metadata(&path).unwrap().is_symlink());

    fs::remove_file(&target).unwrap();
    assert!(matches!(
        Lock::default().write(&path),
        Err(LockError::Link { .. })
    ));
    assert!(!target.exists());
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_without_waiting() {
    let folder = place();
    let path = folder.path().join("pipe");
    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        &path,
        rustix::fs::Mode::from_raw_mode(0o600),
    )
    .unwrap();
    assert!(matches!(Lock::read(&path), Err(LockError::NotAFile { .. })));
    assert!(matches!(
        Lock::read(folder.path()),
        Err(LockError::NotAFile { .. })
    ));
    assert!(matches!(
        Lock::read(Path::new("/dev/zero")),
        Err(LockError::NotAFile { .. })
    ));
}

#[test]
fn each_policy_has_a_lock_of_its_own() {
    for (policy, lock) in [
        ("bailiwick.toml", "bailiwick.lock"),
        ("a/b.toml", "a/b.lock"),
        ("policy", "policy.lock"),
        ("odd.lock", "odd.lock.lock"),
        ("/etc/x.y.toml", "/etc/x.y.lock"),
    ] {
        assert_eq!(Lock::beside(Path::new(policy)), Path::new(lock), "{policy}");
    }
}
