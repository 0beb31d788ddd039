//! Every attack gets nothing in a sealed process, and gets what it wants without a profile.

use std::collections::HashSet;

use bailiwick_native::attacks::{self, Attack, Needs};
use bailiwick_native::judge::{Judge, Outcome, Verdict};
use bailiwick_native::role::Profile;
use bailiwick_native::users::User;

const PROGRAM: &str = env!("CARGO_BIN_EXE_native-attack");

/// Errors that say that this kernel was built without something, or has it switched off.
const LACKING: [i32; 5] = [
    libc::ENOSYS,
    libc::EAFNOSUPPORT,
    libc::EPROTONOSUPPORT,
    libc::ESOCKTNOSUPPORT,
    libc::ENODEV,
];

fn judge_all(profile: Profile, user: User) -> Vec<Verdict> {
    let mut judge = Judge::new(PROGRAM).unwrap();
    attacks::all()
        .map(|attack| {
            judge
                .judge(attack, profile, user)
                .unwrap_or_else(|error| panic!("{} as {user:?}: {error:#}", attack.name))
        })
        .collect()
}

/// What a worker that compiles may do: its threads are waited for that way, and nobody maps what it does.
const A_COMPILER_MAY: &[&str] = &["wake-who-maps-the-same"];

fn assert_held(profile: Profile, may: &[&str]) {
    for user in User::all() {
        let verdicts = judge_all(profile, *user);
        let escaped: Vec<String> = verdicts
            .iter()
            .filter(|verdict| !verdict.held() && !may.contains(&verdict.attack))
            .map(|verdict| verdict.line().unwrap())
            .collect();
        assert!(escaped.is_empty(), "{}", escaped.join("\n"));
        let refused = verdicts
            .iter()
            .filter(|verdict| matches!(verdict.outcome, Outcome::Refused(_)));
        println!(
            "{profile:?} as {user:?}: {} attacks held, {} of them with an error",
            verdicts.len(),
            refused.count()
        );
    }
}

#[test]
fn native_code_in_a_sealed_worker_gets_nothing() {
    assert_held(Profile::Worker, &[]);
}

#[test]
fn native_code_in_a_sealed_compiler_gets_nothing() {
    assert_held(Profile::Compiler, A_COMPILER_MAY);
}

/// What a worker may do while it maps code: what that takes, what it is about itself, and what tells a path from none. What is open stays
/// open, which are its code and its socket.
const A_NARROWED_WORKER_MAY: &[&str] = &[
    "open-path-only",
    "list-attributes",
    "look-at-flag",
    "look-at-flag-newer",
    "ask-for-access",
    "read-link",
    "look-at-file-system",
    "ask-where",
    "write-out-everything",
    "name-another-peer",
    "set-option",
    "ask-who-the-peer-is",
    "signal-when-time-passes",
    "processors-of-its-own",
    "group-of-its-own",
    "wait-for-anybody",
    "map-executable",
    "map-writable-and-executable",
    "map-only-executable",
    "make-executable",
    "make-executable-with-growth",
    "make-executable-with-key",
    "write-own-code",
    "map-a-file-executable",
    "memory-file",
    "wake-who-maps-the-same",
    "own-filter",
    "own-rules",
    "ask-which-machine",
    "ask-how-busy",
    "call-that-does-not-exist-yet",
    "any-request-to-a-device",
    "signal-descriptor",
    "timer-descriptor",
    "pipe",
    "splice",
    "outlive-the-parent",
    "time-stamp-counter",
    "raise-limits",
    "change-mask",
    "new-session",
];

#[test]
fn native_code_in_a_worker_that_maps_its_code_gets_no_file_no_peer_and_no_process() {
    assert_held(Profile::Narrowed, A_NARROWED_WORKER_MAY);
}

/// What a real worker may do that the attacks try: read what it holds, which is `/dev/null`, its own memory and its own pagemap, in which
/// the kernel shows nobody without privileges where anything is.
const A_REAL_WORKER_MAY: &[&str] = &["read-inherited-file", "any-inherited-descriptor"];

#[test]
fn native_code_in_the_place_of_a_real_worker_gets_nothing() {
    for user in User::all() {
        let verdicts = judge_all(Profile::Real, *user);
        let held = |verdict: &Verdict| match &verdict.outcome {
            Outcome::Got(what) => {
                A_REAL_WORKER_MAY.contains(&verdict.attack)
                    && !what.contains("flag-")
                    && verdict.effects.is_empty()
            }
            Outcome::Refused(_) | Outcome::Killed | Outcome::Died(_) | Outcome::Hung => {
                verdict.held()
            }
        };
        let escaped = verdicts.iter().filter(|verdict| !held(verdict));
        let escaped: Vec<String> = escaped.map(|verdict| verdict.line().unwrap()).collect();
        assert!(escaped.is_empty(), "as {user:?}:\n{}", escaped.join("\n"));
        // It did run there: the kernel's own errors came back through the whole way.
        let refused = |verdict: &&Verdict| matches!(verdict.outcome, Outcome::Refused(_));
        assert!(verdicts.iter().filter(refused).count() > 10, "as {user:?}");
    }
}

/// What a server may do that the attacks try: its network, its own memory and descriptors, and what tells a process
/// about itself. Everything else is refused it, too.
///
/// What is open stays open: the inherited descriptors. That a path exists, and what it is, no rule of Landlock hides.
/// `group-of-its-own`, `new-session` and `call-that-does-not-exist-yet` are answered as by a kernel that does not do it.
const A_SERVER_MAY: &[&str] = &[
    "open-path-only",
    "list-attributes",
    "look-at-flag",
    "look-at-flag-newer",
    "ask-for-access",
    "read-link",
    "look-at-file-system",
    "ask-where",
    "change-folder",
    "read-inherited-file",
    "list-inherited-folder",
    "any-inherited-descriptor",
    "write-out-everything",
    "connect-inet",
    "connect-inet6",
    "send-datagram",
    "socket-netlink",
    "socket-pair",
    "name-another-peer",
    "reconnect-own-socket",
    "accept-on-own-socket",
    "set-option",
    "ask-who-the-peer-is",
    "receive-a-descriptor",
    "send-a-descriptor",
    "queue-of-many-messages",
    "signal-when-time-passes",
    "processors-of-its-own",
    "group-of-its-own",
    "wait-for-anybody",
    "map-executable",
    "map-writable-and-executable",
    "map-only-executable",
    "make-executable",
    "make-executable-with-growth",
    "make-executable-with-key",
    "write-own-code",
    "map-a-file-executable",
    "memory-file",
    "wake-who-maps-the-same",
    "lock-memory",
    "own-rules",
    "ask-which-machine",
    "ask-how-busy",
    "call-that-does-not-exist-yet",
    "any-request-to-a-device",
    "signal-descriptor",
    "timer-descriptor",
    "pipe",
    "splice",
    "outlive-the-parent",
    "time-stamp-counter",
    "raise-limits",
    "change-mask",
    "new-session",
];

#[test]
fn native_code_in_a_confined_server_gets_only_what_a_server_needs() {
    for user in User::all() {
        let verdicts = judge_all(Profile::Server, *user);
        let others: Vec<String> = verdicts
            .iter()
            .filter(|verdict| !verdict.held() && !A_SERVER_MAY.contains(&verdict.attack))
            .map(|verdict| verdict.line().unwrap())
            .collect();
        assert!(others.is_empty(), "as {user:?}:\n{}", others.join("\n"));
    }
    let unknown: Vec<&&str> = A_SERVER_MAY
        .iter()
        .filter(|name| attacks::named(name).is_none())
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// Whether this user should get what the attack wants.
fn expects(attack: &Attack, user: User) -> bool {
    match attack.needs {
        Needs::Nothing => true,
        Needs::Root => user == User::Root,
        Needs::NoControl(_) => false,
    }
}

#[test]
fn the_same_attacks_succeed_where_nothing_confines_them() {
    let mut shown = HashSet::new();
    let mut failed = Vec::new();
    for user in User::all() {
        let mut judge = Judge::new(PROGRAM).unwrap();
        for attack in attacks::all().filter(|attack| expects(attack, *user)) {
            let verdict = judge.judge(attack, Profile::None, *user).unwrap();
            match verdict.outcome {
                Outcome::Got(_) => {
                    shown.insert(attack.name);
                }
                Outcome::Refused(error) if LACKING.contains(&error) => {
                    println!("{}: this kernel has no such thing ({error})", attack.name);
                }
                Outcome::Refused(_) | Outcome::Killed | Outcome::Died(_) | Outcome::Hung => {
                    failed.push(verdict.line().unwrap());
                }
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    let without: Vec<&str> = attacks::all()
        .map(|attack| attack.name)
        .filter(|name| !shown.contains(name))
        .collect();
    println!(
        "{} attacks succeed; not shown: {}",
        shown.len(),
        without.join(", ")
    );
    // Whoever runs the tests as an ordinary user shows what an ordinary user can.
    let least = if User::all().contains(&User::Root) {
        150
    } else {
        100
    };
    assert!(shown.len() >= least, "only {} were shown", shown.len());
}

#[test]
fn no_two_attacks_have_the_same_name() {
    let mut names = HashSet::new();
    for attack in attacks::all() {
        assert!(names.insert(attack.name), "{}", attack.name);
    }
}
