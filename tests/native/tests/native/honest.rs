//! What a worker is for works behind the last filter.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bailiwick::Isolation;
use bailiwick_confine::{Piece, Support};
use bailiwick_native::channel::{receive, send};
use bailiwick_native::engine::{GUEST, Report};
use bailiwick_native::users::{Programs, User};
use rustix::process::{Resource, getrlimit};

fn start(programs: &Programs, user: User, role: &str) -> (Child, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let child = user
        .command(&programs.path("sealed-engine"))
        .arg(role)
        .env_clear()
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    (child, ours)
}

/// What the process says when it fails goes to its standard error.
fn end(child: Child) {
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{}: {said}", ended.status);
}

fn compiled(programs: &Programs, user: User) -> Vec<u8> {
    let (child, socket) = start(programs, user, "compile");
    send(&socket, &wat::parse_str(GUEST).unwrap()).unwrap();
    let code = receive(&socket);
    end(child);
    code.unwrap()
}

#[test]
fn a_sealed_process_compiles_and_another_runs_what_it_compiled() {
    let programs = Programs::new(&[env!("CARGO_BIN_EXE_sealed-engine")]).unwrap();
    for user in User::all() {
        let code = compiled(&programs, *user);
        let (child, socket) = start(&programs, *user, "run");
        send(&socket, &code).unwrap();
        let report = receive(&socket);
        end(child);
        let report: Report = serde_json::from_slice(&report.unwrap()).unwrap();
        assert_eq!(report.instances, 900);
        let support = Support::probe();
        assert_eq!(report.quick_reset, support.has(Piece::PagemapScan));
        for piece in [Piece::LandlockFiles, Piece::Seccomp, Piece::Capabilities] {
            let word = piece.to_string();
            assert!(report.pieces.contains(&word), "{report:?} as {user:?}");
        }
    }
}

#[test]
fn a_sealed_process_says_whether_it_can_still_ask_which_pages_were_written() {
    let programs = Programs::new(&[env!("CARGO_BIN_EXE_sealed-engine")]).unwrap();
    let expected = match Support::probe().has(Piece::PagemapScan) {
        // It never opened its pagemap: what the kernel knows it cannot ask for.
        true => "Withheld",
        false => "Unknown",
    };
    for user in User::all() {
        let (child, socket) = start(&programs, *user, "run-without-pool");
        let said = receive(&socket);
        end(child);
        assert_eq!(
            String::from_utf8(said.unwrap()).unwrap(),
            expected,
            "{user:?}"
        );
    }
}

#[test]
fn a_worker_is_hidden_before_it_maps_code_and_still_asks_about_its_descriptors() {
    let programs = Programs::new(&[env!("CARGO_BIN_EXE_sealed-engine")]).unwrap();
    let pages = match Support::probe().has(Piece::PagemapScan) {
        true => "Told",
        false => "Unknown",
    };
    // Not none: a kernel that hands cores to a program would take that for no limit. What was lower stays.
    let most = getrlimit(Resource::Core).maximum;
    let core = most.map_or(1, |most| most.min(1));
    for user in User::all() {
        let (child, socket) = start(&programs, *user, "narrow");
        let said = receive(&socket);
        end(child);
        assert_eq!(
            String::from_utf8(said.unwrap()).unwrap(),
            format!("NotDumpable Some({core}) {pages}"),
            "{user:?}"
        );
    }
}

/// A shell leaves descriptors open for whatever it starts, and nobody knows where they lead.
#[test]
fn what_starts_workers_holds_nothing_that_it_inherited() {
    // Made so, it stays open where a program is executed.
    let inherited = rustix::io::dup(std::io::stdin()).unwrap();
    let program = env!("CARGO_BIN_EXE_native-attack");
    let starter = Isolation::processes().program(program).start().unwrap();
    let folder = format!("/proc/{}/fd", starter.process_id());
    let held = || {
        let names = std::fs::read_dir(&folder).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    };
    // It is a process already, and may not have come to it.
    let given_up = Instant::now() + Duration::from_secs(30);
    while held().len() > 3 && Instant::now() < given_up {
        std::thread::yield_now();
    }
    assert_eq!(held(), ["0", "1", "2"]);
    drop(inherited);
}

#[test]
fn a_sealed_compiler_has_the_memory_that_it_may_have_and_no_more() {
    let programs = Programs::new(&[env!("CARGO_BIN_EXE_sealed-engine")]).unwrap();
    for user in User::all() {
        let (child, socket) = start(&programs, *user, "take-memory");
        let said = receive(&socket);
        end(child);
        let taken = usize::from_le_bytes(said.unwrap().try_into().unwrap());
        // A gibibyte, of which the process had a part already.
        assert!(
            (20..64).contains(&taken),
            "{taken} times 16 MiB as {user:?}"
        );
    }
}

#[test]
fn a_sealed_compiler_is_ended_by_the_kernel_when_it_computed_for_its_time() {
    let programs = Programs::new(&[env!("CARGO_BIN_EXE_sealed-engine")]).unwrap();
    for user in User::all() {
        let (mut child, socket) = start(&programs, *user, "take-time");
        assert_eq!(receive(&socket).unwrap(), b"sealed");
        let ended = child.wait().unwrap();
        let signal = std::os::unix::process::ExitStatusExt::signal(&ended);
        assert!(
            [Some(libc::SIGKILL), Some(libc::SIGXCPU)].contains(&signal),
            "{ended:?} as {user:?}"
        );
    }
}

/// Containers start programs in sessions that began outside of them.
#[test]
fn a_session_that_began_outside_of_the_name_space_is_left() {
    let outside = |program: &str| {
        let mut command = Command::new("unshare");
        if User::all().len() == 1 {
            command.args(["--user", "--map-root-user"]);
        }
        command.args(["--pid", "--fork", "--mount-proc", "--", program]);
        command.env_clear().env("PATH", "/usr/bin:/bin");
        command
    };
    if !outside("true").status().is_ok_and(|ended| ended.success()) {
        println!("no name space of processes can be had here");
        return;
    }
    let programs = Programs::new(&[env!("CARGO_BIN_EXE_sealed-engine")]).unwrap();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let child = outside("env")
        .arg("--ignore-environment")
        .arg(programs.path("sealed-engine"))
        .arg("compile")
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    send(&ours, &wat::parse_str(GUEST).unwrap()).unwrap();
    let code = receive(&ours);
    end(child);
    assert!(!code.unwrap().is_empty());
}
