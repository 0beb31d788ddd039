//! `bailiwick:files`: each function an operation, each answer a result.

use bailiwick::capability::files as operation;
use bailiwick::policy::Limit;
use bailiwick::waist::{Failure, HandleId, Reply, answer, reply};
use wasmtime::component::Resource;

use super::State;
use super::bindings::bailiwick::files::{list_files, read_file, types, write_file};

/// The guest's side of an open file.
#[derive(Debug)]
#[expect(
    unreachable_pub,
    reason = "the generated code makes a public name of it"
)]
pub enum Reader {}

/// The guest's side of a file that is being written.
#[derive(Debug)]
#[expect(
    unreachable_pub,
    reason = "the generated code makes a public name of it"
)]
pub enum Writer {}

impl From<Failure> for types::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::NotFound => Self::NotFound,
            Failure::Limit(limit) => match case(limit) {
                Some(case) => Self::Limit(case),
                None => Self::Other(limit.code().to_owned()),
            },
            Failure::RuleLimit => Self::Limit(types::Limit::FileSize),
            Failure::Quota => Self::Quota,
            Failure::Secret => Self::Secret,
            Failure::Unavailable(_) => Self::Unavailable,
            Failure::Invalid(text) => Self::Invalid(text),
            Failure::Other(text) | Failure::Fault(text) => Self::Other(text),
        }
    }
}

/// The limits that the stage has operations on files meet.
fn case(limit: Limit) -> Option<types::Limit> {
    let cases = [
        (Limit::HostCallBytes, types::Limit::HostCallBytes),
        (Limit::FileReadBytes, types::Limit::FileReadBytes),
        (Limit::FileWriteBytes, types::Limit::FileWriteBytes),
        (Limit::ListEntries, types::Limit::ListEntries),
        (Limit::Handles, types::Limit::Handles),
        (Limit::HostCalls, types::Limit::HostCalls),
        (Limit::Time, types::Limit::Time),
    ];
    cases
        .into_iter()
        .find(|(known, _)| *known == limit)
        .map(|(_, case)| case)
}

impl types::Host for State {}

impl types::HostReader for State {
    async fn read(&mut self, this: Resource<Reader>, max: u32) -> Reply<Vec<u8>, types::Error> {
        let reader = HandleId(this.rep());
        reply(self.ask(operation::Read { reader, max }).await)
    }

    async fn size(&mut self, this: Resource<Reader>) -> wasmtime::Result<u64> {
        let reader = HandleId(this.rep());
        answer(self.ask(operation::Size { reader }).await)
    }

    async fn seek(&mut self, this: Resource<Reader>, offset: u64) -> wasmtime::Result<()> {
        let reader = HandleId(this.rep());
        answer(self.ask(operation::Seek { reader, offset }).await)
    }

    async fn drop(&mut self, this: Resource<Reader>) -> wasmtime::Result<()> {
        let handle = HandleId(this.rep());
        answer(self.ask(operation::CloseHandle { handle }).await)
    }
}

impl types::HostWriter for State {
    async fn write(&mut self, this: Resource<Writer>, bytes: Vec<u8>) -> Reply<(), types::Error> {
        let writer = HandleId(this.rep());
        reply(self.ask(operation::Write { writer, bytes }).await)
    }

    async fn commit(&mut self, this: Resource<Writer>) -> Reply<(), types::Error> {
        let writer = HandleId(this.rep());
        reply(self.ask(operation::Commit { writer }).await)
    }

    async fn drop(&mut self, this: Resource<Writer>) -> wasmtime::Result<()> {
        let handle = HandleId(this.rep());
        answer(self.ask(operation::CloseHandle { handle }).await)
    }
}

impl read_file::Host for State {
    async fn read(&mut self, path: String) -> Reply<Vec<u8>, types::Error> {
        reply(self.ask(operation::ReadFile { path }).await)
    }

    async fn read_range(
        &mut self,
        path: String,
        offset: u64,
        length: u32,
    ) -> Reply<Vec<u8>, types::Error> {
        let range = operation::ReadRange {
            path,
            offset,
            length,
        };
        reply(self.ask(range).await)
    }

    async fn open(&mut self, path: String) -> Reply<Resource<Reader>, types::Error> {
        let opened = self.ask(operation::OpenReader { path }).await;
        reply(opened.map(|id| Resource::new_own(id.0)))
    }
}

impl write_file::Host for State {
    async fn write(&mut self, path: String, bytes: Vec<u8>) -> Reply<(), types::Error> {
        reply(self.ask(operation::WriteFile { path, bytes }).await)
    }

    async fn create(&mut self, path: String) -> Reply<Resource<Writer>, types::Error> {
        let created = self.ask(operation::Create { path }).await;
        reply(created.map(|id| Resource::new_own(id.0)))
    }
}

impl list_files::Host for State {
    async fn list(&mut self, path: String) -> Reply<Vec<list_files::Entry>, types::Error> {
        let listed = self.ask(operation::ListFiles { path }).await;
        reply(listed.map(|entries| entries.into_iter().map(entry).collect()))
    }
}

fn entry(entry: operation::Entry) -> list_files::Entry {
    let kind = if entry.directory {
        list_files::Kind::Directory
    } else {
        list_files::Kind::File
    };
    list_files::Entry {
        name: entry.name,
        kind,
        size: entry.size,
    }
}
