//! What went wrong, for people and for programs.

use std::error::Error;
use std::fmt::Write as _;

use bailiwick::policy::{Denial, Diagnostics, Origin, RuleRef};
use serde_json::{Map, Value, json};

use crate::exit::Exit;
use crate::terminal::{Paint, visible, visible_lines};

/// Why the command did not do what it was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    parts: Box<Parts>,
}

#[derive(Debug)]
struct Parts {
    exit: Exit,
    code: String,
    message: String,
    causes: Vec<String>,
    hint: Option<String>,
    diagnostics: Option<Diagnostics>,
    excerpt: Option<String>,
    /// What else a program can use, beside the message.
    details: Map<String, Value>,
    /// What stands beside the error in the object.
    beside: Map<String, Value>,
}

impl Failure {
    /// A failure with a stable code and one sentence, lower case and without a full stop.
    pub(crate) fn new(exit: Exit, code: impl Into<String>, message: impl Into<String>) -> Self {
        let parts = Parts {
            exit,
            code: code.into(),
            message: message.into(),
            causes: Vec::new(),
            hint: None,
            diagnostics: None,
            excerpt: None,
            details: Map::new(),
            beside: Map::new(),
        };
        Self {
            parts: Box::new(parts),
        }
    }

    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", message)
    }

    /// The host cannot go on.
    pub(crate) fn host_fault(message: impl Into<String>) -> Self {
        Self::new(Exit::HostFault, "host-fault", message)
    }

    /// The policy has mistakes.
    pub(crate) fn invalid_policy(diagnostics: Diagnostics) -> Self {
        let count = diagnostics.list().len();
        let mistakes = if count == 1 { "mistake" } else { "mistakes" };
        let message = format!("the policy `{}` has {count} {mistakes}", diagnostics.file());
        Self::with_diagnostics("invalid-policy", message, diagnostics)
    }

    /// A file that the user wrote has mistakes.
    pub(crate) fn with_diagnostics(
        code: &str,
        message: impl Into<String>,
        diagnostics: Diagnostics,
    ) -> Self {
        let list: Vec<Value> = diagnostics
            .list()
            .iter()
            .map(|mistake| {
                json!({
                    "code": mistake.code,
                    "message": mistake.message,
                    "file": diagnostics.file(),
                    "line": mistake.line,
                    "column": mistake.column,
                    "hint": mistake.hint,
                })
            })
            .collect();
        let mut failure = Self::new(Exit::Usage, code, message).with("diagnostics", list);
        failure.parts.diagnostics = Some(diagnostics);
        failure
    }

    /// Adds an error and what is behind it as causes.
    pub(crate) fn because(mut self, error: &dyn Error) -> Self {
        self.parts.causes.push(error.to_string());
        self.because_of_source(error)
    }

    /// Adds what is behind an error as causes, when the error itself is the message.
    pub(crate) fn because_of_source(mut self, error: &dyn Error) -> Self {
        let mut next = error.source();
        while let Some(error) = next {
            self.parts.causes.push(error.to_string());
            next = error.source();
        }
        self
    }

    /// Says what to do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.parts.hint = Some(hint.into());
        self
    }

    /// Says what to do, if anything helps.
    pub(crate) fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.parts.hint = hint.or(self.parts.hint);
        self
    }

    /// Shows where in a text something is wrong.
    pub(crate) fn excerpt(mut self, excerpt: &str) -> Self {
        self.parts.excerpt = Some(excerpt.to_owned());
        self
    }

    /// Adds a field for programs.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parts.details.insert(name.to_owned(), value.into());
        self
    }

    /// Adds what stands beside the error in the object.
    pub(crate) fn beside(mut self, beside: Map<String, Value>) -> Self {
        self.parts.beside.extend(beside);
        self
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        self.parts.exit
    }

    /// The message, fit for a terminal.
    pub(crate) fn message(&self) -> String {
        visible(&self.parts.message).into_owned()
    }

    /// What to do, fit for a terminal.
    pub(crate) fn advice(&self) -> Option<String> {
        self.parts.hint.as_deref().map(visible_lines)
    }

    /// For people.
    pub(crate) fn to_text(&self, paint: Paint) -> String {
        let mut text = String::new();
        if let Some(diagnostics) = &self.parts.diagnostics {
            text += &match paint {
                Paint::Colours => diagnostics.coloured(),
                Paint::Plain => diagnostics.to_string(),
            };
            text.push('\n');
        }
        text += &format!("{} {}", paint.red("error:"), self.message());
        for cause in &self.parts.causes {
            // Writing to a string does not fail.
            let _ = write!(text, "\n  caused by: {}", visible(cause));
        }
        for line in self
            .parts
            .excerpt
            .iter()
            .flat_map(|excerpt| excerpt.lines())
        {
            let _ = write!(text, "\n  | {}", visible(line));
        }
        if let Some(advice) = self.advice() {
            let _ = write!(text, "\n{} {advice}", paint.blue("hint:"));
        }
        text
    }

    /// For programs: `{"error": {"code", "message", …}}`.
    pub(crate) fn to_json(&self) -> Value {
        let mut error = Map::new();
        error.insert("code".to_owned(), self.parts.code.as_str().into());
        error.insert("message".to_owned(), self.parts.message.as_str().into());
        if !self.parts.causes.is_empty() {
            error.insert("causes".to_owned(), self.parts.causes.as_slice().into());
        }
        if let Some(hint) = &self.parts.hint {
            error.insert("hint".to_owned(), hint.as_str().into());
        }
        error.extend(self.parts.details.clone());
        let mut object = Map::new();
        object.insert("error".to_owned(), error.into());
        object.extend(self.parts.beside.clone());
        object.into()
    }
}

/// A rule as `--json` names it: the text, and the file and line or the flag.
pub(crate) fn rule_json(rule: &RuleRef) -> Value {
    match &rule.origin {
        Origin::File { file, line, column } => {
            json!({"text": &*rule.text, "file": &**file, "line": line, "column": column})
        }
        Origin::Flag(flag) => json!({"text": &*rule.text, "flag": &**flag}),
        Origin::Code => json!({"text": &*rule.text}),
    }
}

/// A denial as fields of an error.
pub(crate) fn denial_fields(failure: Failure, denial: &Denial) -> Failure {
    failure
        .with("capability", denial.capability().key())
        .with("attempt", denial.attempt())
        .with("reason", denial.reason().code())
        .with("rule", denial.rule().map(rule_json))
}
