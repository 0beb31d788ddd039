//! The places of the file system that a server needs, each with what it is for: named before it is confined, and
//! compared when its operator changes something while it runs.

use std::path::{Path, PathBuf};

use crate::Server;

/// What a server may do below a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Read,
    Change,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    what: &'static str,
    /// As the operator wrote it.
    named: PathBuf,
    /// Where that led when it was added.
    real: PathBuf,
    used: Use,
}

/// Folders that a server needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    places: Vec<Place>,
}

/// A place that is not among those that a server was confined to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// What it is for, such as `component`.
    pub what: &'static str,
    /// As the operator wrote it.
    pub path: PathBuf,
}

impl Places {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// A folder whose files are read.
    #[must_use]
    pub fn read(self, what: &'static str, folder: &Path) -> Self {
        self.with(what, folder, folder, Use::Read)
    }

    /// A folder whose files are made, written, renamed and removed.
    #[must_use]
    pub fn change(self, what: &'static str, folder: &Path) -> Self {
        self.with(what, folder, folder, Use::Change)
    }

    /// A file that is read, and may be put in place anew while the server runs: the folder that it is in, and that of the
    /// file that it leads to.
    #[must_use]
    pub fn read_file(self, what: &'static str, file: &Path) -> Self {
        self.file(what, file, Use::Read)
    }

    /// A file that is written, with others beside it that its writer makes.
    #[must_use]
    pub fn change_file(self, what: &'static str, file: &Path) -> Self {
        self.file(what, file, Use::Change)
    }

    fn file(self, what: &'static str, file: &Path, used: Use) -> Self {
        let led_to = real(file);
        let places = self.with(what, file, folder_of(file), used);
        places.with(what, file, folder_of(&led_to), used)
    }

    fn with(mut self, what: &'static str, named: &Path, folder: &Path, used: Use) -> Self {
        self.places.push(Place {
            what,
            named: named.to_owned(),
            real: real(folder),
            used,
        });
        self
    }

    /// The first of these other places that is not among these, or is and would be used for more.
    pub fn first_outside(&self, others: &Self) -> Option<Outside> {
        let outside = others.places.iter().find(|other| !self.cover(other));
        outside.map(|place| Outside {
            what: place.what,
            path: place.named.clone(),
        })
    }

    /// Whether a server with these places can change a file, so that it could widen itself when it reads the file again.
    pub fn can_change(&self, file: &Path) -> bool {
        let led_to = real(file);
        let changed = self.places.iter().filter(|place| place.used == Use::Change);
        changed
            .into_iter()
            .any(|place| led_to.starts_with(&place.real))
    }

    fn cover(&self, other: &Place) -> bool {
        self.places
            .iter()
            .any(|place| other.real.starts_with(&place.real) && place.used >= other.used)
    }

    /// Gives a server these, as far as they are there: what is not is said by whoever needs it.
    pub fn give_to(&self, server: Server) -> Server {
        let there = |place: &&Place| std::fs::symlink_metadata(&place.real).is_ok();
        self.places
            .iter()
            .filter(there)
            .fold(server, |server, place| match place.used {
                Use::Read => server.read(&place.real),
                Use::Change => server.change(&place.real),
            })
    }
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

/// Where a path leads; as it is, where it leads nowhere.
#[expect(
    clippy::disallowed_methods,
    reason = "compares names; what is opened later is bounded by the kernel"
)]
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path)
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside(had: &Places, wanted: &Places) -> Option<&'static str> {
        had.first_outside(wanted).map(|outside| outside.what)
    }

    #[test]
    fn what_lies_below_a_place_is_covered_and_its_neighbour_is_not() {
        let had = Places::new()
            .read("root", Path::new("/nowhere/root"))
            .change("cache", Path::new("/nowhere/cache"));
        let read = |path: &str| Places::new().read("new", Path::new(path));
        let change = |path: &str| Places::new().change("new", Path::new(path));
        let file = |path: &str| Places::new().read_file("new", Path::new(path));
        for covered in [
            read("/nowhere/root"),
            read("/nowhere/root/below"),
            read("/nowhere/cache"),
            change("/nowhere/cache/below"),
            file("/nowhere/root/tool.wasm"),
            Places::new(),
        ] {
            assert_eq!(outside(&had, &covered), None, "{covered:?}");
        }
        for not in [
            read("/nowhere"),
            read("/nowhere/rooted"),
            change("/nowhere/root"),
            change("/nowhere/root/below"),
            file("/nowhere/tool.wasm"),
        ] {
            assert_eq!(outside(&had, &not), Some("new"), "{not:?}");
        }
    }

    #[test]
    fn what_lies_below_a_changed_place_can_be_changed() {
        let had = Places::new().read("policy", Path::new("/nowhere/a"));
        let had = had.change_file("store", Path::new("/nowhere/b/state.db"));
        for (file, can) in [
            ("/nowhere/a/policy.toml", false),
            ("/nowhere/b/policy.toml", true),
            ("/nowhere/bb/policy.toml", false),
        ] {
            assert_eq!(had.can_change(Path::new(file)), can, "{file}");
        }
    }

    #[test]
    fn a_link_counts_as_what_it_leads_to() {
        let there = Path::new(env!("CARGO_MANIFEST_DIR"));
        let had = Places::new().read("root", &there.join("src").join(".."));
        assert_eq!(outside(&had, &Places::new().read("new", there)), None);
        let above = there.parent().unwrap();
        assert_eq!(
            outside(&had, &Places::new().read("new", above)),
            Some("new")
        );
    }
}
