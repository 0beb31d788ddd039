//! The arguments of one call, checked, with the files still to be opened.

use wasmtime::component::{ResourceAny, Val};

use super::error::{ArgumentError, Path};
use super::shape::HandleKind;

/// What the text of a call's arguments may weigh, in bytes: enough for the largest value that fits below [`VALUES_BYTES_MAX`] and
/// few enough that reading them costs milliseconds. Larger inputs are files, which is what handles are for.
pub const TEXT_BYTES_MAX: usize = 16 << 20;

/// What the values of a call may weigh on the host, in bytes. A byte of text can become a thousand bytes of values (`{}` for a record
/// of many options), so the text's length bounds nothing.
pub const VALUES_BYTES_MAX: usize = 64 << 20;

/// Checked arguments: they fit the signature, and only the files that they name are not open yet.
#[derive(Debug)]
pub struct Arguments {
    values: Vec<Val>,
    handles: Vec<HandleRequest>,
}

/// A file that the caller named and that the host has to decide about and open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandleRequest {
    /// To read or to write.
    pub kind: HandleKind,
    /// As the caller wrote it. Nothing is checked.
    pub path: String,
    /// Where it stands in the arguments: `$.csv`.
    pub position: String,
}

/// Not as many handles as the arguments asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("arguments need {needed} open handles, {given} were given")]
pub struct HandleCount {
    /// How many [`Arguments::handle_requests`] has.
    pub needed: usize,
    /// How many came.
    pub given: usize,
}

impl Arguments {
    /// The files to open, in the order in which [`Arguments::into_vals`] takes them.
    pub fn handle_requests(&self) -> &[HandleRequest] {
        &self.handles
    }

    /// The values to call with, one a parameter, with `handles` in their places.
    ///
    /// # Errors
    /// When there are not exactly as many handles as requests.
    pub fn into_vals(mut self, handles: &[ResourceAny]) -> Result<Vec<Val>, HandleCount> {
        if handles.len() != self.handles.len() {
            return Err(HandleCount {
                needed: self.handles.len(),
                given: handles.len(),
            });
        }
        if !handles.is_empty() {
            self.values
                .iter_mut()
                .for_each(|value| place(value, handles));
        }
        Ok(self.values)
    }
}

/// What reading JSON and reading WAVE share: where we are, what is left of the budget, which files were named.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) path: Path<'a>,
    /// What is wrong, where a parser's error type cannot carry it.
    pub(super) failure: Option<ArgumentError>,
    handles: Vec<HandleRequest>,
    bytes_left: usize,
}

impl Reading<'_> {
    pub(super) fn new() -> Self {
        Self::within(VALUES_BYTES_MAX)
    }

    /// Values of at most so many bytes.
    pub(super) fn within(bytes_max: usize) -> Self {
        Self {
            path: Path::default(),
            failure: None,
            handles: Vec::new(),
            bytes_left: bytes_max,
        }
    }

    pub(super) fn finish(self, values: Vec<Val>) -> Arguments {
        Arguments {
            values,
            handles: self.handles,
        }
    }

    /// Takes a value's weight out of the budget: `count` values and `bytes` of text.
    pub(super) fn charge(&mut self, count: usize, bytes: usize) -> Result<(), ArgumentError> {
        let weight = count.saturating_mul(size_of::<Val>()).saturating_add(bytes);
        let rest = self.bytes_left.checked_sub(weight);
        self.bytes_left = rest.ok_or(ArgumentError::TooLarge {
            what: "values",
            limit: VALUES_BYTES_MAX,
        })?;
        Ok(())
    }

    /// Notes that the file at `path` has to be opened; gives what stands in its place until then.
    pub(super) fn request(&mut self, kind: HandleKind, path: &str) -> Val {
        let index = self.handles.len();
        self.handles.push(HandleRequest {
            kind,
            path: path.to_owned(),
            position: self.path.to_string(),
        });
        placeholder(index)
    }
}

/// A case without a name, which no component can declare.
fn placeholder(index: usize) -> Val {
    Val::Variant(String::new(), Some(Box::new(Val::U64(index as u64))))
}

fn requested(value: &Val) -> Option<usize> {
    match value {
        Val::Variant(name, Some(index)) if name.is_empty() => match **index {
            Val::U64(index) => usize::try_from(index).ok(),
            _ => None,
        },
        _ => None,
    }
}

/// Puts the opened handles where their placeholders stand. As deep as the shape.
fn place(value: &mut Val, handles: &[ResourceAny]) {
    if let Some(handle) = requested(value).and_then(|index| handles.get(index)) {
        *value = Val::Resource(*handle);
        return;
    }
    match value {
        Val::List(parts) | Val::FixedLengthList(parts) | Val::Tuple(parts) => {
            parts.iter_mut().for_each(|part| place(part, handles));
        }
        Val::Map(entries) => entries
            .iter_mut()
            .for_each(|(_, value)| place(value, handles)),
        Val::Record(fields) => fields
            .iter_mut()
            .for_each(|(_, field)| place(field, handles)),
        Val::Variant(_, Some(part)) | Val::Option(Some(part)) => place(part, handles),
        Val::Result(Ok(Some(part)) | Err(Some(part))) => place(part, handles),
        _ => {}
    }
}
