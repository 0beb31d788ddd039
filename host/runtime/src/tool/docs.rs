//! What an author wrote about a function and its types, found for the descriptions of a schema.
//!
//! A component's types have no names at run time. A documented type is therefore recognised by its members: the one is
//! meant whose documented members a shape has, and of several the one with the most of them, those of the function's own
//! interface first. A wrong guess puts a wrong sentence into a description, and nothing else.

use bailiwick_section::{InterfaceDocs, Section, TypeDocs};

use crate::value::{Docs, Shape};

/// The documentation that a function of an interface sees.
pub(super) struct FunctionDocs<'a> {
    own: Option<&'a InterfaceDocs>,
    others: Vec<&'a InterfaceDocs>,
}

impl<'a> FunctionDocs<'a> {
    pub(super) fn new(section: Option<&'a Section>, interface: Option<&str>) -> Self {
        let Some(section) = section else {
            return Self {
                own: None,
                others: Vec::new(),
            };
        };
        let own_name = interface.or(section.world.as_ref().map(|world| world.as_str()));
        let own = own_name.and_then(|name| section.docs.get(name));
        let others = section
            .docs
            .values()
            .filter(|docs| !own.is_some_and(|own| std::ptr::eq(own, *docs)));
        Self {
            own,
            others: others.collect(),
        }
    }

    /// What is said about the function.
    pub(super) fn function(&self, item: &str) -> Option<&'a str> {
        self.own
            .and_then(|own| own.functions.get(item))
            .map(|text| text.as_str())
    }

    fn type_of(&self, shape: &Shape) -> Option<&'a TypeDocs> {
        let members = members(shape);
        if members.is_empty() {
            return None;
        }
        let best = |docs: &'a InterfaceDocs| best(docs, &members);
        self.own
            .and_then(best)
            .or_else(|| self.others.iter().find_map(|docs| best(docs)))
    }
}

/// The type of an interface that has the most documented members among these, and none that is not among them.
fn best<'a>(docs: &'a InterfaceDocs, members: &[&str]) -> Option<&'a TypeDocs> {
    let fits = |docs: &&TypeDocs| {
        docs.members
            .keys()
            .all(|name| members.contains(&name.as_str()))
    };
    let documented = docs
        .types
        .values()
        .filter(|docs| !docs.members.is_empty())
        .filter(fits);
    documented.max_by_key(|docs| docs.members.len())
}

fn members(shape: &Shape) -> Vec<&str> {
    match shape {
        Shape::Record(fields) => fields.names().collect(),
        Shape::Variant(cases) => cases.names().collect(),
        Shape::Enum(names) | Shape::Flags(names) => names.names().collect(),
        Shape::Bool
        | Shape::Integer(_)
        | Shape::Float(_)
        | Shape::Char
        | Shape::String
        | Shape::Bytes
        | Shape::List(_)
        | Shape::FixedList(..)
        | Shape::Map(..)
        | Shape::Tuple(_)
        | Shape::Option(_)
        | Shape::Result(..)
        | Shape::Handle(_) => Vec::new(),
    }
}

impl Docs for FunctionDocs<'_> {
    fn ty(&self, shape: &Shape) -> Option<&str> {
        let docs = self.type_of(shape)?;
        (!docs.docs.is_empty()).then(|| docs.docs.as_str())
    }

    fn member(&self, shape: &Shape, name: &str) -> Option<&str> {
        self.type_of(shape)?
            .members
            .get(name)
            .map(|text| text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Named;

    fn section() -> Section {
        let json = r#"{
            "docs": {
                "a:b/own@0.1.0": {
                    "docs": "", "functions": {"f": "Does f."},
                    "types": {"point": {"docs": "A place.", "members": {"x": "Across."}}}
                },
                "a:b/other@0.1.0": {
                    "docs": "", "functions": {},
                    "types": {"size": {"docs": "How big.", "members": {"width": "Across.", "height": "Up."}}}
                }
            },
            "exports": []
        }"#;
        serde_json::from_str(json).unwrap()
    }

    fn record(names: [&'static str; 2]) -> Shape {
        Shape::Record(Named::new(names.map(|name| (name, Shape::Bool))))
    }

    #[test]
    fn finds_a_type_by_its_members_in_its_own_interface_first() {
        let section = section();
        let docs = FunctionDocs::new(Some(&section), Some("a:b/own@0.1.0"));
        assert_eq!(docs.function("f"), Some("Does f."));
        assert_eq!(docs.ty(&record(["x", "y"])), Some("A place."));
        assert_eq!(docs.member(&record(["x", "y"]), "y"), None);
        assert_eq!(
            docs.member(&record(["width", "height"]), "height"),
            Some("Up.")
        );
        assert_eq!(docs.ty(&record(["width", "depth"])), None);
    }
}
