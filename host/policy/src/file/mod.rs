//! The policy file, `bailiwick.toml`: what it says, read with places and written in canonical form.

mod calls;
mod canonical;
mod diagnostic;
mod digest;
mod grants;
mod keys;
mod node;
mod parse;
mod policy;
mod private;
mod protect;
mod reader;
mod rule_reader;
mod schema;
mod secrets;
mod suggest;
mod text;

pub(crate) use canonical::{entries, secret_approval, secret_lines};
pub use diagnostic::{Diagnostic, Diagnostics, Mistake};
pub use digest::{Digest, DigestError};
pub use grants::{read_grants, read_narrowing};
pub use keys::{ISOLATION_PIECES, policy_keys};
pub use policy::{
    Ask, AuditSettings, AuditSync, CHECKPOINT_EVERY_DEFAULT, KeyValueSettings, Network, Policy,
    Proxy, ToolPolicy,
};
pub(crate) use rule_reader::read_alone;
pub use schema::policy_schema;
pub use suggest::nearest;
pub(crate) use text::{quoted, setting_text, toml_key};
