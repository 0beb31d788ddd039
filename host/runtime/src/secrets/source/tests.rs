//! Every source, and what is wrong with it: nothing hangs, and no error shows what a secret holds.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;

use super::*;

const SECRET: &str = "tr0ub4dor&3-xkcd";

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn written(folder: &TempDir, text: &str, mode: u32) -> std::path::PathBuf {
    let path = folder.path().join("secret");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    path
}

fn shell(script: &str, most: Duration) -> Result<Value, SecretError> {
    let words = ["/bin/sh", "-c", script].map(str::to_owned);
    program(&words, most)
}

const ENOUGH: Duration = Duration::from_secs(30);

#[test]
fn takes_a_variable_that_is_set_and_names_one_that_is_not() {
    // Every test runner's environment has it.
    assert!(matches!(
        variable("BAILIWICK_TEST_THAT_NOBODY_SET"),
        Err(SecretError::NoVariable(name)) if name == "BAILIWICK_TEST_THAT_NOBODY_SET"
    ));
    let path = std::env::var("PATH").unwrap();
    assert_eq!(variable("PATH").unwrap().expose(), path.as_bytes());
}

#[test]
fn takes_a_file_of_its_owner_without_its_last_line_end() {
    let folder = folder();
    for (text, mode) in [(format!("{SECRET}\n"), 0o600), (SECRET.to_owned(), 0o400)] {
        let path = written(&folder, &text, mode);
        assert_eq!(file(&path).unwrap().expose(), SECRET.as_bytes());
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn refuses_a_file_that_others_can_use() {
    for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777] {
        let folder = folder();
        let path = written(&folder, SECRET, mode);
        let refused = file(&path).unwrap_err();
        assert!(
            matches!(refused, SecretError::Mode { mode: found, .. } if found == mode),
            "{mode:o} {refused}"
        );
        assert!(!refused.to_string().contains(SECRET));
    }
}

#[test]
fn refuses_what_is_no_regular_file_and_does_not_wait_for_a_pipe() {
    let folder = folder();
    let path = written(&folder, SECRET, 0o600);
    let link = folder.path().join("link");
    symlink(&path, &link).unwrap();
    let pipe = folder.path().join("pipe");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    for path in [link.as_path(), &pipe, folder.path(), Path::new("/dev/zero")] {
        let refused = file(path).unwrap_err();
        assert!(
            matches!(refused, SecretError::NotRegular(_)),
            "{} {refused}",
            path.display()
        );
    }
    let missing = file(&folder.path().join("missing")).unwrap_err();
    assert!(matches!(missing, SecretError::File { .. }));
}

/// A file in a folder in a folder, which has this mode.
fn below(folder: &TempDir, mode: u32) -> std::path::PathBuf {
    let above = folder.path().canonicalize().unwrap().join("above");
    let inner = above.join("inner");
    std::fs::create_dir_all(&inner).unwrap();
    let path = inner.join("secret");
    std::fs::write(&path, SECRET).unwrap();
    // None of these depends on the mask of whoever runs the tests.
    for (path, mode) in [(&path, 0o600), (&inner, 0o700), (&above, mode)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    path
}

#[test]
fn refuses_a_file_below_a_folder_in_which_others_can_put_another() {
    for mode in [0o777, 0o775, 0o757, 0o720, 0o702, 0o733, 0o770] {
        let folder = folder();
        let path = below(&folder, mode);
        let refused = file(&path).unwrap_err();
        let above = path.ancestors().nth(2).unwrap().display().to_string();
        assert!(
            matches!(&refused, SecretError::FolderMode { folder, mode: found } if *folder == above && *found == mode),
            "{mode:o} {refused}"
        );
        let text = refused.to_string();
        assert!(text.contains(&format!("{mode:04o}")), "{text}");
        assert!(!text.contains(SECRET), "{text}");
    }
}

#[test]
fn takes_a_file_below_folders_in_which_nobody_else_can_put_another() {
    for mode in [0o700, 0o755, 0o711, 0o750, 0o1777, 0o1775] {
        let folder = folder();
        let path = below(&folder, mode);
        let taken = file(&path).unwrap_or_else(|refused| panic!("{mode:o} {refused}"));
        assert_eq!(taken.expose(), SECRET.as_bytes());
    }
}

#[test]
fn refuses_a_file_below_a_folder_of_somebody_else() {
    if !geteuid().is_root() {
        // Nobody else can give a folder away.
        return;
    }
    let folder = folder();
    let path = below(&folder, 0o755);
    let above = path.ancestors().nth(2).unwrap();
    std::os::unix::fs::chown(above, Some(54_321), None).unwrap();
    let refused = file(&path).unwrap_err();
    let named = above.display().to_string();
    assert!(
        matches!(&refused, SecretError::FolderOwner(folder) if *folder == named),
        "{refused}"
    );
}

#[test]
fn follows_a_link_above_a_file_and_looks_at_what_it_leads_to() {
    for (mode, taken) in [(0o755, true), (0o777, false)] {
        let folder = folder();
        let path = below(&folder, mode);
        let link = folder.path().join("link");
        symlink(path.parent().unwrap(), &link).unwrap();
        let outcome = file(&link.join("secret"));
        let refused = matches!(outcome, Err(SecretError::FolderMode { .. }));
        assert_eq!((outcome.is_ok(), refused), (taken, !taken), "{mode:o}");
    }
}

#[test]
fn a_name_alone_is_in_the_folder_that_the_process_is_in() {
    let resolved = |folder: &str| folders::resolve(Path::new(folder)).unwrap().ok();
    assert_eq!(resolved(""), resolved("."));
}

#[test]
fn ends_reading_where_no_secret_goes_on() {
    let folder = folder();
    let longest = "abcdefgh".repeat(VALUE_BYTES_MAX / 8);
    let path = written(&folder, &format!("{longest}\r\n"), 0o600);
    assert_eq!(file(&path).unwrap().expose(), longest.as_bytes());
    let path = written(&folder, &longest.repeat(100), 0o600);
    assert!(matches!(file(&path), Err(SecretError::TooLong)));
}

#[test]
fn takes_what_a_program_prints_and_gives_it_nothing_of_the_environment() {
    let value = shell(&format!("echo '{SECRET}'"), ENOUGH).unwrap();
    assert_eq!(value.expose(), SECRET.as_bytes());
    let names = shell("env | cut -d= -f1 | sort | tr '\\n' ' '", ENOUGH).unwrap();
    let names = String::from_utf8(names.expose().to_vec()).unwrap();
    for name in names.split_whitespace() {
        // What a shell sets itself is beside.
        assert!(
            ["HOME", "LANG", "PATH", "PWD", "OLDPWD", "SHLVL", "_"].contains(&name),
            "{names}"
        );
    }
    let input = shell("cat; echo nothing-to-read", ENOUGH).unwrap();
    assert_eq!(input.expose(), b"nothing-to-read");
}

#[test]
fn a_program_is_run_without_a_shell() {
    let words = ["/bin/echo", "$HOME `id` ; $(id) | cat"].map(str::to_owned);
    let value = program(&words, ENOUGH).unwrap();
    assert_eq!(value.expose(), words[1].as_bytes());
}

#[test]
fn a_program_that_hangs_is_ended_with_all_that_it_started() {
    let folder = folder();
    let mark = folder.path().join("pid");
    for script in ["sleep 1000", "exec >&-; sleep 1000"] {
        let script = format!("echo $$ > {}; sleep 1000 & {script}", mark.display());
        let refused = shell(&script, Duration::from_millis(300)).unwrap_err();
        assert!(matches!(refused, SecretError::Late { .. }), "{refused}");
        let group: i32 = std::fs::read_to_string(&mark)
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let group = Pid::from_raw(group).unwrap();
        // Those that were ended may be there for a moment, until somebody has waited for them: none that runs.
        let running =
            |group| rustix::process::test_kill_process_group(group).is_ok() && !only_dead(group);
        let given_up = Instant::now() + ENOUGH;
        while running(group) && Instant::now() < given_up {
            std::thread::yield_now();
        }
        assert!(!running(group), "{script}");
    }
}

/// Whether all processes of a group are waiting to be waited for.
fn only_dead(group: Pid) -> bool {
    let group = group.as_raw_nonzero().to_string();
    let processes = std::fs::read_dir("/proc").unwrap();
    let stats = processes
        .filter_map(|process| std::fs::read_to_string(process.ok()?.path().join("stat")).ok());
    let mut of_group = stats.filter_map(|stat| {
        let rest = stat.rsplit_once(") ")?.1.to_owned();
        let fields: Vec<&str> = rest.split(' ').collect();
        (fields[2] == group).then(|| fields[0].to_owned())
    });
    of_group.all(|state| state == "Z" || state == "X")
}

#[test]
fn a_program_that_says_too_much_is_ended() {
    let refused = shell("yes abcdefgh", ENOUGH).unwrap_err();
    assert!(matches!(refused, SecretError::TooLong));
}

#[test]
fn a_program_that_fails_shows_nothing_of_what_it_said() {
    let script = format!("echo '{SECRET}'; echo 'cannot unlock {SECRET}' >&2; exit 3");
    let refused = shell(&script, ENOUGH).unwrap_err();
    let text = format!("{refused} {refused:?}");
    assert!(text.contains("the status 3"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
    let killed = shell("kill -9 $$", ENOUGH).unwrap_err();
    assert!(killed.to_string().contains("the signal 9"), "{killed}");
    let words = ["/bin/there-is-no-such-program".to_owned()];
    assert!(matches!(
        program(&words, ENOUGH),
        Err(SecretError::Program { .. })
    ));
    assert!(matches!(
        program(&[], ENOUGH),
        Err(SecretError::Program { .. })
    ));
}

#[test]
fn an_entry_that_is_in_no_keyring_is_named_and_nothing_waits() {
    let refused = keyring::read("bailiwick-tests", "nobody-has-this").unwrap_err();
    let text = refused.to_string();
    assert!(
        text.starts_with("the keyring has no entry for the service `bailiwick-tests` and the user `nobody-has-this`"),
        "{text}"
    );
}

/// What another program put there, as an operator does.
#[test]
#[expect(clippy::print_stderr, reason = "a test that does less says so")]
fn takes_an_entry_of_the_keyring() {
    let (service, user) = ("bailiwick-tests", format!("host-{}", std::process::id()));
    let entry = ::keyring::Entry::new(service, &user).unwrap();
    if let Err(error) = entry.set_secret(b"from-the-keyring-0123456789") {
        eprintln!("the kernel gives no keyring here: {error}");
        return;
    }
    let value = keyring::read(service, &user);
    entry.delete_credential().unwrap();
    let value = value.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(value.expose(), b"from-the-keyring-0123456789");
    assert!(keyring::read(service, &user).is_err(), "it is gone");
}
