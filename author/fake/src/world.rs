//! What there is before a call: files, servers, a clock, random bytes, and what goes wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bailiwick::policy::{Capability, HttpUrl, UrlError};

use crate::content::Content;
use crate::fault::Case;
use crate::performance::Performance;
use crate::sources::{Clock, Random};

/// What there is before a call. Calls do not change it: each performance begins with it anew.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub(crate) files: BTreeMap<String, Content>,
    pub(crate) directories: BTreeSet<String>,
    pub(crate) broken: BTreeMap<String, Case>,
    pub(crate) exchanges: Vec<Exchange>,
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
