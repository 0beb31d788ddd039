//! Which compiler: `$CC` (`$CXX` for C++) if it can compile for WebAssembly, else Zig's, else clang with a wasi-libc.
//!
//! Zig stands before clang because it has everything in one package: the C library, the C++ library and the linker, of the
//! same version everywhere.

use std::ffi::OsString;
use std::path::Path;

use super::sources::Dialect;
use super::{Language, OPTIMISATION};
use crate::error::BuildError;
use crate::language::zig;
use crate::toolchain::{Invocation, Requirement, Search, Tool};

/// The oldest name of the target, which all of them know: clang before 20 has no `wasm32-wasip1`.
const TARGETS: [&str; 2] = ["wasm32-wasi", "wasm32-wasip1"];

/// A tool's stack: as much as a thread has elsewhere. The 64 KiB of wasm-ld are too few for what people write.
const STACK: &str = "-Wl,-z,stack-size=1048576";

const MISSING: Requirement = Requirement {
    name: "a compiler of C for WebAssembly",
    programs: &[],
    install: zig::INSTALL,
};

/// A compiler that can do it.
pub(in crate::language) struct Compiler {
    tool: Tool,
    target: Vec<String>,
    linking: Vec<&'static str>,
}

impl Compiler {
    /// Finds one.
    ///
    /// # Errors
    /// [`BuildError::Missing`].
    pub(in crate::language) fn find(
        search: &Search,
        language: Language,
    ) -> Result<Self, BuildError> {
        named(search, language)
            .or_else(|| zig_cc(search, language))
            .or_else(|| clang(search, language))
            .ok_or_else(|| MISSING.missing())
    }

    /// The one that is part of Zig.
    pub(in crate::language) fn of_zig(zig: Tool, language: Language) -> Self {
        let driver = match language {
            Language::Cpp => "c++",
            _ => "cc",
        };
        Self {
            tool: zig.with_arguments([driver]),
            target: vec!["-target".to_owned(), zig::TARGET.to_owned()],
            linking: Vec::new(),
        }
    }

    /// The program that it is.
    pub(super) fn into_tool(self) -> Tool {
        self.tool
    }

    /// A call that compiles one file; the words that name it follow.
    pub(in crate::language) fn compile(&self, folder: &Path, dialect: Dialect) -> Invocation {
        self.call(folder)
            .args(["-c", OPTIMISATION, "-x", dialect.word()])
    }

    /// A call that links objects; the words that name them follow. A reactor: a library that is set up once, then called.
    pub(in crate::language) fn link(&self, folder: &Path) -> Invocation {
        self.call(folder)
            .args([OPTIMISATION, "-mexec-model=reactor"])
            .args(["-Wl,--strip-debug", STACK])
            .args(&self.linking)
    }

    fn call(&self, folder: &Path) -> Invocation {
        self.tool.run_in(folder).args(&self.target)
    }
}

/// What the environment names, if it can compile for WebAssembly: most people's `$CC` is for their own machine.
fn named(search: &Search, language: Language) -> Option<Compiler> {
    let words = std::env::var_os(match language {
        Language::Cpp => "CXX",
        _ => "CC",
    })?;
    let words = words.into_string().ok()?;
    let mut words = words.split_whitespace();
    let program = words.next()?;
    let path = match program.contains(std::path::MAIN_SEPARATOR) {
        true => program.into(),
        false => search.program(program)?,
    };
    let tool = Tool::at(program, path).with_arguments(words.map(OsString::from));
    with_a_library(tool, language)
}

fn zig_cc(search: &Search, language: Language) -> Option<Compiler> {
    Some(Compiler::of_zig(zig::find(search)?, language))
}

fn clang(search: &Search, language: Language) -> Option<Compiler> {
    let name = match language {
        Language::Cpp => "clang++",
        _ => "clang",
    };
    // Distributions name each version; the unversioned one is the machine's own choice and comes first.
    let versioned = (16..30).rev().map(|version| format!("{name}-{version}"));
    std::iter::once(name.to_owned())
        .chain(versioned)
        .filter_map(|name| Some(Tool::at(name.clone(), search.program(&name)?)))
        .find_map(|tool| with_a_library(tool, language))
}

/// The compiler with the first target for which it finds a standard library.
fn with_a_library(tool: Tool, language: Language) -> Option<Compiler> {
    let (dialect, header) = match language {
        Language::Cpp => (Dialect::Cpp, "vector"),
        _ => (Dialect::C, "stdlib.h"),
    };
    let target = TARGETS.into_iter().find(|target| {
        tool.run_in(Path::new("/"))
            .arg(format!("--target={target}"))
            .args(["-fsyntax-only", "-include", header, "-x", dialect.word()])
            .arg("/dev/null")
            .run()
            .is_ok()
    })?;
    Some(Compiler {
        tool,
        target: vec![format!("--target={target}")],
        // Below the stack, not above it, lie the tool's own data unless one says otherwise: an overflow would change them.
        linking: vec!["-Wl,--stack-first"],
    })
}
