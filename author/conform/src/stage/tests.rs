//! The stage by itself: what is there, what goes wrong, and what is noted.

use std::any::Any;

use bailiwick::capability::clock::Now;
use bailiwick::capability::files::{
    Commit, Create, ListFiles, OpenReader, Read, ReadFile, Size, Write, WriteFile,
};
use bailiwick::capability::http::{Get, OpenGet, ReadBody};
use bailiwick::policy::Limit;
use bailiwick::waist::{AnyOperation, Failure, HandleId, Operation, Performer};
use futures_util::FutureExt as _;

use super::*;

struct Asked<O>(O);

impl<O: Operation> AnyOperation for Asked<O> {
    fn name(&self) -> &'static str {
        O::NAME
    }

    fn as_any(&self) -> &dyn Any {
        &self.0
    }
}

fn ask<O: Operation>(performer: &mut dyn Performer, operation: O) -> Result<O::Reply, Failure> {
    let reply = performer
        .perform(Box::new(Asked(operation)))
        .now_or_never()
        .unwrap()?;
    Ok(*reply.downcast::<O::Reply>().unwrap())
}

const MEMORY: u64 = 1 << 20;

fn stage() -> Stage {
    Stage::new(MEMORY)
}

fn read(path: &str) -> ReadFile {
    ReadFile { path: path.into() }
}

#[test]
fn every_well_formed_path_is_a_file_and_the_others_are_denied() {
    let (mut play, _) = stage().play();
    assert_eq!(
        ask(&mut *play, read("any/thing.txt")).unwrap(),
        b"first,line\nsecond,line\n"
    );
    assert_eq!(ask(&mut *play, read("conform/empty")).unwrap(), b"");
    for path in ["", "/etc/passwd", "../a", "a//b", "a\0b"] {
        assert_eq!(
            ask(&mut *play, read(path)),
            Err(Failure::Denied),
            "{path:?}"
        );
    }
}

#[test]
fn one_file_is_larger_than_the_memory() {
    let (mut play, _) = stage().play();
    let path = "conform/larger-than-memory.csv".to_owned();
    let reader = ask(&mut *play, OpenReader { path }).unwrap();
    assert_eq!(
        ask(&mut *play, Size { reader }).unwrap(),
        MEMORY + (64 << 10)
    );
    let mut total = 0;
    loop {
        let piece = ask(
            &mut *play,
            Read {
                reader,
                max: 60_000,
            },
        )
        .unwrap();
        if piece.is_empty() {
            break;
        }
        total += piece.len() as u64;
    }
    assert_eq!(total, MEMORY + (64 << 10));
}

#[test]
fn what_one_call_may_carry_is_held_against_the_limit() {
    let (mut play, _) = Stage::new(64 << 20).play();
    let large = read("conform/larger-than-memory.csv");
    assert_eq!(
        ask(&mut *play, large),
        Err(Failure::Limit(Limit::HostCallBytes))
    );
}

#[test]
fn walking_through_all_directories_ends() {
    let (mut play, _) = stage().play();
    let mut open = vec![".".to_owned()];
    let mut files = 0;
    while let Some(path) = open.pop() {
        for entry in ask(&mut *play, ListFiles { path: path.clone() }).unwrap() {
            let path = if path == "." {
                entry.name.clone()
            } else {
                format!("{path}/{}", entry.name)
            };
            if entry.directory {
                open.push(path);
            } else {
                files += 1;
            }
        }
    }
    assert_eq!(files, 1 + READERS.len());
}

#[test]
fn what_was_written_can_be_read_and_is_noted() {
    let (mut play, watch) = stage().play();
    let (path, bytes) = ("out.txt".to_owned(), b"abc".to_vec());
    ask(&mut *play, WriteFile { path, bytes }).unwrap();
    assert_eq!(ask(&mut *play, read("out.txt")).unwrap(), b"abc");
    let writer = ask(
        &mut *play,
        Create {
            path: "late.txt".into(),
        },
    )
    .unwrap();
    ask(
        &mut *play,
        Write {
            writer,
            bytes: b"x".to_vec(),
        },
    )
    .unwrap();
    assert_eq!(
        watch.traces().written,
        [("out.txt".to_owned(), b"abc".as_slice().into())]
    );
    ask(&mut *play, Commit { writer }).unwrap();
    assert_eq!(ask(&mut *play, read("late.txt")).unwrap(), b"x");
    assert!(matches!(
        ask(
            &mut *play,
            Write {
                writer,
                bytes: Vec::new()
            }
        ),
        Err(Failure::Invalid(_))
    ));
    assert_eq!(watch.traces().asked_to_write, ["out.txt", "late.txt"]);
}

#[test]
fn every_url_answers_and_some_have_an_edge() {
    let (mut play, _) = stage().play();
    let mut get = |url: &str| ask(&mut *play, Get { url: url.into() });
    assert_eq!(get("https://any.example/a").unwrap().head.status, 200);
    assert_eq!(get("https://any.example/broken").unwrap().head.status, 500);
    assert_eq!(get("no url"), Err(Failure::Denied));
    let url = "https://any.example/larger-than-memory".to_owned();
    let incoming = ask(&mut *play, OpenGet { url }).unwrap();
    assert_eq!(
        ask(
            &mut *play,
            ReadBody {
                incoming,
                max: 1 << 20
            }
        )
        .unwrap()
        .len(),
        16 << 10
    );
}

#[test]
fn trouble_comes_everywhere_or_once_and_only_where_the_wit_has_it() {
    let stage = stage();
    for trouble in Trouble::ALL {
        let (mut play, _) = stage.clone().with(trouble, When::Always).play();
        let expected = trouble.at("read-file.read");
        match expected {
            Some(failure) => {
                assert_eq!(ask(&mut *play, read("a")), Err(failure.clone()));
                assert_eq!(ask(&mut *play, read("a")), Err(failure));
            }
            None => assert!(ask(&mut *play, read("a")).is_ok(), "{trouble:?}"),
        }
    }
    let (mut play, watch) = stage.with(Trouble::Unavailable, When::Nth(1)).play();
    assert!(ask(&mut *play, read("a")).is_ok());
    assert!(matches!(
        ask(&mut *play, read("a")),
        Err(Failure::Unavailable(_))
    ));
    assert!(ask(&mut *play, read("a")).is_ok());
    assert_eq!(watch.traces().operations, ["read-file.read"; 3]);
}

#[test]
fn what_the_host_opens_and_commits_for_arguments_never_fails() {
    let stage = stage().with(Trouble::Quota, When::Always).lending(1);
    let (mut play, watch) = stage.play();
    let writer = ask(
        &mut *play,
        Create {
            path: "conform/output.txt".into(),
        },
    )
    .unwrap();
    assert_eq!(
        ask(
            &mut *play,
            Write {
                writer,
                bytes: b"a".to_vec()
            }
        ),
        Err(Failure::Quota)
    );
    ask(&mut *play, Commit { writer }).unwrap();
    assert_eq!(
        ask(&mut *play, Create { path: "own".into() }),
        Err(Failure::Quota)
    );
    assert_eq!(watch.traces().asked_to_write, ["own"]);
    assert!(matches!(
        ask(
            &mut *play,
            Size {
                reader: HandleId(99)
            }
        ),
        Err(Failure::Fault(_))
    ));
}

#[test]
fn the_clock_is_denied_where_it_is_not_granted() {
    let (mut play, _) = stage().without_sources().play();
    assert_eq!(ask(&mut *play, Now).map(|_| ()), Err(Failure::Denied));
    let (mut play, _) = stage().play();
    assert!(ask(&mut *play, Now).is_ok());
}
