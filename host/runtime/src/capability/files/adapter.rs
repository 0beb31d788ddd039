//! `bailiwick:files` as guests see it: WIT types to operations and back, and nothing else.

use bailiwick_policy::Limit;
use wasmtime::component::{HasData, Linker, Resource};

use super::operations as operation;
use crate::call::CallState;
use crate::waist::{Failure, HandleId, Reply, Waist, answer, reply};

mod bindings {
    wasmtime::component::bindgen!({
        inline: "package bailiwick:adapter-files;
            world adapter {
                import bailiwick:files/types@0.1.0;
                import bailiwick:files/read-file@0.1.0;
                import bailiwick:files/write-file@0.1.0;
                import bailiwick:files/list-files@0.1.0;
            }",
        path: ["../../wit/files"],
        world: "bailiwick:adapter-files/adapter",
        imports: { default: async | trappable },
        with: {
            "bailiwick:files/types.reader": super::Reader,
            "bailiwick:files/types.writer": super::Writer,
        },
    });
}

use bindings::bailiwick::files::{list_files, read_file, types, write_file};

/// The guest's side of an open file: a name for a handle on the other side of the waist.
#[derive(Debug)]
pub enum Reader {}

/// The guest's side of a file that is being written.
#[derive(Debug)]
pub enum Writer {}

/// How the generated code finds the waist.
struct Files;

impl HasData for Files {
    type Data<'a> = FilesView<'a>;
}

struct FilesView<'a>(&'a mut Waist);

fn view(state: &mut CallState) -> FilesView<'_> {
    FilesView(state.waist_mut())
}

pub(super) fn link_types(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    types::add_to_linker::<CallState, Files>(linker, view)
}

pub(super) fn link_read_file(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    read_file::add_to_linker::<CallState, Files>(linker, view)
}

pub(super) fn link_write_file(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    write_file::add_to_linker::<CallState, Files>(linker, view)
}

pub(super) fn link_list_files(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    list_files::add_to_linker::<CallState, Files>(linker, view)
}

impl From<Failure> for types::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::NotFound => Self::NotFound,
            Failure::Limit(limit) => {
                limit_case(limit).map_or_else(|| Self::Other(limit.code().to_owned()), Self::Limit)
            }
            Failure::RuleLimit => Self::Limit(types::Limit::FileSize),
            Failure::Quota => Self::Quota,
            Failure::Secret => Self::Secret,
            // The text is for operators: it can tell of the machine.
            Failure::Unavailable(_) => Self::Unavailable,
            Failure::Invalid(text) => Self::Invalid(text),
            Failure::Other(text) | Failure::Fault(text) => Self::Other(text),
        }
    }
}

/// The WIT's case for a limit, for those that operations on files can reach.
fn limit_case(limit: Limit) -> Option<types::Limit> {
    Some(match limit {
        Limit::HostCallBytes => types::Limit::HostCallBytes,
        Limit::FileReadBytes => types::Limit::FileReadBytes,
        Limit::FileWriteBytes => types::Limit::FileWriteBytes,
        Limit::ListEntries => types::Limit::ListEntries,
        Limit::Handles => types::Limit::Handles,
        Limit::HostCalls => types::Limit::HostCalls,
        Limit::Time => types::Limit::Time,
        Limit::Memory
        | Limit::TableElements
        | Limit::Instances
        | Limit::Stack
        | Limit::Fuel
        | Limit::HttpRequests
        | Limit::HttpBytes
        | Limit::Egress
        | Limit::KeyValueBytes
        | Limit::ToolCalls
        | Limit::CallDepth
        | Limit::Output
        | Limit::Log
        | Limit::Concurrency
        | Limit::ComponentSize
        | Limit::CompileTime
        | Limit::Redirects => return None,
    })
}

impl types::Host for FilesView<'_> {}

impl types::HostReader for FilesView<'_> {
    async fn read(&mut self, this: Resource<Reader>, max: u32) -> Reply<Vec<u8>, types::Error> {
        reply(
            self.0
                .held(operation::Read {
                    reader: HandleId(this.rep()),
                    max,
                })
                .await,
        )
    }

    async fn size(&mut self, this: Resource<Reader>) -> wasmtime::Result<u64> {
        answer(
            self.0
                .held(operation::Size {
                    reader: HandleId(this.rep()),
                })
                .await,
        )
    }

    async fn seek(&mut self, this: Resource<Reader>, offset: u64) -> wasmtime::Result<()> {
        answer(
            self.0
                .held(operation::Seek {
                    reader: HandleId(this.rep()),
                    offset,
                })
                .await,
        )
    }

    async fn drop(&mut self, this: Resource<Reader>) -> wasmtime::Result<()> {
        answer(
            self.0
                .held(operation::CloseHandle {
                    handle: HandleId(this.rep()),
                })
                .await,
        )
    }
}

impl types::HostWriter for FilesView<'_> {
    async fn write(&mut self, this: Resource<Writer>, bytes: Vec<u8>) -> Reply<(), types::Error> {
        reply(
            self.0
                .held(operation::Write {
                    writer: HandleId(this.rep()),
                    bytes,
                })
                .await,
        )
    }

    async fn commit(&mut self, this: Resource<Writer>) -> Reply<(), types::Error> {
        reply(
            self.0
                .held(operation::Commit {
                    writer: HandleId(this.rep()),
                })
                .await,
        )
    }

    async fn drop(&mut self, this: Resource<Writer>) -> wasmtime::Result<()> {
        answer(
            self.0
                .held(operation::CloseHandle {
                    handle: HandleId(this.rep()),
                })
                .await,
        )
    }
}

impl read_file::Host for FilesView<'_> {
    async fn read(&mut self, path: String) -> Reply<Vec<u8>, types::Error> {
        reply(self.0.attempt(operation::ReadFile { path }).await)
    }

    async fn read_range(
        &mut self,
        path: String,
        offset: u64,
        length: u32,
    ) -> Reply<Vec<u8>, types::Error> {
        reply(
            self.0
                .attempt(operation::ReadRange {
                    path,
                    offset,
                    length,
                })
                .await,
        )
    }

    async fn open(&mut self, path: String) -> Reply<Resource<Reader>, types::Error> {
        reply(
            self.0
                .attempt(operation::OpenReader { path })
                .await
                .map(|id| Resource::new_own(id.0)),
        )
    }
}

impl write_file::Host for FilesView<'_> {
    async fn write(&mut self, path: String, bytes: Vec<u8>) -> Reply<(), types::Error> {
        reply(self.0.attempt(operation::WriteFile { path, bytes }).await)
    }

    async fn create(&mut self, path: String) -> Reply<Resource<Writer>, types::Error> {
        reply(
            self.0
                .attempt(operation::Create { path })
                .await
                .map(|id| Resource::new_own(id.0)),
        )
    }
}

impl list_files::Host for FilesView<'_> {
    async fn list(&mut self, path: String) -> Reply<Vec<list_files::Entry>, types::Error> {
        let listed = self.0.attempt(operation::ListFiles { path }).await;
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
