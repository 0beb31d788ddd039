//! A host that is killed in the middle: the old file or the new one, and no rest.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use bailiwick_tests::hold::{Hold, call, worker};
use bailiwick_tests::world::World;

/// How often a writer is killed.
const KILLS: u32 = 8;

/// Bytes of each of the files that it writes.
const BYTES: usize = 1_000_000;

#[test]
fn a_writer_that_is_killed_leaves_the_old_file_or_the_new_one() {
    let world = World::new();
    world.write("out/file", vec![b'0'; BYTES]);
    for _ in 0..KILLS {
        let mut writer = Writer::start(&world);
        writer.wait_for_temporary_file(&world);
        writer.kill();
        let content = world.read("out/file").unwrap();
        assert_eq!(content.len(), BYTES, "the file is torn");
        assert!(
            content.iter().all(|byte| *byte == content[0]),
            "the file is mixed"
        );
    }
    let left = || {
        names(&world)
            .iter()
            .filter(|name| name.starts_with(".bailiwick-"))
            .count()
    };
    assert!(left() > 0, "no kill came in the middle of a write");
    let hold = Hold::new(
        world,
        "read-file = []\nwrite-file = [\"out/**\"]\nlist-files = []\n",
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let tool = hold.guest("probe-files");
    let ended = runtime.block_on(call(&tool, "write", "[\"out/other\", \"AAAA\"]"));
    assert_eq!(ended, "answer null");
    assert_eq!(
        names(&hold.world),
        ["file", "other"],
        "the next host did not sweep"
    );
}

#[test]
fn a_temporary_file_that_somebody_is_writing_is_not_swept() {
    let world = World::new();
    world.write("out/file", vec![b'0'; BYTES]);
    let mut writer = Writer::start(&world);
    writer.wait_for_temporary_file(&world);
    let hold = Hold::new(
        world,
        "read-file = []\nwrite-file = [\"out/**\"]\nlist-files = []\n",
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let tool = hold.guest("probe-files");
    for _ in 0..20 {
        let ended = runtime.block_on(call(&tool, "write", "[\"out/other\", \"AAAA\"]"));
        assert_eq!(ended, "answer null");
    }
    // The other process stops with a panic as soon as one of its writes fails.
    assert!(writer.is_alive(), "its file was taken away from it");
    writer.kill();
}

/// The other process, which writes for ever.
struct Writer(Child);

impl Writer {
    fn start(world: &World) -> Self {
        let mut command = Command::new(worker());
        command
            .arg("write-for-ever")
            .arg(world.root())
            .arg("out/file");
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        assert_eq!(line, "writing\n");
        Self(child)
    }

    /// Returns while there is a file that is being written.
    fn wait_for_temporary_file(&mut self, world: &World) {
        while !names(world)
            .iter()
            .any(|name| name.starts_with(".bailiwick-"))
        {
            assert!(self.is_alive(), "the writer gave up");
            std::thread::yield_now();
        }
    }

    fn is_alive(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn names(world: &World) -> Vec<String> {
    let entries = std::fs::read_dir(world.root().join("out")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
