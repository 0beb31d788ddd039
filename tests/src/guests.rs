//! The guests that the tests call, as `cargo xtask guests` built them.

use std::path::PathBuf;

/// The component of a guest.
///
/// # Panics
/// When it was not built: a test that silently leaves something out proves nothing.
pub fn path(name: &str) -> PathBuf {
    let path = folder().join(format!("{name}.wasm"));
    assert!(
        path.exists(),
        "`{}` is missing: run `cargo xtask guests` first (`cargo xtask test` does it by itself)",
        path.display()
    );
    path
}

/// Its bytes.
///
/// # Panics
/// As for [`path`].
pub fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

/// The component of a guest that only a full set-up builds, or nothing and a line that says so.
///
/// # Panics
/// When it is missing although this is no quick run.
pub fn bytes_unless_quick(name: &str) -> Option<Vec<u8>> {
    if std::env::var_os("BAILIWICK_QUICK").is_some() {
        eprintln_line(&format!("`{name}` is left out of a quick run"));
        return None;
    }
    Some(bytes(name))
}

/// The component of a guest, or nothing where it is missing and this is a quick run.
///
/// # Panics
/// When it is missing although this is no quick run.
pub fn bytes_or_quick(name: &str) -> Option<Vec<u8>> {
    if folder().join(format!("{name}.wasm")).exists() {
        return Some(bytes(name));
    }
    bytes_unless_quick(name)
}

/// Whether `cargo xtask test` found no toolchain for a language, and said so in its table.
pub fn is_left_out(language: &str) -> bool {
    let left_out = std::env::var("BAILIWICK_LEFT_OUT").unwrap_or_default();
    left_out.split_whitespace().any(|left| left == language)
}

#[expect(
    clippy::print_stderr,
    reason = "a test that leaves something out says so"
)]
fn eprintln_line(line: &str) {
    eprintln!("{line}");
}

fn folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("BAILIWICK_GUESTS") {
        return folder.into();
    }
    // A test is at `<target>/<profile>/deps/NAME`, the other process at `<target>/<profile>/NAME`.
    let program = std::env::current_exe().unwrap();
    let built = program
        .ancestors()
        .skip(2)
        .take(2)
        .map(|folder| folder.join("guests"))
        .find(|folder| folder.is_dir());
    built.unwrap_or_else(|| "target/guests".into())
}
