//! What `bailiwick inspect` shows to people.

use bailiwick::Function;
use bailiwick::policy::format_bytes;
use bailiwick::section::Section;
use bailiwick::value::{Shape, Signature};

use super::Shown;
use crate::table::{table, wrapped};
use crate::terminal::{Paint, visible, visible_lines};

/// Columns of a terminal that nobody made wider.
const WIDTH: usize = 80;

pub(super) fn text(shown: &Shown<'_>, paint: Paint) -> String {
    let facts = [
        ("component", shown.component.display().to_string()),
        ("size", size(shown.tool.size())),
        ("sha256", shown.tool.digest().to_string()),
    ];
    let facts = facts.map(|(name, value)| [paint.bold(name), visible(&value).into_owned()]);
    let mut text = table(&facts, 0);
    let mut section = |title: &str, body: String| {
        text += &format!("\n{}\n{body}", paint.bold(title));
    };
    section("Imports: all that it could ever ask for", imports(shown));
    section("Functions", functions(shown, paint));
    section("In a policy", indented(&shown.policy(), "  "));
    if let Some(author) = shown.tool.section() {
        section(
            "The author's words: claims, which nobody checked",
            author_words(shown, author),
        );
    }
    text
}

fn imports(shown: &Shown<'_>) -> String {
    if shown.imports.is_empty() {
        return "  none\n".to_owned();
    }
    let rows: Vec<[String; 2]> = shown
        .imports
        .iter()
        .map(|(name, import)| [visible(name).into_owned(), import.about()])
        .collect();
    table(&rows, 2)
}

/// The functions below their interfaces.
fn functions(shown: &Shown<'_>, paint: Paint) -> String {
    let mut text = String::new();
    let mut interface = None;
    for one in shown.tool.functions() {
        if one.interface() != interface {
            interface = one.interface();
            text += &format!("  {}\n", visible(interface.unwrap_or_default()));
        }
        text += &function(one, paint);
    }
    if text.is_empty() {
        text.push_str("  none\n");
    }
    text
}

fn function(function: &Function, paint: Paint) -> String {
    let indent = if function.interface().is_some() { 4 } else { 2 };
    let lines = match function.signature() {
        Ok(signature) => signature_lines(function.item(), signature),
        Err(why) => vec![format!(
            "{} {} {why}",
            function.item(),
            paint.yellow("cannot be called:")
        )],
    };
    let (first, rest) = lines
        .split_first()
        .map_or(("", &[][..]), |(first, rest)| (first, rest));
    let mut text = wrapped(&visible(first), indent, 4, WIDTH);
    for line in rest {
        text += &wrapped(&visible(line), indent + 4, 8, WIDTH);
    }
    text
}

/// The name with its parameters, and what it answers with.
fn signature_lines(name: &str, signature: &Signature) -> Vec<String> {
    let params: Vec<String> = signature
        .params()
        .iter()
        .map(|(name, shape)| format!("{name}: {shape}"))
        .collect();
    let mut lines = vec![format!("{name}({})", params.join(", "))];
    let shown = |shape: &Option<Box<Shape>>| {
        shape
            .as_ref()
            .map_or_else(|| "nothing".to_owned(), ToString::to_string)
    };
    match signature.result() {
        None => {}
        Some(Shape::Result(ok, err)) => {
            lines.push(format!("answer  {}", shown(ok)));
            lines.push(format!("error   {}", shown(err)));
        }
        Some(shape) => lines.push(format!("answer  {shape}")),
    }
    lines
}

/// What the author says about the capabilities, and about what the tool exports. What the section says about interfaces
/// that the host implements is no news.
fn author_words(shown: &Shown<'_>, section: &Section) -> String {
    let mut text = String::new();
    for ask in &section.asks {
        let why: Vec<&str> = ask.why.as_str().split_whitespace().collect();
        let line = format!("asks for {}: {}", ask.capability, why.join(" "));
        text += &wrapped(&visible(&line), 2, 4, WIDTH);
    }
    let mut interface = None;
    for function in shown.tool.functions() {
        if function.interface() != interface {
            interface = function.interface();
            let docs = interface.and_then(|interface| section.docs.get(interface));
            if let (Some(name), Some(docs)) = (interface, docs.filter(|docs| !docs.docs.is_empty()))
            {
                text += &format!(
                    "  {}\n{}",
                    visible(name),
                    indented(docs.docs.as_str(), "      ")
                );
            }
        }
        if let Some(words) = shown.tool.description(function) {
            text += &format!(
                "  {}\n{}",
                visible(function.item()),
                indented(words, "      ")
            );
        }
    }
    if text.is_empty() {
        text.push_str("  none\n");
    }
    text
}

fn indented(text: &str, by: &str) -> String {
    visible_lines(text.trim_end())
        .lines()
        .map(|line| format!("{}\n", format!("{by}{line}").trim_end()))
        .collect()
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format_bytes(bytes),
        1_024..1_048_576 => format!("{} KiB ({bytes} bytes)", bytes.div_ceil(1_024)),
        1_048_576.. => format!("{} MiB ({bytes} bytes)", bytes.div_ceil(1_048_576)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable_and_exact() {
        assert_eq!(size(512), "512 B");
        assert_eq!(size(1_500), "2 KiB (1500 bytes)");
        assert_eq!(size(3 << 20), "3 MiB (3145728 bytes)");
    }

    #[test]
    fn an_empty_line_keeps_no_spaces() {
        assert_eq!(indented("a\n\nb\n", "  "), "  a\n\n  b\n");
    }
}
