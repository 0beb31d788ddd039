//! `bailiwick serve` is confined in the kernel: all of its threads are, what it serves works, and what leaves its places
//! needs a restart.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bailiwick_tests::guests;
use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::Session;
use bailiwick_tests::mcp::site::{Site, policy};
use serde_json::json;

use crate::runtime;

const TOOLS: [(&str, &str, &str); 1] = [("say", "mcp-text", "")];

fn names(served: &Served) -> usize {
    runtime().block_on(async {
        let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
        let list = session.ask("tools/list", json!({})).await.unwrap();
        list["result"]["tools"].as_array().unwrap().len()
    })
}

#[test]
fn every_thread_of_a_server_is_confined() {
    let site = Site::new(&TOOLS);
    let served = Served::start(&site);
    assert!(names(&served) > 0);
    let tasks = fs::read_dir(format!("/proc/{}/task", served.process())).unwrap();
    let mut threads = 0;
    for task in tasks {
        let status = fs::read_to_string(task.unwrap().path().join("status")).unwrap();
        let field = |name: &str| {
            let mut lines = status.lines();
            lines
                .find_map(|line| line.strip_prefix(name))
                .unwrap()
                .trim()
        };
        assert_eq!(field("NoNewPrivs:"), "1");
        assert_eq!(field("Seccomp:"), "2");
        // Nothing but what is about the owners of files.
        let effective = u64::from_str_radix(field("CapEff:"), 16).unwrap();
        assert_eq!(effective & !0b1_1111, 0, "{effective:x}");
        threads += 1;
    }
    assert!(threads > 1, "there is one thread only");
}

#[test]
fn a_server_is_always_confined() {
    let site = Site::new(&TOOLS);
    let refused = site.command(&["--confine", "off"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("full, available"), "{said}");
}

#[test]
fn a_reload_that_leaves_the_places_is_refused_with_the_word_restart() {
    let site = Site::new(&TOOLS);
    let served = Served::start(&site);
    let before = names(&served);
    let elsewhere = tempfile::TempDir::new().unwrap();
    let component = elsewhere.path().join("tool.wasm");
    fs::copy(guests::path("mcp-text"), &component).unwrap();
    let more = format!("[tools.more]\ncomponent = \"{}\"\n", component.display());
    site.write("bailiwick.toml", &(policy(&TOOLS) + &more));
    let begun = Instant::now();
    while !served.log().contains("restart") {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{}",
            served.log()
        );
        std::thread::yield_now();
    }
    assert!(served.log().contains("the component"), "{}", served.log());
    assert_eq!(names(&served), before);
}

#[test]
fn a_server_that_could_change_its_own_policy_says_so() {
    let warned = |tools: &[(&str, &str, &str)]| {
        let site = Site::new(tools);
        let served = Served::start(&site);
        assert!(names(&served) > 0);
        served.log().contains("could change")
    };
    // Where nothing is written nothing can be changed; the root of this one is the policy's folder.
    assert!(!warned(&TOOLS));
    let writes = "write-file = [\"out/*\"]\nread-file = []\nlist-files = []\n";
    assert!(warned(&[("probe", "probe-files", writes)]));
}

/// What a kernel without Landlock answers to the first of its calls.
fn without_landlock(command: &mut Command) -> &mut Command {
    const LOAD_NUMBER: u16 = 0x20;
    const EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let call = u32::try_from(libc::SYS_landlock_create_ruleset).unwrap();
    let missing = libc::SECCOMP_RET_ERRNO | u32::try_from(libc::ENOSYS).unwrap();
    let filter = [
        step(LOAD_NUMBER, 0, 0, 0),
        step(EQUAL, 0, 1, call),
        step(RETURN, 0, 0, missing),
        step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let install = move || {
        let mut filter = filter;
        let program = libc::sock_fprog {
            len: 4,
            filter: filter.as_mut_ptr(),
        };
        #[expect(unsafe_code, reason = "no library has these calls alone")]
        // SAFETY: the program and its steps live until the calls have returned, and neither takes memory.
        let done = unsafe {
            libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
                && libc::prctl(
                    libc::PR_SET_SECCOMP,
                    libc::SECCOMP_MODE_FILTER,
                    &raw const program,
                ) == 0
        };
        if done {
            Ok(())
        } else {
            Err(std::io::Error::last_os_error())
        }
    };
    #[expect(
        unsafe_code,
        reason = "it becomes the command's own filter, before the command begins"
    )]
    // SAFETY: it makes two system calls and takes no memory and no lock.
    unsafe {
        command.pre_exec(install)
    }
}

#[test]
fn a_kernel_without_landlock_is_refused_by_that_name_unless_that_was_allowed() {
    let site = Site::new(&TOOLS);
    let said = |more: &[&str]| {
        let mut command = site.command(more);
        command.stdin(Stdio::null());
        let ended = without_landlock(&mut command).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        (ended.status.code(), said)
    };
    let (code, refused) = said(&[]);
    assert_eq!(code, Some(7), "{refused}");
    assert!(refused.contains("landlock"), "{refused}");
    assert!(refused.contains("--confine available"), "{refused}");
    // What is there is used, what is missing is named; its input ends at once, and so does it.
    let (code, served) = said(&["--confine", "available"]);
    assert_eq!(code, Some(0), "{served}");
    let line = served
        .lines()
        .find(|line| line.contains("is confined without"));
    assert!(line.unwrap().contains("landlock-files"), "{served}");
    // Workers are another thing: the policy or a flag has to say so.
    let (code, refused) = said(&["--confine", "available", "--isolate"]);
    assert_ne!(code, Some(0), "{refused}");
    assert!(refused.contains("landlock"), "{refused}");
}
