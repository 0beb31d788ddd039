//! Types of two resolved worlds, compared by what they are made of, and written as WIT where they differ.
//!
//! Value types have no identity: two records are the same when their fields are, in name, order and type, whatever the
//! records are called and wherever they stand. Resources have one: the interface that they come from, and their name.
use crate::known::Known as _;

pub(crate) mod render;

use std::collections::HashMap;

use wit_parser::{
    Case, Enum, Flags, Function, Handle, Record, Resolve, Result_, Type, TypeDefKind, TypeId,
    TypeOwner, Variant,
};

/// Two types that should be the same and are not, as WIT: a signature, and the definitions in it that differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What was declared, or released.
    pub expected: String,
    /// What is there.
    pub found: String,
}

/// Compares two functions; `None` where they are of the same type.
pub(crate) fn functions(
    (expected, declared): (&Resolve, &Function),
    (found, actual): (&Resolve, &Function),
) -> Option<Mismatch> {
    let mut walk = Walk::new(expected, found);
    if walk.functions(declared, actual) {
        return None;
    }
    Some(walk.mismatch(
        render::function(expected, declared),
        render::function(found, actual),
    ))
}

/// Compares two definitions of the same name; `None` where they are the same type.
pub(crate) fn definitions(
    name: &str,
    (expected, declared): (&Resolve, TypeId),
    (found, actual): (&Resolve, TypeId),
) -> Option<Mismatch> {
    let mut walk = Walk::new(expected, found);
    if walk.types(&Type::Id(declared), &Type::Id(actual)) {
        return None;
    }
    // The walk ends with the outermost types, which are these, and which stand first in the message.
    walk.different_expected.pop();
    walk.different_found.pop();
    Some(walk.mismatch(
        render::definition(expected, name, declared),
        render::definition(found, name, actual),
    ))
}

/// A type's definition behind all its aliases.
pub(crate) fn behind_aliases(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(Type::Id(aliased)) = &resolve.definition(id).kind {
        id = *aliased;
    }
    id
}

/// Where a resource comes from: its interface (in its version line), and its name.
pub(crate) fn resource_name(resolve: &Resolve, id: TypeId) -> String {
    let definition = resolve.definition(behind_aliases(resolve, id));
    let name = definition.name.as_deref().unwrap_or("resource");
    let owner = match definition.owner {
        TypeOwner::Interface(owner) => resolve.canonicalized_id_of(owner),
        TypeOwner::World(_) | TypeOwner::None => None,
    };
    owner.map_or_else(|| name.to_owned(), |owner| format!("{owner}.{name}"))
}

struct Walk<'a> {
    expected: &'a Resolve,
    found: &'a Resolve,
    /// Pairs that were compared already: types are shared, so that a small WIT can be a large tree.
    known: HashMap<(TypeId, TypeId), bool>,
    different_expected: Vec<String>,
    different_found: Vec<String>,
}

impl<'a> Walk<'a> {
    fn new(expected: &'a Resolve, found: &'a Resolve) -> Self {
        Self {
            expected,
            found,
            known: HashMap::new(),
            different_expected: Vec::new(),
            different_found: Vec::new(),
        }
    }

    /// The outermost definition first, as one reads.
    fn mismatch(self, expected: String, found: String) -> Mismatch {
        let text = |first: String, rest: Vec<String>| {
            let lines: Vec<String> = std::iter::once(first)
                .chain(rest.into_iter().rev())
                .collect();
            lines.join("\n")
        };
        Mismatch {
            expected: text(expected, self.different_expected),
            found: text(found, self.different_found),
        }
    }

    fn functions(&mut self, expected: &Function, found: &Function) -> bool {
        let alike = expected.kind.is_async() == found.kind.is_async()
            && names(&expected.params, |parameter| &parameter.name)
                == names(&found.params, |parameter| &parameter.name);
        let parameters = all(expected
            .params
            .iter()
            .zip(&found.params)
            .map(|(expected, found)| self.types(&expected.ty, &found.ty)));
        alike & parameters & self.payloads(expected.result.as_ref(), found.result.as_ref())
    }

    fn types(&mut self, expected: &Type, found: &Type) -> bool {
        match (expected, found) {
            (Type::Id(expected), Type::Id(found)) => self.defined(*expected, *found),
            (Type::Id(expected), found) => self.is_primitive(*expected, found),
            (expected, Type::Id(found)) => match self.primitive(*found) {
                Some(found) => *expected == found,
                None => {
                    self.note_found(*found);
                    false
                }
            },
            (expected, found) => expected == found,
        }
    }

    fn defined(&mut self, expected: TypeId, found: TypeId) -> bool {
        if let Some(same) = self.known.get(&(expected, found)) {
            return *same;
        }
        let (one, other) = (self.expected, self.found);
        let one = &one.definition(behind_aliases(one, expected)).kind;
        let other = &other.definition(behind_aliases(other, found)).kind;
        let same = self.kinds(one, other, (expected, found));
        self.known.insert((expected, found), same);
        if !same {
            self.note_expected(expected);
            self.note_found(found);
        }
        same
    }

    /// Every part is compared, also behind one that differs: each difference gets its definition into the message.
    fn kinds(
        &mut self,
        expected: &TypeDefKind,
        found: &TypeDefKind,
        ids: (TypeId, TypeId),
    ) -> bool {
        use TypeDefKind as Kind;
        match (expected, found) {
            (Kind::Record(one), Kind::Record(other)) => self.records(one, other),
            (Kind::Variant(one), Kind::Variant(other)) => self.variants(one, other),
            (Kind::Enum(one), Kind::Enum(other)) => enums(one, other),
            (Kind::Flags(one), Kind::Flags(other)) => flags(one, other),
            (Kind::Tuple(one), Kind::Tuple(other)) => self.lists(&one.types, &other.types),
            (Kind::Option(one), Kind::Option(other)) | (Kind::List(one), Kind::List(other)) => {
                self.types(one, other)
            }
            (Kind::Result(one), Kind::Result(other)) => self.results(one, other),
            (Kind::FixedLengthList(one, length), Kind::FixedLengthList(other, found)) => {
                self.types(one, other) & (length == found)
            }
            (Kind::Map(key, value), Kind::Map(other_key, other_value)) => {
                self.types(key, other_key) & self.types(value, other_value)
            }
            (Kind::Future(one), Kind::Future(other)) | (Kind::Stream(one), Kind::Stream(other)) => {
                self.payloads(one.as_ref(), other.as_ref())
            }
            (Kind::Handle(one), Kind::Handle(other)) => self.handles(*one, *other),
            (Kind::Resource, Kind::Resource) => self.resources(ids.0, ids.1),
            (Kind::Type(one), Kind::Type(other)) => one == other,
            _ => false,
        }
    }

    fn records(&mut self, expected: &Record, found: &Record) -> bool {
        let alike = names(&expected.fields, |field| &field.name)
            == names(&found.fields, |field| &field.name);
        let fields = expected.fields.iter().zip(&found.fields);
        all(fields.map(|(expected, found)| self.types(&expected.ty, &found.ty))) & alike
    }

    fn variants(&mut self, expected: &Variant, found: &Variant) -> bool {
        let alike =
            names(&expected.cases, |case| &case.name) == names(&found.cases, |case| &case.name);
        let cases = expected.cases.iter().zip(&found.cases);
        let payload = |case: &Case| case.ty;
        all(cases.map(|(expected, found)| {
            self.payloads(payload(expected).as_ref(), payload(found).as_ref())
        })) & alike
    }

    fn lists(&mut self, expected: &[Type], found: &[Type]) -> bool {
        let parts = expected.iter().zip(found);
        all(parts.map(|(expected, found)| self.types(expected, found)))
            & (expected.len() == found.len())
    }

    fn results(&mut self, expected: &Result_, found: &Result_) -> bool {
        self.payloads(expected.ok.as_ref(), found.ok.as_ref())
            & self.payloads(expected.err.as_ref(), found.err.as_ref())
    }

    fn payloads(&mut self, expected: Option<&Type>, found: Option<&Type>) -> bool {
        match (expected, found) {
            (Some(expected), Some(found)) => self.types(expected, found),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    fn handles(&mut self, expected: Handle, found: Handle) -> bool {
        match (expected, found) {
            (Handle::Own(expected), Handle::Own(found))
            | (Handle::Borrow(expected), Handle::Borrow(found)) => self.defined(expected, found),
            (Handle::Own(_), Handle::Borrow(_)) | (Handle::Borrow(_), Handle::Own(_)) => false,
        }
    }

    fn resources(&self, expected: TypeId, found: TypeId) -> bool {
        resource_name(self.expected, expected) == resource_name(self.found, found)
    }

    fn is_primitive(&mut self, expected: TypeId, found: &Type) -> bool {
        let definition = &self
            .expected
            .definition(behind_aliases(self.expected, expected))
            .kind;
        if let TypeDefKind::Type(expected) = definition {
            return expected == found;
        }
        self.note_expected(expected);
        false
    }

    fn primitive(&self, found: TypeId) -> Option<Type> {
        match self
            .found
            .definition(behind_aliases(self.found, found))
            .kind
        {
            TypeDefKind::Type(primitive) => Some(primitive),
            _ => None,
        }
    }

    fn note_expected(&mut self, id: TypeId) {
        note(&mut self.different_expected, self.expected, id);
    }

    fn note_found(&mut self, id: TypeId) {
        note(&mut self.different_found, self.found, id);
    }
}

fn note(different: &mut Vec<String>, resolve: &Resolve, id: TypeId) {
    if let Some(name) = &resolve.definition(id).name {
        let definition = render::definition(resolve, name, id);
        if !different.contains(&definition) {
            different.push(definition);
        }
    }
}

fn enums(expected: &Enum, found: &Enum) -> bool {
    names(&expected.cases, |case| &case.name) == names(&found.cases, |case| &case.name)
}

fn flags(expected: &Flags, found: &Flags) -> bool {
    names(&expected.flags, |flag| &flag.name) == names(&found.flags, |flag| &flag.name)
}

fn names<T>(items: &[T], name: impl Fn(&T) -> &String) -> Vec<&str> {
    items.iter().map(|item| name(item).as_str()).collect()
}

/// Whether all are true; unlike the iterator's own, it looks at every one.
fn all(parts: impl Iterator<Item = bool>) -> bool {
    parts.fold(true, |all, same| all & same)
}

#[cfg(test)]
mod tests;
