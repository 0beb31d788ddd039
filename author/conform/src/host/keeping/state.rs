//! `bailiwick:progress`, `bailiwick:key-value` and `bailiwick:tools`: each function an operation, each answer a result.

use bailiwick::capability::key_value::{CompareAndSet, Delete, Get, List, Set};
use bailiwick::capability::progress::Report;
use bailiwick::capability::tools::{CallTool, Called};
use bailiwick::waist::{Failure, Reply, answer, reply};

use super::State;
use super::bindings::bailiwick::key_value::key_value;
use super::bindings::bailiwick::progress::progress;
use super::bindings::bailiwick::tools::call_tool;

impl progress::Host for State {
    async fn report(
        &mut self,
        done: u64,
        total: Option<u64>,
        message: Option<String>,
    ) -> wasmtime::Result<()> {
        let report = Report {
            done,
            total,
            message,
        };
        answer(self.ask(report).await)
    }
}

impl From<Failure> for key_value::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::Limit(_) | Failure::RuleLimit => Self::Limit,
            Failure::Quota => Self::Quota,
            Failure::Secret => Self::Secret,
            Failure::Unavailable(_) | Failure::NotFound => Self::Unavailable,
            Failure::Invalid(text) => Self::Invalid(text),
            Failure::Other(text) | Failure::Fault(text) => Self::Other(text),
        }
    }
}

impl key_value::Host for State {
    async fn get(&mut self, key: String) -> Reply<Option<Vec<u8>>, key_value::Error> {
        reply(self.ask(Get { key }).await)
    }

    async fn set(&mut self, key: String, value: Vec<u8>) -> Reply<(), key_value::Error> {
        reply(self.ask(Set { key, value }).await)
    }

    async fn compare_and_set(
        &mut self,
        key: String,
        expected: Option<Vec<u8>>,
        value: Vec<u8>,
    ) -> Reply<bool, key_value::Error> {
        let operation = CompareAndSet {
            key,
            expected,
            value,
        };
        reply(self.ask(operation).await)
    }

    async fn delete(&mut self, key: String) -> Reply<(), key_value::Error> {
        reply(self.ask(Delete { key }).await)
    }

    async fn list(
        &mut self,
        prefix: String,
        after: Option<String>,
        most: u32,
    ) -> Reply<key_value::Keys, key_value::Error> {
        let operation = List {
            prefix,
            after,
            most,
        };
        let listed = self.ask(operation).await;
        reply(listed.map(|part| key_value::Keys {
            keys: part.keys,
            next: part.next,
        }))
    }
}

impl From<Failure> for call_tool::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::Limit(_) | Failure::RuleLimit => Self::Limit,
            Failure::Quota => Self::Quota,
            Failure::Secret => Self::Secret,
            Failure::Unavailable(_) | Failure::NotFound => Self::Unavailable,
            Failure::Invalid(text) => Self::Invalid(text),
            Failure::Other(text) | Failure::Fault(text) => Self::Other(text),
        }
    }
}

impl call_tool::Host for State {
    async fn call(&mut self, tool: String, arguments: String) -> Reply<String, call_tool::Error> {
        let (tool, function) = match tool.split_once('.') {
            Some((tool, function)) => (tool.to_owned(), Some(function.to_owned())),
            None => (tool, None),
        };
        let operation = CallTool {
            tool,
            function,
            arguments,
        };
        Ok(match reply(self.ask(operation).await)? {
            Ok(Called::Answer(json)) => Ok(json),
            Ok(Called::ToolError(json)) => Err(call_tool::Error::ToolError(json)),
            Ok(Called::Trap) => Err(call_tool::Error::Trap),
            Err(error) => Err(error),
        })
    }
}
