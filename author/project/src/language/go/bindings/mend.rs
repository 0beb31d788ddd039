//! What the generated code lacks to work in every case, put into its text.
//!
//! - Go's collector reads the clock, and may start while the host writes an answer into the tool's memory, when nothing of the
//!   host may be called. The package `boundary` keeps it at rest there, and is told where that is.
//! - Memory that the host's answers were put into stays pinned until the next call, so that a file read in pieces would be in
//!   memory as a whole. It is let go as soon as an answer is a value of Go.
//! - Handles that are lent for a call have to be given back before its end, which nothing does.

/// The package that is told, without the module's path.
pub(super) const BOUNDARY: &str = "boundary";

/// Its text; the SDK has the same.
pub(super) const BOUNDARY_TEXT: &str =
    include_str!("../../../../../../sdk/go/wit/boundary/boundary.go");

/// The text of a file of the bindings. `packages` is the path before [`BOUNDARY`].
pub(super) fn mend(text: &str, packages: &str) -> String {
    let can_let_go = text.contains("witRuntime \"");
    let mended: Vec<String> = text
        .lines()
        .map(|line| mend_line(line, can_let_go))
        .collect();
    let mended = mended.join("\n") + "\n";
    if !mended.contains("witBoundary.") {
        return mended;
    }
    let import = format!("import (\nwitBoundary \"{packages}/{BOUNDARY}\"");
    mended.replacen("import (", &import, 1)
}

fn mend_line(line: &str, can_let_go: bool) -> String {
    let code = line.trim_start();
    if code.starts_with("//") {
        return line.to_owned();
    }
    if code.starts_with("func wasm_export_") && !code.starts_with("func wasm_export_post_return_") {
        return format!("{line}\nwitBoundary.Enter()\ndefer witBoundary.Exit()");
    }
    if code == "defer pinner.Unpin()" && can_let_go {
        return format!("{line}\ndefer witRuntime.Unpin()");
    }
    if calls_the_host(code) {
        return format!("witBoundary.Leave()\n{line}\nwitBoundary.Return()");
    }
    with_borrows_noted(line)
}

/// Whether a line calls an imported function, rather than declaring it or a function of Go's.
fn calls_the_host(code: &str) -> bool {
    let call = code.split_once(":= ").map_or(code, |(_, call)| call);
    call.starts_with("wasm_import_") || call.starts_with("resourceDrop")
}

/// Puts `Borrow(…)` around each `….FromBorrowHandle(…)` of a line.
fn with_borrows_noted(line: &str) -> String {
    const MAKING: &str = "FromBorrowHandle";
    let mut noted = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(MAKING) {
        let begin = before.rfind(|c: char| !is_of_a_name(c) && c != '.');
        let (kept, name) = before.split_at(begin.map_or(0, |begin| begin + 1));
        let arguments = after.strip_prefix('(').and_then(closed);
        let Some((arguments, following)) = arguments.filter(|_| kept.trim_end() != "func") else {
            break;
        };
        noted.push_str(kept);
        noted.push_str(&format!("witBoundary.Borrow({name}{MAKING}({arguments}))"));
        rest = following;
    }
    noted + rest
}

fn is_of_a_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// What stands before the parenthesis that closes, and what stands after it.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (position, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' if depth == 0 => return Some((text.get(..position)?, text.get(position + 1..)?)),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(line: &str) -> String {
        mend_line(line, true)
    }

    #[test]
    fn the_collector_rests_during_calls_of_the_host() {
        let rests = |line: &str| {
            mended(line) == format!("witBoundary.Leave()\n{line}\nwitBoundary.Return()")
        };
        assert!(rests("        wasm_import_read(uintptr(utf8), returnArea)"));
        assert!(rests(
            "result := wasm_import_method_reader_size((self).Handle())"
        ));
        assert!(rests("                resourceDropReader(handle)"));
        for line in [
            "func wasm_import_read(arg0 uintptr)",
            "//go:wasmimport a:b/c read",
            "func resourceDropReader(handle int32)",
            "self.handle.Take()",
        ] {
            assert_eq!(mended(line), line);
        }
    }

    #[test]
    fn the_collector_works_while_the_tool_does() {
        let line = "func wasm_export_a_b_c_f(arg0 int32) int32 {";
        let begun = format!("{line}\nwitBoundary.Enter()\ndefer witBoundary.Exit()");
        assert_eq!(mended(line), begun);
        let line = "func wasm_export_post_return_a_b_c_f(result uintptr) {";
        assert_eq!(mended(line), line);
    }

    #[test]
    fn every_borrowed_handle_is_noted() {
        assert_eq!(
            mended(
                "result := e.Copy(t.ReaderFromBorrowHandle(int32(arg0)), t.WFromBorrowHandle(x))"
            ),
            "result := e.Copy(witBoundary.Borrow(t.ReaderFromBorrowHandle(int32(arg0))), \
             witBoundary.Borrow(t.WFromBorrowHandle(x)))"
        );
        let line = "func ReaderFromBorrowHandle(handleValue int32) *Reader {";
        assert_eq!(mended(line), line);
    }

    #[test]
    fn memory_of_answers_is_let_go_where_the_runtime_is_imported() {
        let line = "defer pinner.Unpin()";
        assert_eq!(
            mend_line(line, true),
            format!("{line}\ndefer witRuntime.Unpin()")
        );
        assert_eq!(mend_line(line, false), line);
    }
}
