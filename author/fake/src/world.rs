//! What there is before a call: files, servers, a clock, random bytes, and what goes wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bailiwick::policy::{Capability, HttpUrl, UrlError};

use crate::content::Content;
use crate::fault::{Case, Family};
use crate::performance::Performance;
use crate::sources::{Clock, Random};
use crate::tools::ScriptedTool;

/// What there is before a call. Calls do not change it: each performance begins with it anew.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub(crate) files: BTreeMap<String, Content>,
    pub(crate) directories: BTreeSet<String>,
    pub(crate) broken: BTreeMap<String, Case>,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) values: BTreeMap<String, Vec<u8>>,
    pub(crate) tools: Vec<ScriptedTool>,
    pub(crate) secrets: BTreeSet<String>,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) faults: Vec<Fault>,
}

/// Something that goes wrong wherever it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub(crate) place: Place,
    pub(crate) spared: u64,
    pub(crate) case: Case,
}

/// Where something goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At every attempt of a capability.
    Capability(Capability),
    /// At an operation, by its name in the waist: `reader.read`, `writer.commit`, `incoming.read`, `write-file.create`.
    Operation(&'static str),
}

/// A request, and what the server answers.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub(crate) method: String,
    pub(crate) url: HttpUrl,
    pub(crate) answer: Result<Arc<Response>, Case>,
}

/// What a server answers.
#[derive(Clone, Debug)]
pub struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Content,
    pub(crate) breaks_off_after: Option<u64>,
}

impl World {
    /// Nothing: no file, no server, a clock that stands at 2000-01-01T00:00:00Z, and the same random bytes every time.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. The directories on the way to it are there too.
    pub fn file(mut self, path: impl Into<String>, content: impl Into<Content>) -> Self {
        self.files.insert(path.into(), content.into());
        self
    }

    /// Adds an empty directory: as in the real world, writing does not make one.
    pub fn directory(mut self, path: impl Into<String>) -> Self {
        self.directories.insert(path.into());
        self
    }

    /// Has everything that is done with a path end so, once it is permitted. For readers and writers, when they are opened.
    pub fn broken(mut self, path: impl Into<String>, case: Case) -> Self {
        self.broken.insert(path.into(), case);
        self
    }

    /// Adds an exchange. Of several for the same request the first answers the first, and the last all others.
    pub fn exchange(mut self, exchange: Exchange) -> Self {
        self.exchanges.push(exchange);
        self
    }

    /// Puts a value into the tool's store.
    pub fn value(mut self, key: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.values.insert(key.into(), value.into());
        self
    }

    /// Adds what another tool answers. Of several for the same call the first answers the first, and the last all others.
    pub fn tool(mut self, tool: ScriptedTool) -> Self {
        self.tools.push(tool);
        self
    }

    /// Adds a secret that the host has, by its name: there is no value, and it goes along wherever the tool attaches it. Where it is bound to is the operator's
    /// business.
    pub fn secret(mut self, name: impl Into<String>) -> Self {
        self.secrets.insert(name.into());
        self
    }

    /// Sets the clock.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the random bytes.
    pub fn random(mut self, random: Random) -> Self {
        self.random = random;
        self
    }

    /// Has something go wrong. Of several that apply, the first does.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Begins a performance, for one call.
    pub fn begin(&self) -> Arc<Performance> {
        Arc::new(Performance::new(self.clone()))
    }
}

/// The operations that can fail with an error of the WIT, and the package whose error it is.
const OPERATIONS: [(&str, Family); 27] = [
    ("read-file.read", Family::Files),
    ("read-file.read-range", Family::Files),
    ("read-file.open", Family::Files),
    ("write-file.write", Family::Files),
    ("write-file.create", Family::Files),
    ("list-files.list", Family::Files),
    ("reader.read", Family::Files),
    ("writer.write", Family::Files),
    ("writer.commit", Family::Files),
    ("http-get.get", Family::Http),
    ("http-get.open", Family::Http),
    ("http-request.send", Family::Http),
    ("http-request.open", Family::Http),
    ("http-request.upload", Family::Http),
    ("incoming.read", Family::Http),
    ("outgoing.write", Family::Http),
    ("outgoing.finish", Family::Http),
    ("clock.now", Family::Clock),
    ("clock.elapsed", Family::Clock),
    ("key-value.get", Family::KeyValue),
    ("key-value.set", Family::KeyValue),
    ("key-value.compare-and-set", Family::KeyValue),
    ("key-value.delete", Family::KeyValue),
    ("key-value.list", Family::KeyValue),
    ("call-tool.call", Family::CallTool),
    ("secret.get", Family::Secret),
    ("secret.attach", Family::Secret),
];

impl Place {
    /// The place of this name (a capability, `read-file`, or an operation, `reader.read`), and the package whose errors it has.
    pub fn named(name: &str) -> Option<(Self, Family)> {
        let operation = OPERATIONS.iter().find(|(known, _)| *known == name);
        if let Some((operation, family)) = operation {
            return Some((Self::Operation(operation), *family));
        }
        let capability = Capability::from_key(name)?;
        let family = Family::of(&capability)?;
        Some((Self::Capability(capability), family))
    }

    /// The names of all places, in the order of the capabilities.
    pub fn names() -> Vec<&'static str> {
        let capabilities = [
            "read-file",
            "write-file",
            "list-files",
            "http-get",
            "http-request",
            "clock",
            "random",
            "key-value",
            "call-tool",
            "secret",
        ];
        let operations = OPERATIONS.iter().map(|(name, _)| *name);
        capabilities.into_iter().chain(operations).collect()
    }
}

impl Fault {
    /// Every use of the place ends so.
    pub fn always(place: Place, case: Case) -> Self {
        Self {
            place,
            spared: 0,
            case,
        }
    }

    /// The first uses of the place go well, and all after them end so.
    pub fn after(uses: u64, place: Place, case: Case) -> Self {
        Self {
            place,
            spared: uses,
            case,
        }
    }
}

impl Exchange {
    /// A request that is answered.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn answered(method: &str, url: &str, response: Response) -> Result<Self, UrlError> {
        Ok(Self {
            method: method.to_owned(),
            url: HttpUrl::parse(url)?,
            answer: Ok(Arc::new(response)),
        })
    }

    /// A request that fails.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn failing(method: &str, url: &str, case: Case) -> Result<Self, UrlError> {
        Ok(Self {
            method: method.to_owned(),
            url: HttpUrl::parse(url)?,
            answer: Err(case),
        })
    }
}

impl Response {
    /// An answer with this status and body, and no header.
    pub fn new(status: u16, body: impl Into<Content>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            breaks_off_after: None,
        }
    }

    /// Adds a header. Its name is put into lower case, as a tool gets it.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.into()));
        self
    }

    /// The connection breaks after so many bytes of the body.
    pub fn breaks_off_after(mut self, bytes: u64) -> Self {
        self.breaks_off_after = Some(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_a_name_and_a_package() {
        for name in Place::names() {
            assert!(Place::named(name).is_some(), "{name}");
        }
        for capability in Capability::BUILT_IN {
            assert!(Place::names().contains(&capability.key()), "{capability}");
        }
        assert_eq!(Place::named("acme:db/query"), None);
        assert_eq!(Place::named("reader.size"), None);
    }
}
