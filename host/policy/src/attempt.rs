//! One use of a capability, as the tool sent it: nothing in it was checked.

use crate::call::Callee;
use crate::capability::Capability;
use crate::decide;
use crate::denial::Denial;
use crate::explain::Question;
use crate::grant::Grant;
use crate::permit::{DirectoryTarget, ExtensionTarget, FileTarget, HttpTarget, Permit};
use crate::secret::SecretName;

/// A use of a capability. The trait is sealed: what can be attempted is what this crate decides.
pub trait Attempt: sealed::Sealed {
    /// What a permit for it holds.
    type Target;

    /// The capability that is used.
    fn capability(&self) -> Capability;

    /// The same as a question, which can be kept and asked again: [`Grant::still_permits`].
    fn question(&self) -> Question;

    /// Decides this attempt: the other way to write [`Grant::decide`].
    ///
    /// # Errors
    /// The denial.
    fn decide(&self, grant: &Grant) -> Result<Permit<Self::Target>, Denial>;
}

/// Reading a file.
#[derive(Debug, Clone, Copy)]
pub struct ReadFile<'a> {
    /// Its path, as sent.
    pub path: &'a str,
}

/// Writing a file.
#[derive(Debug, Clone, Copy)]
pub struct WriteFile<'a> {
    /// Its path, as sent.
    pub path: &'a str,
}

/// Listing a directory; `.` is the root.
#[derive(Debug, Clone, Copy)]
pub struct ListFiles<'a> {
    /// Its path, as sent.
    pub path: &'a str,
}

/// Fetching a URL with GET.
#[derive(Debug, Clone, Copy)]
pub struct HttpGet<'a> {
    /// The URL, as sent.
    pub url: &'a str,
}

/// Sending a request.
#[derive(Debug, Clone, Copy)]
pub struct HttpRequest<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The URL, as sent.
    pub url: &'a str,
}

/// Reading the real time.
#[derive(Debug, Clone, Copy)]
pub struct ReadClock;

/// Drawing unpredictable bytes.
#[derive(Debug, Clone, Copy)]
pub struct DrawRandom;

/// Using the tool's own store.
#[derive(Debug, Clone, Copy)]
pub struct UseKeyValue;

/// Changing the tool's own store, which lets a later call know something.
#[derive(Debug, Clone, Copy)]
pub struct ChangeKeyValue;

/// Calling another tool of the same policy.
#[derive(Debug, Clone, Copy)]
pub struct CallTool<'a> {
    /// The tool's name, as sent.
    pub tool: &'a str,
    /// The function's own name, as sent; none stands for all functions of the tool, so that each of them has to be permitted.
    pub function: Option<&'a str>,
}

/// Naming a secret, to have it put into a request.
#[derive(Debug, Clone, Copy)]
pub struct UseSecret<'a> {
    /// Its name, as sent.
    pub name: &'a str,
}

/// Using a capability that an embedder added.
#[derive(Debug, Clone)]
pub struct ExtensionAttempt<'a> {
    /// The key under which the extension was registered.
    pub key: &'a str,
    /// What the extension's scope decides about.
    pub words: Vec<&'a str>,
}

impl<'a> CallTool<'a> {
    /// The attempt of a text `tool` or `tool.function`.
    #[must_use]
    pub fn named(text: &'a str) -> Self {
        match text.split_once('.') {
            Some((tool, function)) => CallTool {
                tool,
                function: Some(function),
            },
            None => CallTool {
                tool: text,
                function: None,
            },
        }
    }
}

impl Grant {
    /// Decides an attempt.
    ///
    /// # Authority
    /// The permit is the authority to do this one thing, once.
    ///
    /// # Errors
    /// The denial: what was attempted, why it was denied, by which rule, and what would permit it.
    pub fn decide<A: Attempt>(&self, attempt: A) -> Result<Permit<A::Target>, Denial> {
        attempt.decide(self)
    }
}

impl Attempt for ReadFile<'_> {
    type Target = FileTarget;

    fn capability(&self) -> Capability {
        Capability::ReadFile
    }

    fn question(&self) -> Question {
        Question::ReadFile(self.path.to_owned())
    }

    fn decide(&self, grant: &Grant) -> Result<Permit<FileTarget>, Denial> {
        decide::read_file(grant, self.path)
    }
}

impl Attempt for WriteFile<'_> {
    type Target = FileTarget;

    fn capability(&self) -> Capability {
        Capability::WriteFile
    }

    fn question(&self) -> Question {
        Question::WriteFile(self.path.to_owned())
    }

    fn decide(&self, grant: &Grant) -> Result<Permit<FileTarget>, Denial> {
        decide::write_file(grant, self.path)
    }
}

impl Attempt for ListFiles<'_> {
    type Target = DirectoryTarget;

    fn capability(&self) -> Capability {
        Capability::ListFiles
    }

    fn question(&self) -> Question {
        Question::ListFiles(self.path.to_owned())
    }

    fn decide(&self, grant: &Grant) -> Result<Permit<DirectoryTarget>, Denial> {
        decide::list_files(grant, self.path)
    }
}

impl Attempt for HttpGet<'_> {
    type Target = HttpTarget;

    fn capability(&self) -> Capability {
        Capability::HttpGet
    }

    fn question(&self) -> Question {
        Question::HttpGet(self.url.to_owned())
    }

    fn decide(&self, grant: &Grant) -> Result<Permit<HttpTarget>, Denial> {
        decide::http_get(grant, self.url)
    }
}

impl Attempt for HttpRequest<'_> {
    type Target = HttpTarget;

    fn capability(&self) -> Capability {
        Capability::HttpRequest
    }

    fn question(&self) -> Question {
        Question::HttpRequest {
            method: self.method.to_owned(),
            url: self.url.to_owned(),
        }
    }

    fn decide(&self, grant: &Grant) -> Result<Permit<HttpTarget>, Denial> {
        decide::http_request(grant, self.method, self.url)
    }
}

impl Attempt for ReadClock {
    type Target = ();

    fn capability(&self) -> Capability {
        Capability::Clock
    }

    fn question(&self) -> Question {
        Question::Clock
    }

    fn decide(&self, grant: &Grant) -> Result<Permit<()>, Denial> {
        decide::clock(grant)
    }
}

impl Attempt for DrawRandom {
    type Target = ();

    fn capability(&self) -> Capability {
        Capability::Random
    }

    fn question(&self) -> Question {
        Question::Random
    }

    fn decide(&self, grant: &Grant) -> Result<Permit<()>, Denial> {
        decide::random(grant)
    }
}

impl Attempt for UseKeyValue {
    type Target = ();

    fn capability(&self) -> Capability {
        Capability::KeyValue
    }

    fn question(&self) -> Question {
        Question::KeyValue
    }

    fn decide(&self, grant: &Grant) -> Result<Permit<()>, Denial> {
        decide::key_value(grant)
    }
}

impl Attempt for ChangeKeyValue {
    type Target = ();

    fn capability(&self) -> Capability {
        Capability::KeyValue
    }

    fn question(&self) -> Question {
        Question::KeyValue
    }

    fn decide(&self, grant: &Grant) -> Result<Permit<()>, Denial> {
        decide::change_key_value(grant)
    }
}

impl Attempt for CallTool<'_> {
    type Target = Callee;

    fn capability(&self) -> Capability {
        Capability::CallTool
    }

    fn question(&self) -> Question {
        Question::CallTool(match self.function {
            Some(function) => format!("{}.{function}", self.tool),
            None => self.tool.to_owned(),
        })
    }

    fn decide(&self, grant: &Grant) -> Result<Permit<Callee>, Denial> {
        decide::call_tool(grant, self.tool, self.function)
    }
}

impl Attempt for UseSecret<'_> {
    type Target = SecretName;

    fn capability(&self) -> Capability {
        Capability::Secret
    }

    fn question(&self) -> Question {
        Question::Secret(self.name.to_owned())
    }

    fn decide(&self, grant: &Grant) -> Result<Permit<SecretName>, Denial> {
        decide::secret(grant, self.name)
    }
}

impl Attempt for ExtensionAttempt<'_> {
    type Target = ExtensionTarget;

    fn capability(&self) -> Capability {
        Capability::Extension(self.key.into())
    }

    fn question(&self) -> Question {
        Question::Extension {
            key: self.key.to_owned(),
            words: self.words.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    fn decide(&self, grant: &Grant) -> Result<Permit<ExtensionTarget>, Denial> {
        decide::extension(grant, self.key, &self.words)
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::ReadFile<'_> {}
    impl Sealed for super::WriteFile<'_> {}
    impl Sealed for super::ListFiles<'_> {}
    impl Sealed for super::HttpGet<'_> {}
    impl Sealed for super::HttpRequest<'_> {}
    impl Sealed for super::ReadClock {}
    impl Sealed for super::DrawRandom {}
    impl Sealed for super::UseKeyValue {}
    impl Sealed for super::ChangeKeyValue {}
    impl Sealed for super::CallTool<'_> {}
    impl Sealed for super::UseSecret<'_> {}
    impl Sealed for super::ExtensionAttempt<'_> {}
}
