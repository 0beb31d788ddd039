//! What a bailiwick tool in Rust needs, in the habits of the standard library.
//!
//! A tool is a WebAssembly component. It has no file system, no network, no clock and no randomness but what its world
//! imports and its operator's policy grants. This crate gives those imports the shape that a Rust programmer expects: open
//! files are [`std::io::Read`] and [`std::io::Write`], errors work with `?`, a panic's message reaches the log. There is
//! no more to it: what a function may do is decided by the host, and an error of the host comes out as it went in.
//!
//! | module | what it has | what the tool's world must import |
//! |---|---|---|
//! | [`files`] | reading, writing, listing | `bailiwick:files/read-file`, `write-file`, `list-files` |
//! | [`http`] | GET, and requests of any method | `bailiwick:http/http-get`, `http-request` |
//! | [`log`] | lines for the operator, panics among them | `bailiwick:log/log` |
//! | [`clock`] | the time | `bailiwick:clock/clock` |
//! | [`random`] | random bytes | `bailiwick:random/random` |
//! | [`key_value`] | values that stay from one call to the next | `bailiwick:key-value/key-value` |
//! | [`secret`] | secrets that the host puts into requests | `bailiwick:secret/secret` |
//! | [`tools`] | calling other tools | `bailiwick:tools/call-tool` |
//! | [`progress`] | how far the call is | `bailiwick:progress/progress` |
//! | [`content`] | answers that are pictures, sound, documents | nothing: it has only types |
//!
//! A component imports only what its code calls: a tool that never calls [`http`] does not import it, and so asks no
//! policy for it.
//!
//! # A tool
//! `wit/world.wit` says what the tool exports:
//!
//! ```wit
//! package example:line-count@0.1.0;
//!
//! interface counter {
//!   use bailiwick:files/types@0.1.0.{error, reader};
//!   count-lines: func(text: borrow<reader>) -> result<u32, error>;
//! }
//!
//! world line-count {
//!   include bailiwick:worlds/file-filter@0.1.0;
//!   export counter;
//! }
//! ```
//!
//! and `src/lib.rs` implements it:
//!
//! ```
//! use std::io::{BufRead, BufReader};
//!
//! use bailiwick_sdk::files::{Error, Reader};
//! use exports::example::line_count::counter::Guest;
//!
//! bailiwick_sdk::generate!({
//! #    path: ["wit/log", "wit/files", "wit/http", "wit/clock", "wit/random", "wit/worlds"],
//! #    inline: "package example:line-count@0.1.0;
//! #        interface counter {
//! #            use bailiwick:files/types@0.1.0.{error, reader};
//! #            count-lines: func(text: borrow<reader>) -> result<u32, error>;
//! #        }
//! #        world line-count { include bailiwick:worlds/file-filter@0.1.0; export counter; }",
//!     // The handles and errors in the tool's signatures are those of this crate.
//!     with: { "bailiwick:files/types@0.1.0": bailiwick_sdk::files },
//!     generate_all,
//! });
//! bailiwick_sdk::log_panics!();
//!
//! struct LineCount;
//!
//! export!(LineCount);
//!
//! impl Guest for LineCount {
//!     fn count_lines(text: &Reader) -> Result<u32, Error> {
//!         let mut lines = 0;
//!         for line in BufReader::new(text).split(b'\n') {
//!             line?;
//!             lines += 1;
//!         }
//!         Ok(lines)
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! # With cargo-component
//! cargo-component generates the bindings itself. The same mapping stands in `Cargo.toml`:
//!
//! ```toml
//! [package.metadata.component.bindings.with]
//! "bailiwick:files/types@0.1.0" = "bailiwick_sdk::files"
//! ```

pub mod clock;
pub mod content;
pub mod files;
pub mod http;
pub mod key_value;
pub mod log;
pub mod progress;
pub mod random;
pub mod secret;
pub mod tools;

mod bindings;
mod generated;
mod pieces;

#[doc(hidden)]
pub use wit_bindgen;

/// Makes the bindings of the tool's own world: `wit_bindgen::generate!` of the version that this crate was made for.
///
/// It takes the options of [`wit_bindgen::generate!`]. The one to know is `with`, by which types in the tool's signatures
/// are those of this crate; an entry that the world does not use is an error:
///
/// | for | entry |
/// |---|---|
/// | readers, writers and errors of files | `"bailiwick:files/types@0.1.0": bailiwick_sdk::files` |
/// | entries of a listing | `"bailiwick:files/list-files@0.1.0": bailiwick_sdk::files` |
/// | errors, headers and answers of HTTP | `"bailiwick:http/types@0.1.0": bailiwick_sdk::http` |
/// | levels of the log | `"bailiwick:log/log@0.1.0": bailiwick_sdk::log` |
/// | errors and instants of the clock | `"bailiwick:clock/clock@0.1.0": bailiwick_sdk::clock` |
/// | errors of random bytes | `"bailiwick:random/random@0.1.0": bailiwick_sdk::random` |
/// | errors of the store | `"bailiwick:key-value/key-value@0.1.0": bailiwick_sdk::key_value` |
/// | errors of calling tools | `"bailiwick:tools/call-tool@0.1.0": bailiwick_sdk::tools` |
/// | text, pictures, sound, documents | `"bailiwick:content/types@0.1.0": bailiwick_sdk::content` |
///
/// Without its entry a type is a type of its own, equal in shape to this crate's and no more.
///
/// # Examples
/// ```
/// bailiwick_sdk::generate!({
/// #   path: [],
///     inline: "package example:greeting; world greeting { export greet: func(name: string) -> string; }",
/// });
///
/// struct Greeting;
///
/// export!(Greeting);
///
/// impl Guest for Greeting {
///     fn greet(name: String) -> String {
///         format!("Good morning, {name}.")
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! generate {
    ({ $($options:tt)* }) => {
        $crate::wit_bindgen::generate!({
            runtime_path: "bailiwick_sdk::wit_bindgen::rt",
            $($options)*
        });
    };
}
