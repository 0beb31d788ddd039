//! A page of the documentation as a program: its code blocks are files to write and commands to run, in their order.
//!
//! A block right behind a line that is nothing but a path in backticks is the content of that file. A `sh` block is run, and must
//! succeed unless its first line is `# fails`. A `text` block is what the commands before it print: each of its lines must be in
//! their output, with `…` for anything. There is no other kind: a block that nobody runs is a page that nobody checked.

use std::fs;
use std::path::Path;
use std::process::Command;

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A file to write, relative to the folder that the page is played in.
    File {
        /// Its path.
        path: String,
        /// Its content.
        content: String,
    },
    /// Commands for a shell.
    Commands(String),
    /// What the last commands print.
    Output(String),
}

/// The blocks of a page.
///
/// # Errors
/// Names the line of a block that is none of the three kinds, or that does not end.
pub fn blocks(page: &str) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let mut before = "";
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(kind) = line.trim_start().strip_prefix("```") {
            let content = content(&mut lines).ok_or(format!("line {}: no end", number + 1))?;
            blocks.push(
                block(kind, file_name(before), content)
                    .ok_or(format!("line {}: a block that nothing runs", number + 1))?,
            );
        }
        if !line.trim().is_empty() {
            before = line;
        }
    }
    Ok(blocks)
}

fn content<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>) -> Option<String> {
    let mut content = String::new();
    for (_, line) in lines {
        if line.trim_start().starts_with("```") {
            return Some(content);
        }
        content.push_str(line);
        content.push('\n');
    }
    None
}

/// The path in a line that is nothing but a path in backticks, with or without a colon.
fn file_name(line: &str) -> Option<&str> {
    let name = line.trim().trim_end_matches(':').strip_prefix('`')?;
    name.strip_suffix('`').filter(|name| !name.contains('`'))
}

fn block(kind: &str, file: Option<&str>, content: String) -> Option<Block> {
    match (kind, file) {
        (_, Some(path)) => Some(Block::File {
            path: path.to_owned(),
            content,
        }),
        ("sh", None) => Some(Block::Commands(content)),
        ("text", None) => Some(Block::Output(content)),
        _ => None,
    }
}

/// Plays a page in a folder; `path` is the `PATH` of its commands.
///
/// # Errors
/// Says which block did not do what the page says, with what was printed.
pub fn play(page: &str, folder: &Path, path: &std::ffi::OsStr) -> Result<(), String> {
    let mut printed = String::new();
    for block in blocks(page)? {
        match block {
            Block::File { path, content } => write(&folder.join(path), &content)?,
            Block::Commands(commands) => printed = run(&commands, folder, path)?,
            Block::Output(expected) => compare(&expected, &printed)?,
        }
    }
    Ok(())
}

fn write(path: &Path, content: &str) -> Result<(), String> {
    let parent = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(path, content))
        .map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

fn run(commands: &str, folder: &Path, path: &std::ffi::OsStr) -> Result<String, String> {
    let fails = commands.starts_with("# fails");
    let output = Command::new("bash")
        .args(["-e", "-u", "-o", "pipefail", "-c", commands])
        .current_dir(folder)
        .env("PATH", path)
        // A page leaves no trail behind.
        .env("XDG_STATE_HOME", folder.join(".state"))
        .output()
        .map_err(|error| format!("cannot run bash: {error}"))?;
    let mut printed = String::from_utf8_lossy(&output.stdout).into_owned();
    printed.push_str(&String::from_utf8_lossy(&output.stderr));
    if output.status.success() == fails {
        let status = output.status;
        return Err(format!("{commands}\nended with {status}:\n{printed}"));
    }
    Ok(printed)
}

fn compare(expected: &str, printed: &str) -> Result<(), String> {
    for line in expected.lines().filter(|line| !line.trim().is_empty()) {
        if !printed
            .lines()
            .any(|printed| matches(line.trim(), printed.trim()))
        {
            return Err(format!("`{line}` is not in what was printed:\n{printed}"));
        }
    }
    Ok(())
}

/// Whether a line is as expected, where `…` stands for anything.
fn matches(expected: &str, printed: &str) -> bool {
    let mut rest = printed;
    for (index, part) in expected.split('…').enumerate() {
        match rest.find(part) {
            Some(at) if index > 0 || at == 0 => rest = &rest[at + part.len()..],
            _ => return false,
        }
    }
    rest.is_empty() || expected.ends_with('…')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_files_commands_and_outputs() {
        let page = "# A\n\n`a/b.txt`\n```toml\nx\n```\nwords\n```sh\nls\n```\n```text\nb\n```\n";
        let expected = [
            Block::File {
                path: "a/b.txt".into(),
                content: "x\n".into(),
            },
            Block::Commands("ls\n".into()),
            Block::Output("b\n".into()),
        ];
        assert_eq!(blocks(page).unwrap(), expected);
    }

    #[test]
    fn refuses_a_block_that_nothing_runs_and_one_without_an_end() {
        assert!(
            blocks("words\n```rust\nx\n```\n")
                .unwrap_err()
                .contains("line 2")
        );
        assert!(blocks("```sh\nls\n").unwrap_err().contains("no end"));
    }

    #[test]
    fn finds_out_when_a_page_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let path = std::env::var_os("PATH").unwrap();
        let play = |page: &str| play(page, folder.path(), &path);
        play("`f`\n```txt\none two\n```\n```sh\ncat f\n```\n```text\none …\n```\n").unwrap();
        play("```sh\n# fails, as it should\nfalse\n```\n").unwrap();
        assert!(play("```sh\nfalse\ntrue\n```\n").is_err());
        assert!(play("```sh\n# fails\ntrue\n```\n").is_err());
        assert!(play("```sh\necho one\n```\n```text\ntwo\n```\n").is_err());
    }

    #[test]
    fn an_ellipsis_stands_for_anything() {
        assert!(matches("a … c", "a b c"));
        assert!(matches("… c", "b c"));
        assert!(matches("a …", "a b c"));
        assert!(!matches("a", "a b"));
        assert!(!matches("b", "a b"));
        assert!(!matches("a … d", "a b c"));
    }
}
