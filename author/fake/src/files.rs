//! Files that exist only in memory, with what the WIT promises of them.

use bailiwick::capability::files::{
    Commit, Create, Entry, ListFiles, OpenReader, Read, ReadFile, ReadRange, Seek, Size, Write,
    WriteFile,
};
use bailiwick::policy::{
    DirectoryPath, DirectoryTarget, FileTarget, Found, Limit, Permit, decide_found,
};
use bailiwick::waist::{Failure, Handle, HandleId, Meter, Operation as _, Scene};

use crate::content::Content;
use crate::state::State;

/// The capability's key, for the record of a commit.
const WRITE_FILE: &str = "write-file";

/// Bytes that an entry counts for beside its name, when the size of a listing is held against a limit: as in the host.
const ENTRY_BYTES: u64 = 24;

/// A file that is open for reading: what it held when it was opened.
struct OpenFile {
    content: Content,
    position: u64,
    bytes: u64,
}

/// A file that is being written.
struct OpenWriter {
    path: String,
    words: String,
    max_bytes: Option<u64>,
    /// What was written; none once it was put into place.
    content: Option<Vec<u8>>,
    bytes: u64,
}

impl Handle for OpenFile {
    fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Handle for OpenWriter {
    fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// What is at a path.
enum There<'w> {
    File(&'w Content),
    Directory,
    Nothing,
}

impl State {
    pub(crate) fn read_file(
        &mut self,
        operation: &ReadFile,
        permit: &Permit<FileTarget>,
        scene: &mut Scene,
    ) -> Result<Vec<u8>, Failure> {
        let content = self.open(ReadFile::NAME, &operation.path, permit, scene)?;
        scene.meter.carry(content.size())?;
        scene.meter.file_read(content.size())?;
        Ok(content.to_vec())
    }

    pub(crate) fn read_range(
        &mut self,
        operation: &ReadRange,
        permit: &Permit<FileTarget>,
        scene: &mut Scene,
    ) -> Result<Vec<u8>, Failure> {
        let content = self.open(ReadRange::NAME, &operation.path, permit, scene)?;
        scene.meter.carry(u64::from(operation.length))?;
        let part = content.read(operation.offset, operation.length as usize);
        scene.meter.file_read(part.len() as u64)?;
        Ok(part)
    }

    pub(crate) fn open_reader(
        &mut self,
        operation: &OpenReader,
        permit: &Permit<FileTarget>,
        scene: &mut Scene,
    ) -> Result<HandleId, Failure> {
        scene.handles.room()?;
        let content = self.open(OpenReader::NAME, &operation.path, permit, scene)?;
        scene.handles.insert(OpenFile {
            content,
            position: 0,
            bytes: 0,
        })
    }

    pub(crate) fn read(&mut self, operation: &Read, scene: &mut Scene) -> Result<Vec<u8>, Failure> {
        scene.meter.carry(u64::from(operation.max))?;
        let file = scene.handles.get_mut::<OpenFile>(operation.reader)?;
        let part = file.content.read(file.position, operation.max as usize);
        file.position = file.position.saturating_add(part.len() as u64);
        file.bytes = file.bytes.saturating_add(part.len() as u64);
        scene.meter.file_read(part.len() as u64)?;
        Ok(part)
    }

    pub(crate) fn size(&mut self, operation: &Size, scene: &mut Scene) -> Result<u64, Failure> {
        let file = scene.handles.get_mut::<OpenFile>(operation.reader)?;
        Ok(file.content.size())
    }

    pub(crate) fn seek(&mut self, operation: &Seek, scene: &mut Scene) -> Result<(), Failure> {
        let file = scene.handles.get_mut::<OpenFile>(operation.reader)?;
        file.position = operation.offset;
        Ok(())
    }

    pub(crate) fn write_file(
        &mut self,
        operation: &WriteFile,
        permit: &Permit<FileTarget>,
        scene: &mut Scene,
    ) -> Result<(), Failure> {
        scene.meter.carry(operation.bytes.len() as u64)?;
        let mut writer = self.begin_writing(WriteFile::NAME, &operation.path, permit, scene)?;
        writer.append(&operation.bytes, &mut scene.meter)?;
        self.put(&mut writer);
        Ok(())
    }

    pub(crate) fn create(
        &mut self,
        operation: &Create,
        permit: &Permit<FileTarget>,
        scene: &mut Scene,
    ) -> Result<HandleId, Failure> {
        scene.handles.room()?;
        let writer = self.begin_writing(Create::NAME, &operation.path, permit, scene)?;
        scene.handles.insert(writer)
    }

    pub(crate) fn write(&mut self, operation: &Write, scene: &mut Scene) -> Result<(), Failure> {
        scene.meter.carry(operation.bytes.len() as u64)?;
        let writer = scene.handles.get_mut::<OpenWriter>(operation.writer)?;
        writer.append(&operation.bytes, &mut scene.meter)
    }

    pub(crate) fn commit(&mut self, operation: &Commit, scene: &mut Scene) -> Result<(), Failure> {
        let writer = scene.handles.get_mut::<OpenWriter>(operation.writer)?;
        if writer.content.is_none() {
            return Ok(());
        }
        let (words, bytes) = (writer.words.clone(), writer.bytes);
        scene.begin_effect(Commit::NAME, WRITE_FILE, &words, None)?;
        self.put(scene.handles.get_mut::<OpenWriter>(operation.writer)?);
        scene.end_effect(bytes, None)
    }

    pub(crate) fn list_files(
        &mut self,
        operation: &ListFiles,
        permit: &Permit<DirectoryTarget>,
        scene: &mut Scene,
    ) -> Result<Vec<Entry>, Failure> {
        self.spared(&operation.path)?;
        let directory = match permit.target().path() {
            DirectoryPath::Root => String::new(),
            DirectoryPath::Below(path) if self.is_directory(path.as_str()) => format!("{path}/"),
            DirectoryPath::Below(_) => return Err(Failure::NotFound),
        };
        let mut entries: Vec<Entry> = Vec::new();
        let mut bytes = 0;
        for entry in self.entries(&directory) {
            if !permit.target().shows(&entry.name) {
                continue;
            }
            if entries.len() as u64 >= scene.meter.limits().list_entries {
                return Err(Failure::Limit(Limit::ListEntries));
            }
            bytes += entry.name.len() as u64 + ENTRY_BYTES;
            scene.meter.carry(bytes)?;
            entries.push(entry);
        }
        Ok(entries)
    }

    /// What a permitted path holds, if it is a file that the rule lets the tool have.
    fn open(
        &self,
        operation: &'static str,
        words: &str,
        permit: &Permit<FileTarget>,
        scene: &mut Scene,
    ) -> Result<Content, Failure> {
        let path = permit.target().path().as_str();
        self.spared(path)?;
        let content = match self.at(path) {
            There::File(content) => content.clone(),
            There::Nothing => return Err(Failure::NotFound),
            There::Directory => return Err(self.not_a_file(operation, words, permit, scene)),
        };
        let most = permit.target().max_bytes();
        if most.is_some_and(|most| content.size() > most) {
            return Err(Failure::RuleLimit);
        }
        Ok(content)
    }

    fn begin_writing(
        &self,
        operation: &'static str,
        words: &str,
        permit: &Permit<FileTarget>,
        scene: &mut Scene,
    ) -> Result<OpenWriter, Failure> {
        let path = permit.target().path().as_str();
        self.spared(path)?;
        let parent = path.rsplit_once('/').map(|(parent, _)| parent);
        if parent.is_some_and(|parent| !self.is_directory(parent)) {
            return Err(Failure::NotFound);
        }
        if let There::Directory = self.at(path) {
            return Err(self.not_a_file(operation, words, permit, scene));
        }
        Ok(OpenWriter {
            path: path.to_owned(),
            words: words.to_owned(),
            max_bytes: permit.target().max_bytes(),
            content: Some(Vec::new()),
            bytes: 0,
        })
    }

    /// Fails as the world says that this path does.
    fn spared(&self, path: &str) -> Result<(), Failure> {
        match self.world.broken.get(path) {
            Some(case) => Err(case.failure()),
            None => Ok(()),
        }
    }

    /// Has the policy say that a directory is not permitted as a file.
    fn not_a_file(
        &self,
        operation: &'static str,
        words: &str,
        permit: &Permit<FileTarget>,
        scene: &mut Scene,
    ) -> Failure {
        match decide_found(permit, Found::NotRegular) {
            Err(denial) => self.deny(scene, operation, words, &denial),
            Ok(()) => Failure::Fault("the policy permits what cannot be opened".to_owned()),
        }
    }

    fn put(&mut self, writer: &mut OpenWriter) {
        if let Some(content) = writer.content.take() {
            self.files.insert(writer.path.clone(), content.into());
        }
    }

    fn at(&self, path: &str) -> There<'_> {
        match self.files.get(path) {
            Some(content) => There::File(content),
            None if self.is_directory(path) => There::Directory,
            None => There::Nothing,
        }
    }

    fn is_directory(&self, path: &str) -> bool {
        let below = format!("{path}/");
        let mut paths = self.paths_below(&below);
        self.world.directories.contains(path) || paths.next().is_some()
    }

    /// The paths of files and directories that begin so.
    fn paths_below<'s>(&'s self, below: &'s str) -> impl Iterator<Item = (&'s str, u64)> {
        let files = self.files.range(below.to_owned()..);
        let files = files.map(|(path, content)| (path.as_str(), content.size()));
        let directories = self.world.directories.range(below.to_owned()..);
        let directories = directories.map(|path| (path.as_str(), 0));
        let within = move |(path, _): &(&str, u64)| path.starts_with(below);
        files
            .take_while(within)
            .chain(directories.take_while(within))
    }

    /// What stands in a directory, sorted by name; `directory` ends with a slash, or is the root, which is empty.
    fn entries(&self, directory: &str) -> Vec<Entry> {
        let names = self.paths_below(directory).filter_map(|(path, size)| {
            let rest = path.strip_prefix(directory)?;
            let name = rest.split('/').next().unwrap_or(rest);
            let is_directory = name.len() < rest.len() || !self.files.contains_key(path);
            Some(Entry {
                name: name.to_owned(),
                directory: is_directory,
                size: if is_directory { 0 } else { size },
            })
        });
        let mut entries: Vec<Entry> = names.collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    }
}

impl OpenWriter {
    /// Appends, or writes nothing of it.
    fn append(&mut self, bytes: &[u8], meter: &mut Meter) -> Result<(), Failure> {
        let content = self
            .content
            .as_mut()
            .ok_or_else(|| Failure::Invalid("the writer was committed".to_owned()))?;
        let total = self.bytes.saturating_add(bytes.len() as u64);
        if self.max_bytes.is_some_and(|most| total > most) {
            return Err(Failure::RuleLimit);
        }
        meter.file_write(bytes.len() as u64)?;
        content.extend_from_slice(bytes);
        self.bytes = total;
        Ok(())
    }
}
