//! `read-file`, `write-file` and `list-files`: files that the policy names, one at a time.

mod adapter;
mod list;
mod operations;
mod read;
mod root;
mod write;

#[cfg(test)]
mod tests;

pub use adapter::{Reader, Writer};
pub use operations::{
    CloseHandle, Commit, Create, Entry, ListFiles, OpenReader, Read, ReadFile, ReadRange, Seek,
    Size, Write, WriteFile,
};
pub use root::{FileRoot, RootError};

use bailiwick_policy::Capability;

use super::{Interface, Needs};

/// The interfaces of `bailiwick:files`.
pub(super) fn interfaces() -> [Interface; 4] {
    [
        Interface {
            name: "bailiwick:files/types",
            needs: Needs::Nothing,
            link: adapter::link_types,
            operations: |operations| {
                operations
                    .held::<Read>()
                    .held::<Size>()
                    .held::<Seek>()
                    .held::<Write>()
                    .held::<Commit>()
                    .held::<CloseHandle>();
            },
        },
        Interface {
            name: "bailiwick:files/read-file",
            needs: Needs::Grant(Capability::ReadFile),
            link: adapter::link_read_file,
            operations: |operations| {
                operations
                    .attempted::<ReadFile>()
                    .attempted::<ReadRange>()
                    .attempted::<OpenReader>();
            },
        },
        Interface {
            name: "bailiwick:files/write-file",
            needs: Needs::Grant(Capability::WriteFile),
            link: adapter::link_write_file,
            operations: |operations| {
                operations.attempted::<WriteFile>().attempted::<Create>();
            },
        },
        Interface {
            name: "bailiwick:files/list-files",
            needs: Needs::Grant(Capability::ListFiles),
            link: adapter::link_list_files,
            operations: |operations| {
                operations.attempted::<ListFiles>();
            },
        },
    ]
}
