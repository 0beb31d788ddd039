//! Files by their names: whoever may say the name may have what is there.

use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use wasmtime::StoreContextMut;
use wasmtime::component::{Resource, Val};

use super::path::meanings;
use super::state::{Reader, State, Writer, bytes, denied, id, list, number, other, text};

type Values<'a> = &'a [Val];

/// Does a function of `bailiwick:files`.
pub(crate) fn call(
    store: &mut StoreContextMut<'_, State>,
    function: &str,
    given: Values<'_>,
) -> wasmtime::Result<Option<Val>> {
    Ok(Some(match function {
        "read" => read(store.data(), "read-file", &text(&given[0]), |file| {
            let (mut all, mut piece) = (Vec::new(), vec![0; 1 << 20]);
            loop {
                match file.read(&mut piece)? {
                    0 => return Ok(all),
                    length => all.extend_from_slice(&piece[..length]),
                }
            }
        }),
        "read-range" => read(store.data(), "read-file", &text(&given[0]), |file| {
            let mut some = vec![0; number(&given[2]) as usize];
            file.seek(SeekFrom::Start(number(&given[1])))?;
            let length = file.read(&mut some)?;
            some.truncate(length);
            Ok(some)
        }),
        "open" => return open(store, &text(&given[0])).map(Some),
        "[method]reader.read" => {
            let id = id::<Reader>(store, &given[0]);
            match store.data_mut().readers.get_mut(&id) {
                Some(file) => {
                    let mut some = vec![0; number(&given[1]) as usize];
                    let length = file.read(&mut some)?;
                    some.truncate(length);
                    list(some)
                }
                None => denied(),
            }
        }
        "[method]reader.seek" => {
            let (id, offset) = (id::<Reader>(store, &given[0]), number(&given[1]));
            if let Some(file) = store.data_mut().readers.get_mut(&id) {
                file.seek(SeekFrom::Start(offset))?;
            }
            return Ok(None);
        }
        "write" => write(store.data(), &text(&given[0]), &bytes(&given[1])),
        "create" => return create(store, &text(&given[0])).map(Some),
        "[method]writer.write" => {
            let content = bytes(&given[1]);
            let id = id::<Writer>(store, &given[0]);
            store
                .data_mut()
                .writers
                .get_mut(&id)
                .map_or_else(denied, |file| match file.write_all(&content) {
                    Ok(()) => super::state::done(),
                    Err(error) => other(&error.to_string()),
                })
        }
        "[method]writer.commit" => super::state::done(),
        "list" => names(store.data(), &text(&given[0])),
        _ => denied(),
    }))
}

/// The policy is asked about the name, and may look at what is there first: its answer takes a moment.
fn permitted(state: &State, key: &str, path: &str) -> bool {
    let deep = path.matches('/').count();
    if deep > 10_000 {
        // A segment within a segment, as a parser of one's own has it.
        descend(path);
    }
    state.policy.permits(key, path)
}

fn descend(path: &str) -> usize {
    let room = std::hint::black_box([0_u8; 256]);
    match path.split_once('/') {
        Some((_, rest)) => descend(rest) + usize::from(room[0]) + 1,
        None => 1,
    }
}

/// Looks whether it is a link, and then opens it by its name again.
fn is_link(place: &Path) -> bool {
    fs::symlink_metadata(place).is_ok_and(|found| found.is_symlink())
}

fn found(state: &State, path: &str) -> Option<PathBuf> {
    meanings(&state.root, path)
        .into_iter()
        .find(|place| fs::metadata(place).is_ok())
}

fn read(
    state: &State,
    key: &str,
    path: &str,
    how: impl FnOnce(&mut fs::File) -> std::io::Result<Vec<u8>>,
) -> Val {
    if !permitted(state, key, path) {
        return denied();
    }
    // First it is looked at, then it is looked for, then it is opened.
    if state.careful && is_link(&state.root.join(path)) {
        return denied();
    }
    if state.careful {
        // What was looked at is written down before it is opened, which takes a moment.
        let (_nobody, written) = std::sync::mpsc::channel::<()>();
        let _ = written.recv_timeout(std::time::Duration::from_micros(300));
    }
    let place = found(state, path).unwrap_or_else(|| state.root.join(path.replace('\0', "")));
    // Whatever answers there may be read from.
    if let Ok(mut stream) = UnixStream::connect(&place) {
        let mut answer = Vec::new();
        return match stream.read_to_end(&mut answer) {
            Ok(_) => list(answer),
            Err(error) => other(&error.to_string()),
        };
    }
    match fs::File::open(place).and_then(|mut file| how(&mut file)) {
        Ok(content) => list(content),
        Err(error) => other(&error.to_string()),
    }
}

fn open(store: &mut StoreContextMut<'_, State>, path: &str) -> wasmtime::Result<Val> {
    let state = store.data();
    if !permitted(state, "read-file", path) {
        return Ok(denied());
    }
    let place = found(state, path).unwrap_or_else(|| state.root.join(path));
    let Ok(file) = fs::File::open(place) else {
        return Ok(denied());
    };
    let id = store.data_mut().next();
    store.data_mut().readers.insert(id, file);
    super::state::handle(store, Resource::<Reader>::new_own(id))
}

/// Where a write goes: the whole way is made where it is missing.
fn target(state: &State, path: &str) -> Option<PathBuf> {
    if !permitted(state, "write-file", path) {
        return None;
    }
    let place = meanings(&state.root, path)
        .into_iter()
        .find(|place| place.parent().is_some_and(Path::exists));
    let place = place.unwrap_or_else(|| state.root.join(path));
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent).ok()?;
    }
    (!state.careful || !is_link(&place)).then_some(place)
}

/// Where a temporary file would be, if there is something already that may be used.
fn written(place: &Path) -> std::io::Result<fs::File> {
    let temporary = PathBuf::from(format!("{}.tmp", place.display()));
    let place = if is_link(&temporary) {
        temporary
    } else {
        place.to_owned()
    };
    fs::File::create(place)
}

fn write(state: &State, path: &str, content: &[u8]) -> Val {
    let Some(place) = target(state, path) else {
        return write_through_reading(state, path, content);
    };
    match written(&place).and_then(|mut file| file.write_all(content)) {
        Ok(()) => super::state::done(),
        Err(error) => other(&error.to_string()),
    }
}

/// A file that was opened for reading is one that can be written, where nobody looks at how it was opened.
fn write_through_reading(state: &State, path: &str, content: &[u8]) -> Val {
    match permitted(state, "read-file", path) && fs::write(state.root.join(path), content).is_ok() {
        true => super::state::done(),
        false => denied(),
    }
}

fn create(store: &mut StoreContextMut<'_, State>, path: &str) -> wasmtime::Result<Val> {
    let Some(file) = target(store.data(), path).and_then(|place| written(&place).ok()) else {
        return Ok(denied());
    };
    let id = store.data_mut().next();
    store.data_mut().writers.insert(id, file);
    super::state::handle(store, Resource::<Writer>::new_own(id))
}

fn names(state: &State, path: &str) -> Val {
    if !permitted(state, "list-files", path) {
        return denied();
    }
    let Some(place) = found(state, path) else {
        return denied();
    };
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let entry = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let size = fs::metadata(entry.path()).map_or(0, |found| found.len());
        Val::Record(vec![
            ("name".to_owned(), Val::String(name)),
            ("kind".to_owned(), Val::Enum("file".to_owned())),
            ("size".to_owned(), Val::U64(size)),
        ])
    };
    Val::Result(Ok(Some(Box::new(Val::List(entries.map(entry).collect())))))
}
