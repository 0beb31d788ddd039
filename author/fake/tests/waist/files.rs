//! Files.

use bailiwick::capability::files::{
    CloseHandle, Commit, Create, ListFiles, OpenReader, Read, ReadFile, ReadRange, Seek, Size,
    Write, WriteFile,
};
use bailiwick::policy::Limit;
use bailiwick::waist::Failure;
use bailiwick_fake::{Case, Content, Family, Fault, Outcome, Place, World};

use super::Stage;

const GRANTS: &str = r#"
read-file = ["data/**", { path = "small/*", max-size = "4 B" }]
write-file = ["out/**", "top.txt", { path = "small/*", max-size = "4 B" }]
list-files = [".", "data", "data/**", "nothing", "!data/hidden"]
"#;

fn world() -> World {
    World::new()
        .file("data/a.txt", "0123456789")
        .file("data/deep/b.txt", "b")
        .file("data/hidden", "h")
        .file("small/5.txt", "12345")
        .file("small/4.txt", "1234")
        .file("secret.txt", "s")
        .directory("out")
}

fn stage() -> Stage {
    Stage::new(&world(), GRANTS)
}

fn read(path: &str) -> ReadFile {
    ReadFile { path: path.into() }
}

fn write(path: &str, bytes: &str) -> WriteFile {
    WriteFile {
        path: path.into(),
        bytes: bytes.into(),
    }
}

fn list(path: &str) -> ListFiles {
    ListFiles { path: path.into() }
}

#[tokio::test]
async fn reads_what_is_granted_and_tells_nothing_of_the_rest() {
    let mut stage = stage();
    assert_eq!(
        stage.attempt(read("data/a.txt")).await.unwrap(),
        b"0123456789"
    );
    assert_eq!(
        stage.attempt(read("data/none")).await,
        Err(Failure::NotFound)
    );
    assert_eq!(
        stage.attempt(read("secret.txt")).await,
        Err(Failure::Denied)
    );
    assert_eq!(
        stage.attempt(read("not-there.txt")).await,
        Err(Failure::Denied)
    );
    assert_eq!(
        stage.attempt(read("../etc/passwd")).await,
        Err(Failure::Denied)
    );
    assert_eq!(
        stage.attempts(),
        [
            "read-file data/a.txt: done",
            "read-file data/none: not-found",
            "read-file secret.txt: denied",
            "read-file not-there.txt: denied",
            "read-file ../etc/passwd: denied",
        ]
    );
    let attempts = stage.performance.attempts();
    let Outcome::Denied(denial) = attempts[2].outcome() else {
        panic!("{attempts:?}")
    };
    assert_eq!(
        denial.remedy().unwrap(),
        "add `\"secret.txt\"` to `read-file` under `[tools.t]` in `bailiwick.toml`"
    );
}

#[tokio::test]
async fn a_directory_is_no_file_and_a_file_no_directory() {
    let mut stage = stage();
    assert_eq!(stage.attempt(read("data/deep")).await, Err(Failure::Denied));
    assert_eq!(
        stage.attempt(read("data/a.txt/x")).await,
        Err(Failure::NotFound)
    );
    assert_eq!(
        stage.attempt(list("data/a.txt")).await,
        Err(Failure::NotFound)
    );
    assert_eq!(
        stage.attempts(),
        [
            "read-file data/deep: denied",
            "read-file data/a.txt/x: not-found",
            "list-files data/a.txt: not-found",
        ]
    );
}

#[tokio::test]
async fn reads_a_range_up_to_the_end_and_not_past_it() {
    let mut stage = stage();
    for (offset, length, part) in [
        (0, 3, "012"),
        (8, 3, "89"),
        (10, 1, ""),
        (11, 1, ""),
        (u64::MAX, 1, ""),
        (2, 0, ""),
    ] {
        let range = ReadRange {
            path: "data/a.txt".into(),
            offset,
            length,
        };
        assert_eq!(
            stage.attempt(range).await.unwrap(),
            part.as_bytes(),
            "{offset} {length}"
        );
    }
}

#[tokio::test]
async fn the_ceiling_of_a_rule_is_for_reading_and_writing_at_it_and_one_past() {
    let mut stage = stage();
    assert_eq!(stage.attempt(read("small/4.txt")).await.unwrap(), b"1234");
    assert_eq!(
        stage.attempt(read("small/5.txt")).await,
        Err(Failure::RuleLimit)
    );
    assert_eq!(stage.attempt(write("small/4.txt", "5678")).await, Ok(()));
    assert_eq!(
        stage.attempt(write("small/4.txt", "56789")).await,
        Err(Failure::RuleLimit)
    );
    let written = stage.performance.written();
    assert_eq!(
        written.into_iter().collect::<Vec<_>>(),
        [("small/4.txt".to_owned(), "5678".into())]
    );
}

#[tokio::test]
async fn a_reader_has_a_position_that_can_be_moved_anywhere() {
    let mut stage = stage();
    let path = "data/a.txt".to_owned();
    let reader = stage.attempt(OpenReader { path }).await.unwrap();
    assert_eq!(stage.held(Size { reader }).await, Ok(10));
    assert_eq!(stage.held(Read { reader, max: 4 }).await.unwrap(), b"0123");
    assert_eq!(stage.held(Read { reader, max: 0 }).await.unwrap(), b"");
    assert_eq!(
        stage.held(Read { reader, max: 100 }).await.unwrap(),
        b"456789"
    );
    assert_eq!(stage.held(Read { reader, max: 1 }).await.unwrap(), b"");
    stage.held(Seek { reader, offset: 9 }).await.unwrap();
    assert_eq!(stage.held(Read { reader, max: 9 }).await.unwrap(), b"9");
    stage
        .held(Seek {
            reader,
            offset: u64::MAX,
        })
        .await
        .unwrap();
    assert_eq!(stage.held(Read { reader, max: 9 }).await.unwrap(), b"");
    stage.held(CloseHandle { handle: reader }).await.unwrap();
    assert!(matches!(
        stage.held(Size { reader }).await,
        Err(Failure::Fault(_))
    ));
    assert_eq!(stage.attempts(), ["read-file data/a.txt: done"]);
}

#[tokio::test]
async fn an_open_reader_still_sees_the_old_content() {
    let grants = "read-file = [\"x\"]\nwrite-file = [\"x\"]";
    let mut stage = Stage::new(&World::new().file("x", "old"), grants);
    let reader = stage
        .attempt(OpenReader { path: "x".into() })
        .await
        .unwrap();
    stage.attempt(write("x", "new")).await.unwrap();
    assert_eq!(stage.held(Read { reader, max: 9 }).await.unwrap(), b"old");
    assert_eq!(stage.attempt(read("x")).await.unwrap(), b"new");
}

#[tokio::test]
async fn a_writer_changes_nothing_before_its_commit_and_takes_nothing_after_it() {
    let mut stage = stage();
    let path = || "out/x".to_owned();
    let writer = stage.attempt(Create { path: path() }).await.unwrap();
    let bytes = || b"ab".to_vec();
    stage
        .held(Write {
            writer,
            bytes: bytes(),
        })
        .await
        .unwrap();
    stage
        .held(Write {
            writer,
            bytes: bytes(),
        })
        .await
        .unwrap();
    assert!(stage.performance.written().is_empty());
    stage.held(Commit { writer }).await.unwrap();
    assert_eq!(stage.performance.written()["out/x"], Content::from("abab"));
    stage.held(Commit { writer }).await.unwrap();
    let refused = stage
        .held(Write {
            writer,
            bytes: bytes(),
        })
        .await;
    assert!(matches!(refused, Err(Failure::Invalid(_))), "{refused:?}");

    let dropped = stage.attempt(Create { path: path() }).await.unwrap();
    stage
        .held(Write {
            writer: dropped,
            bytes: b"other".to_vec(),
        })
        .await
        .unwrap();
    stage.held(CloseHandle { handle: dropped }).await.unwrap();
    assert_eq!(stage.performance.written()["out/x"], Content::from("abab"));
}

#[tokio::test]
async fn no_directory_is_made_for_a_file() {
    let mut stage = stage();
    assert_eq!(stage.attempt(write("top.txt", "t")).await, Ok(()));
    assert_eq!(stage.attempt(write("out/x", "x")).await, Ok(()));
    assert_eq!(
        stage.attempt(write("out/deep/x", "x")).await,
        Err(Failure::NotFound)
    );
    assert_eq!(
        stage.attempt(write("data/a.txt", "x")).await,
        Err(Failure::Denied)
    );
    let written: Vec<String> = stage.performance.written().into_keys().collect();
    assert_eq!(written, ["out/x", "top.txt"]);
}

#[tokio::test]
async fn what_is_written_as_it_was_is_no_change() {
    let grants = "write-file = [\"x\"]";
    let mut stage = Stage::new(&World::new().file("x", Content::repeated("a", 3)), grants);
    stage.attempt(write("x", "aaa")).await.unwrap();
    assert!(stage.performance.written().is_empty());
    assert_eq!(stage.attempts(), ["write-file x: done"]);
}

#[tokio::test]
async fn lists_what_may_be_seen_sorted_by_name() {
    let mut stage = stage();
    let shown = |entries: Vec<bailiwick::capability::files::Entry>| -> Vec<String> {
        let shown = entries
            .into_iter()
            .map(|entry| format!("{} {} {}", entry.name, entry.directory, entry.size));
        shown.collect()
    };
    let root = shown(stage.attempt(list(".")).await.unwrap());
    assert_eq!(
        root,
        [
            "data true 0",
            "out true 0",
            "secret.txt false 1",
            "small true 0"
        ]
    );
    let data = shown(stage.attempt(list("data")).await.unwrap());
    assert_eq!(data, ["a.txt false 10", "deep true 0"]);
    assert_eq!(stage.attempt(list("nothing")).await, Err(Failure::NotFound));
    assert_eq!(stage.attempt(list("out")).await, Err(Failure::Denied));
}

#[tokio::test]
async fn the_limits_of_the_call_are_the_host_s() {
    let limits = "[tools.t.limits]\nhandles = 1\nfile-read-bytes = \"12 B\"\nhost-call-bytes = \"4 KiB\"\nlist-entries = 3";
    let world = world().file("data/large", Content::repeated("x", 4097));
    let mut stage = Stage::new(&world, &format!("{GRANTS}{limits}"));
    let limit = |limit| Err(Failure::Limit(limit));
    assert_eq!(
        stage.attempt(read("data/large")).await.map(drop),
        limit(Limit::HostCallBytes)
    );
    assert_eq!(
        stage.attempt(list(".")).await.map(drop),
        limit(Limit::ListEntries)
    );
    let open = |path: &str| OpenReader { path: path.into() };
    let reader = stage.attempt(open("data/large")).await.unwrap();
    assert_eq!(
        stage.attempt(open("data/a.txt")).await.map(drop),
        limit(Limit::Handles)
    );
    assert_eq!(
        stage.held(Read { reader, max: 12 }).await.unwrap().len(),
        12
    );
    assert_eq!(
        stage.held(Read { reader, max: 1 }).await.map(drop),
        limit(Limit::FileReadBytes)
    );
    assert_eq!(
        stage.held(Read { reader, max: 4097 }).await.map(drop),
        limit(Limit::HostCallBytes)
    );
    assert_eq!(
        stage.attempts(),
        [
            "read-file data/large: limit(host-call-bytes)",
            "list-files .: limit(list-entries)",
            "read-file data/large: done",
            "read-file data/a.txt: limit(handles)",
        ]
    );
}

#[tokio::test]
async fn a_broken_path_fails_as_the_world_says_but_only_where_it_is_granted() {
    for case in Case::all(Family::Files) {
        let world = world()
            .broken("data/a.txt", case.clone())
            .broken("secret.txt", case.clone());
        let mut stage = Stage::new(&world, GRANTS);
        let failed = stage.attempt(read("data/a.txt")).await.unwrap_err();
        assert_eq!(
            stage.performance.attempts()[0].outcome(),
            &Outcome::Failed(failed),
            "{case}"
        );
        assert_eq!(
            stage.performance.attempts()[0].ending(),
            case.to_string().split("(\"").next().unwrap()
        );
        assert_eq!(
            stage.attempt(read("secret.txt")).await,
            Err(Failure::Denied),
            "{case}"
        );
        assert_eq!(stage.attempt(read("data/deep/b.txt")).await.unwrap(), b"b");
    }
}

#[tokio::test]
async fn a_fault_hits_its_place_and_no_other_after_the_uses_that_it_spares() {
    let case = || Case::new(Family::Files, "quota", None).unwrap();
    let world = world()
        .fault(Fault::always(Place::Operation("write-file.create"), case()))
        .fault(Fault::after(2, Place::Operation("reader.read"), case()));
    let mut stage = Stage::new(&world, GRANTS);
    assert_eq!(stage.attempt(write("out/x", "x")).await, Ok(()));
    assert_eq!(
        stage
            .attempt(Create {
                path: "out/x".into()
            })
            .await,
        Err(Failure::Quota)
    );
    let reader = stage
        .attempt(OpenReader {
            path: "data/a.txt".into(),
        })
        .await
        .unwrap();
    for expected in [
        Ok(b"0".to_vec()),
        Ok(b"1".to_vec()),
        Err(Failure::Quota),
        Err(Failure::Quota),
    ] {
        assert_eq!(stage.held(Read { reader, max: 1 }).await, expected);
    }
}

#[tokio::test]
async fn a_huge_file_is_read_in_pieces_without_being_there() {
    let world = World::new().file("data/huge", Content::repeated("0123456789", 1 << 50));
    let mut stage = Stage::new(&world, GRANTS);
    let reader = stage
        .attempt(OpenReader {
            path: "data/huge".into(),
        })
        .await
        .unwrap();
    assert_eq!(stage.held(Size { reader }).await, Ok(1 << 50));
    stage
        .held(Seek {
            reader,
            offset: (1 << 50) - 3,
        })
        .await
        .unwrap();
    assert_eq!(stage.held(Read { reader, max: 10 }).await.unwrap(), b"123");
}
