//! The probe of tools that call tools: each function does what its WIT says, and nothing else.

use std::hint::black_box;

use bailiwick::files::read_file;
use bailiwick::key_value::key_value;
use bailiwick::log::log::{self, Level};
use bailiwick::progress::progress;
use bailiwick::tools::call_tool;
use exports::probe::tools::driver::{Error, Guest};

wit_bindgen::generate!({
    path: [
        "../../../wit/files",
        "../../../wit/key-value",
        "../../../wit/log",
        "../../../wit/progress",
        "../../../wit/tools",
        "wit",
    ],
    world: "probe:tools/probe",
    generate_all,
});

struct Probe;

export!(Probe);

impl Guest for Probe {
    fn call(tool: String, arguments: String) -> Result<String, Error> {
        call_tool::call(&tool, &arguments)
    }

    fn many(tool: String, arguments: String, times: u32) -> u32 {
        let answered = |_: &u32| call_tool::call(&tool, &arguments).is_ok();
        (0..times).take_while(answered).count() as u32
    }

    fn survive(tool: String, arguments: String) -> String {
        match call_tool::call(&tool, &arguments) {
            Ok(answer) => format!("answer {answer}"),
            Err(error) => format!("{error:?}"),
        }
    }

    fn read(path: String) -> Result<u64, String> {
        let content = read_file::read(&path).map_err(|error| format!("{error:?}"))?;
        Ok(content.len() as u64)
    }

    fn keep(key: String, value: String) -> Result<(), String> {
        key_value::set(&key, value.as_bytes()).map_err(|error| format!("{error:?}"))
    }

    fn kept(key: String) -> Result<Option<String>, String> {
        let value = key_value::get(&key).map_err(|error| format!("{error:?}"))?;
        Ok(value.map(|value| String::from_utf8_lossy(&value).into_owned()))
    }

    fn burn(rounds: u64) -> u64 {
        (0..rounds).fold(0, |sum, round| black_box(sum ^ black_box(round)))
    }

    fn grow(bytes: u32) -> u32 {
        black_box(vec![1_u8; bytes as usize]).len() as u32
    }

    fn trap() {
        std::process::abort()
    }

    fn fail() -> Result<(), String> {
        Err("it will not".to_owned())
    }

    fn report(done: u64, total: Option<u64>, message: Option<String>) {
        progress::report(done, total, message.as_deref());
        log::log(Level::Info, "reported");
    }
}
