//! Changes for a person: lines that can be shown on a terminal whatever a tool wrote, with what differs marked.

use std::time::Duration;

use bailiwick::audit::visible;
use similar::{ChangeTag, TextDiff};

use super::change::{all_parts, shared_title};
use super::{Approved, Became, Change, DefinitionText, Part, mixed_scripts};

/// Lines around a difference.
const AROUND: usize = 2;

/// Texts that are made to be hard to compare are compared coarsely after this.
const PATIENCE: Duration = Duration::from_millis(500);

/// Where the texts of a definition begin.
const INDENT: usize = 4;

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What kind of line.
    pub sign: Sign,
    /// Blanks in front of it.
    pub indent: usize,
    /// Its text, in pieces.
    pub pieces: Vec<Piece>,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Says what the lines below it are.
    Title,
    /// Something that whoever approves should know.
    Warning,
    /// There now.
    Added,
    /// No longer there.
    Removed,
    /// The same in both.
    Same,
}

/// A piece of a line. No character in it can do anything to a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether this is what differs from the line that it stands for.
    pub differs: bool,
}

impl Line {
    fn new(sign: Sign, indent: usize, text: &str) -> Self {
        let text = visible(text).into_owned();
        let pieces = vec![Piece {
            text,
            differs: false,
        }];
        Self {
            sign,
            indent,
            pieces,
        }
    }

    /// The line without colours.
    pub fn plain(&self) -> String {
        let text: String = self
            .pieces
            .iter()
            .map(|piece| piece.text.as_str())
            .collect();
        let sign = match self.sign {
            Sign::Title => "",
            Sign::Warning => "! ",
            Sign::Added => "+ ",
            Sign::Removed => "- ",
            Sign::Same => "  ",
        };
        format!("{}{sign}{text}", " ".repeat(self.indent))
            .trim_end()
            .to_owned()
    }
}

/// A change in lines; `current` is the tool as it is now, of which a new one is shown whole.
pub fn shown(change: &Change, current: &Approved) -> Vec<Line> {
    match change {
        Change::NewTool { .. } => whole(current),
        Change::NewImport { import } => listed("new import", Became::Added, import),
        Change::LostImport { import } => listed("import that is gone", Became::Removed, import),
        Change::Wider { line, rule } => listed("wider grant", *rule, line),
        Change::Narrower { line, rule } => listed("narrower grant", *rule, line),
        Change::WeakerIsolation { line } => listed("weaker isolation", Became::Removed, line),
        Change::Shared {
            key,
            approved,
            current,
        } => replaced(shared_title(key, approved, current), key, approved, current),
        Change::Ask { approved, current } => replaced("asking", "ask", approved, current),
        Change::Limit {
            key,
            approved,
            current,
        } => replaced("limit", key, approved, current),
        Change::Component { approved, current } => replaced(
            "another component",
            "sha256",
            &approved.to_string(),
            &current.to_string(),
        ),
        Change::DefinitionChanged { name, parts } => parts
            .iter()
            .flat_map(|part| differing(name, part))
            .collect(),
        Change::DefinitionAdded { name, definition } => added(name, definition),
        Change::DefinitionRemoved { name } => {
            listed("function that is gone", Became::Removed, name)
        }
        Change::RemovedTool { .. } => vec![Line::new(
            Sign::Title,
            0,
            "no longer in the policy: what was approved of it is forgotten",
        )],
    }
}

fn listed(title: &str, became: Became, line: &str) -> Vec<Line> {
    let sign = match became {
        Became::Added => Sign::Added,
        Became::Removed => Sign::Removed,
    };
    let mut lines = vec![
        Line::new(Sign::Title, 0, title),
        Line::new(sign, INDENT, line),
    ];
    lines.extend(warnings(line));
    lines
}

fn replaced(title: &str, key: &str, approved: &str, current: &str) -> Vec<Line> {
    vec![
        Line::new(Sign::Title, 0, title),
        Line::new(Sign::Removed, INDENT, &format!("{key} = {approved}")),
        Line::new(Sign::Added, INDENT, &format!("{key} = {current}")),
    ]
}

/// A tool that nobody has approved: all of it.
fn whole(current: &Approved) -> Vec<Line> {
    let mut lines = Vec::new();
    let lists: [(&str, Vec<&str>); 4] = [
        ("imports", current.imports().collect()),
        ("grants", current.grants().collect()),
        ("limits", current.limits().collect()),
        ("for all tools of the policy", current.shared().collect()),
    ];
    for (title, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        lines.push(Line::new(Sign::Title, 0, title));
        for entry in list {
            lines.push(Line::new(Sign::Added, INDENT, entry));
            lines.extend(warnings(entry));
        }
    }
    if current.ask() != "false" {
        lines.push(Line::new(Sign::Title, 0, "asking"));
        lines.push(Line::new(
            Sign::Added,
            INDENT,
            &format!("ask = {}", current.ask()),
        ));
    }
    lines.push(Line::new(Sign::Title, 0, "component"));
    lines.push(Line::new(
        Sign::Added,
        INDENT,
        &format!("sha256 = {}", current.component()),
    ));
    for (name, definition) in current.definitions() {
        lines.extend(added(name, definition));
    }
    lines
}

/// A function that agents are offered anew: all that they are told.
fn added(name: &str, definition: &DefinitionText) -> Vec<Line> {
    all_parts(definition)
        .iter()
        .flat_map(|part| differing(name, part))
        .collect()
}

/// One member of a definition, as it was and as it is.
fn differing(name: &str, part: &Part) -> Vec<Line> {
    let title = format!("what agents are told of `{name}`: `{}`", part.name);
    let mut lines = vec![Line::new(Sign::Title, 0, &title)];
    let diff = TextDiff::configure()
        .timeout(PATIENCE)
        .diff_lines(&part.approved, &part.current);
    for (number, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if number > 0 {
            lines.push(Line::new(Sign::Same, INDENT, "…"));
        }
        for operation in group {
            lines.extend(diff.iter_inline_changes(operation).map(|change| {
                let pieces = change.iter_strings_lossy().map(|(differs, text)| Piece {
                    text: visible(text.trim_end_matches('\n')).into_owned(),
                    differs,
                });
                Line {
                    sign: sign(change.tag()),
                    indent: INDENT,
                    pieces: pieces.collect(),
                }
            }));
        }
    }
    lines.extend(warnings(&part.current));
    lines
}

fn sign(tag: ChangeTag) -> Sign {
    match tag {
        ChangeTag::Equal => Sign::Same,
        ChangeTag::Delete => Sign::Removed,
        ChangeTag::Insert => Sign::Added,
    }
}

/// Letters that look like others.
fn warnings(text: &str) -> impl Iterator<Item = Line> {
    mixed_scripts(text).into_iter().map(|word| {
        let words = format!("letters of several scripts in one word: {word}");
        Line::new(Sign::Warning, INDENT, &words)
    })
}
