//! The templates and the SDKs, carried by the program itself.

use crate::language::Language;

/// A file that was there when this was compiled.
pub(crate) struct File {
    /// Its path below its folder, with `/`.
    pub(crate) path: &'static str,
    /// Its content.
    pub(crate) bytes: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The files of the SDK that a language's tools use.
pub(crate) fn sdk(language: Language) -> &'static [File] {
    match language {
        Language::Rust | Language::RustCargoComponent => SDK_RUST,
        Language::Python => SDK_PYTHON,
        Language::JavaScript | Language::TypeScript => SDK_JAVASCRIPT,
        Language::C | Language::Cpp | Language::Zig => SDK_C,
        Language::Go => SDK_GO,
    }
}
