//! What the ids of a `Resolve` stand for.
//!
//! An id is made by the `Resolve` that it belongs to, and nothing is ever taken out of one. Where two of them are compared, an
//! id travels together with its own.

use wit_parser::{
    Interface, InterfaceId, Package, PackageId, Resolve, TypeDef, TypeId, World, WorldId,
};

/// Looks up what is there.
pub(crate) trait Known {
    fn definition(&self, id: TypeId) -> &TypeDef;
    fn interface(&self, id: InterfaceId) -> &Interface;
    fn world(&self, id: WorldId) -> &World;
    fn package(&self, id: PackageId) -> &Package;
}

#[expect(
    clippy::indexing_slicing,
    reason = "an id is only ever used with the `Resolve` that made it"
)]
impl Known for Resolve {
    fn definition(&self, id: TypeId) -> &TypeDef {
        &self.types[id]
    }

    fn interface(&self, id: InterfaceId) -> &Interface {
        &self.interfaces[id]
    }

    fn world(&self, id: WorldId) -> &World {
        &self.worlds[id]
    }

    fn package(&self, id: PackageId) -> &Package {
        &self.packages[id]
    }
}
