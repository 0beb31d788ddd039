//! Secrets: what an operator binds to destinations, and which of them a tool may name.
//!
//! **The attackers** are the tool, which chooses the name, the request and its URL, and every server that an answer comes from. The tool wants the secret's
//! bytes, or the secret sent to a place of its own; a server wants to be sent what was meant for another.
//!
//! **The order.** A name has one spelling, and is decided by the rules under `secret`; a request is decided as every request is; and only then, from both permits
//! together, is it decided whether the secret may go into that request: its normalised URL has to be covered by the secret's own `to`. What comes of that is a permit
//! for an [`Injection`], the only thing that says where in a request a secret's bytes go. A redirect is another request, so that it needs another permit.
//!
//! **The empty case.** Without rules no secret can be named; a secret without a destination is a mistake in the file.
//!
//! **Deliberately absent**: the bytes, which this crate never sees; wildcards, since a secret that is added later is not granted by what was written before; a way to let a
//! secret go to every host; a way to have one added to requests that no tool asked for it (`http-get` carries none).

mod binding;
mod scope;

pub use binding::{AwsSigV4, Leak, SecretPlace, SecretPolicy, SecretSource};
pub use scope::{Injection, SecretName, decide_injection};
pub(crate) use scope::{SecretRule, SecretScope, compile_secret, is_secret_name};
