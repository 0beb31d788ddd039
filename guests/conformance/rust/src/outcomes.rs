//! The outcome of a call: a result at the top is the answer, or the error of the tool.

use crate::Tool;
use crate::exports::bailiwick::conformance::outcomes::{Failure, Guest};

impl Guest for Tool {
    fn answer(value: Option<String>) -> Result<String, Failure> {
        value.ok_or_else(|| Failure::Because("there is no value".into()))
    }

    fn fail(failure: Failure) -> Result<u32, Failure> {
        Err(failure)
    }

    fn bare(ok: bool) -> Result<(), ()> {
        if ok { Ok(()) } else { Err(()) }
    }

    fn only_error(error: Option<String>) -> Result<(), String> {
        error.map_or(Ok(()), Err)
    }

    fn only_answer(answer: Option<String>) -> Result<String, ()> {
        answer.ok_or(())
    }
}
