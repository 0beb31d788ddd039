//! Who may call what, and how it is known who calls: the access file, tokens, OAuth, and which sites are let in.
//!
//! The attacker is whoever can reach the server's port: somebody without a token, with a stolen or a made-up one, a web page in
//! the operator's browser, or a principal that wants more than it was given. A request passes, in this order:
//!
//! 1. [`Sites::check`]: the host that it names is this server's, and the page that it comes from, if any, may speak to it. 403.
//! 2. [`Authenticator::authenticate`]: its one bearer token is that of one [`Principal`]. 401, 403, or 503 when an issuer's keys
//!    cannot be had: nobody is let in on a guess.
//! 3. [`Principal::may`]: the principal may call the function. What it may not call is not listed for it either.
//! 4. [`Principal::narrowing`]: what the call is held to, beside the tool's policy. It can only become narrower.
//!
//! Absent means nothing: a principal without `tools` has none, one without a token and a subject cannot come in by HTTP, and an
//! access file without principals lets nobody in. Only where there is no access file at all is everybody who can reach the
//! server the principal `local`, who may call everything; that is for standard input and for this machine's loopback addresses.
//!
//! Deliberately absent: passwords, cookies, tokens in addresses, sessions that stand for a token, an `everyone` principal.

mod bearer;
mod file;
mod mode;
mod oauth;
mod principal;
mod refused;
mod sites;
mod table;
mod token;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bailiwick::policy::{Diagnostics, Policy};
use http::{HeaderMap, StatusCode};

pub use oauth::{Invalid, KeySetError, KeysError, KeysPlace, OAuth, ResourceMetadata};
pub use principal::{LOCAL, Narrowing, Principal};
pub use refused::Refused;
pub use sites::{ForeignSite, Shown, SiteError, Sites};
pub use token::{NoRandomness, TOKEN_PREFIX, Token, TokenError, TokenHash};

use crate::gate::{GateLimits, LaneLimits, QUEUE_WAIT, TOOL_CONCURRENCY};
use mode::Mode;
use oauth::KeySource;
pub(crate) use oauth::WELL_KNOWN;

/// What an access file says.
#[derive(Debug)]
pub struct Access {
    principals: Vec<Arc<Principal>>,
    tools: BTreeMap<Arc<str>, LaneLimits>,
    wait: Duration,
    oauth: Option<OAuth>,
    sites: Sites,
    authenticates: bool,
    warnings: Vec<String>,
    /// Of the text; zeros where there is none.
    digest: [u8; 32],
}

/// Why there is no access file to go by.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// It cannot be read.
    #[error("cannot read the access file `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Others than its owner can write it, and so could let themselves in.
    #[error("the access file `{}` can be written by others (mode {mode:03o})", path.display())]
    WritableByOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It has mistakes.
    #[error("{0}")]
    Mistakes(Diagnostics),
}

/// Knows who calls. One for a server; after the access file changed, a new one.
#[derive(Debug)]
pub struct Authenticator {
    access: Arc<Access>,
    keys: Option<KeySource>,
}

impl Access {
    /// Without an access file: the one principal `local`, who may call everything and needs no token.
    ///
    /// # Authority
    /// Everybody who can reach the server may call everything.
    #[must_use]
    pub fn local() -> Self {
        Self {
            principals: vec![Arc::new(Principal::local())],
            tools: BTreeMap::new(),
            wait: QUEUE_WAIT,
            oauth: None,
            sites: Sites::loopback(),
            authenticates: false,
            warnings: Vec::new(),
            digest: [0; 32],
        }
    }

    /// Reads an access file.
    ///
    /// # Authority
    /// Who shows a token of the file may call what the file says.
    ///
    /// # Errors
    /// [`AccessError`]. There is no access then, not even a part of it.
    pub fn read(path: &Path, policy: &Policy) -> Result<Self, AccessError> {
        let (text, warnings) = read(path)?;
        let name = path.display().to_string();
        let access = Self::parse(&name, &text, policy).map_err(AccessError::Mistakes)?;
        Ok(access.warned(warnings))
    }

    /// Reads the text of an access file, for the tools of a policy. `file_name` is what places in it are named with, and what its
    /// own paths are relative to.
    ///
    /// ```
    /// use bailiwick::policy::{Extensions, Policy};
    /// use bailiwick_mcp::access::Access;
    /// let policy = "[tools.csv-report]\ncomponent = \"csv_report.wasm\"\n";
    /// let policy = Policy::parse("bailiwick.toml", policy, &Extensions::new())?;
    /// let access = Access::parse("access.toml", r#"
    ///     [principals.alice]
    ///     token-sha256 = ["8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"]
    ///     tools = ["csv-report.summarise"]
    ///     rate = "60/min"
    /// "#, &policy)?;
    /// let alice = access.principal("alice").expect("the file has her");
    /// assert!(alice.may("csv-report", "summarise") && !alice.may("csv-report", "delete"));
    /// # Ok::<(), bailiwick::policy::Diagnostics>(())
    /// ```
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(file_name: &str, text: &str, policy: &Policy) -> Result<Self, Diagnostics> {
        file::parse(file_name, text, policy)
    }

    /// The SHA-256 of the text: what a yes to a call is bound to.
    pub(crate) fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Whether requests need a token: always, but for [`Self::local`].
    #[must_use]
    pub fn authenticates(&self) -> bool {
        self.authenticates
    }

    /// The same, with what the operator should know of the file and of what it says.
    fn warned(mut self, warnings: Vec<String>) -> Self {
        let host = self.oauth.as_ref().map(|oauth| oauth.metadata().host());
        let foreign = host.filter(|host| !self.sites.answers_to(host.as_bytes()));
        let foreign = foreign.map(|host| {
            format!(
                "clients of the `resource` under `[oauth]` come with the host `{host}`, which this server does not answer to: name it in `hosts` under `[http]`, unless a proxy puts another in its place"
            )
        });
        self.warnings = warnings.into_iter().chain(foreign).collect();
        self
    }

    /// The principal with that name.
    #[must_use]
    pub fn principal(&self, name: &str) -> Option<&Arc<Principal>> {
        self.principals().find(|principal| principal.name() == name)
    }

    /// All principals, by name.
    pub fn principals(&self) -> impl Iterator<Item = &Arc<Principal>> {
        self.principals.iter()
    }

    /// Which hosts the server answers to, and which pages may speak to it.
    #[must_use]
    pub fn sites(&self) -> &Sites {
        &self.sites
    }

    /// What is said about tokens of an authorization server, if something is.
    #[must_use]
    pub fn oauth(&self) -> Option<&OAuth> {
        self.oauth.as_ref()
    }

    /// What clients read to find the authorization server, if there is one.
    #[must_use]
    pub fn resource_metadata(&self) -> Option<&ResourceMetadata> {
        self.oauth.as_ref().map(OAuth::metadata)
    }

    /// The file of keys that it names: no tool may write it, as none may write the access file.
    #[must_use]
    pub fn keys_file(&self) -> Option<&Path> {
        match &self.oauth.as_ref()?.keys {
            KeysPlace::File(path) => Some(path),
            KeysPlace::Url(_) => None,
        }
    }

    /// What the operator should know.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// What the gate holds calls to, for all tools of a policy.
    #[must_use]
    pub fn gate_limits(&self, policy: &Policy) -> GateLimits {
        let mut limits = GateLimits::new().wait(self.wait);
        for principal in self.principals() {
            limits = limits.principal(principal.name(), principal.limits().clone());
        }
        for tool in policy.tools() {
            let most = tool_concurrency(Some(tool.limits().concurrency));
            let default = LaneLimits {
                concurrency: most,
                ..LaneLimits::of_a_tool()
            };
            let mut lane = self.tools.get(tool.name()).cloned().unwrap_or(default);
            // The policy may have changed since this was read.
            lane.concurrency = lane.concurrency.min(most);
            limits = limits.tool(tool.name(), lane);
        }
        limits
    }
}

impl Authenticator {
    /// Knows the principals of an access file. A file of keys is read at once; keys at an address are fetched for the first token
    /// that needs them.
    ///
    /// # Errors
    /// [`KeysError`]: the file of keys cannot be read.
    pub fn new(access: Arc<Access>) -> Result<Self, KeysError> {
        let oauth = access.oauth.as_ref();
        let keys = oauth
            .map(|oauth| KeySource::open(&oauth.keys))
            .transpose()?;
        Ok(Self { access, keys })
    }

    /// Who sent a request with these headers.
    ///
    /// # Errors
    /// [`Refused`]: nobody that is known; [`Self::challenge`] says so to the client.
    pub async fn authenticate(&self, headers: &HeaderMap) -> Result<Arc<Principal>, Refused> {
        if !self.access.authenticates {
            let local = self.access.principals.first();
            return local.cloned().ok_or(Refused::Missing);
        }
        let presented = bearer::token(headers)?;
        if presented.starts_with(TOKEN_PREFIX) {
            return self.owner(presented).ok_or(Refused::UnknownToken);
        }
        let (Some(oauth), Some(keys)) = (&self.access.oauth, &self.keys) else {
            return Err(Refused::UnknownToken);
        };
        let subject = oauth.subject(presented, keys, now()).await?;
        let mut principals = self.access.principals();
        let known =
            principals.find(|principal| principal.subject.as_deref() == Some(subject.as_str()));
        known.cloned().ok_or(Refused::UnknownSubject)
    }

    /// The answer to a request that was refused: status, headers (`WWW-Authenticate`) and a body in JSON.
    #[must_use]
    pub fn challenge(&self, refused: &Refused) -> (StatusCode, HeaderMap, String) {
        refused.answer(self.access.oauth.as_ref())
    }

    /// Whose token it is.
    fn owner(&self, presented: &str) -> Option<Arc<Principal>> {
        let token: Token = presented.parse().ok()?;
        let known = (0_u32..).zip(&self.access.principals);
        let known = known.flat_map(|(place, principal)| {
            let tokens = principal.tokens.iter();
            tokens.map(move |hash| (place, hash))
        });
        let place = usize::try_from(token::find(&token, known)?).ok()?;
        self.access.principals.get(place).cloned()
    }
}

/// Calls of a tool at once: what its policy says, as far as the gate can count.
fn tool_concurrency(policy: Option<u64>) -> u32 {
    let policy = policy.map(|most| u32::try_from(most).unwrap_or(u32::MAX));
    policy.unwrap_or(TOOL_CONCURRENCY).max(1)
}

#[expect(
    clippy::disallowed_methods,
    reason = "whether a token has expired depends on the time; no guest sees it"
)]
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn read(path: &Path) -> Result<(String, Vec<String>), AccessError> {
    let failed = |source: io::Error| AccessError::Read {
        path: path.to_owned(),
        source,
    };
    let file = crate::file::regular(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let warnings = check_mode(path, Mode::of(&metadata))?;
    let mut text = String::new();
    let read = file
        .take(file::FILE_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(failed)?;
    if u64::try_from(read).is_ok_and(|read| read > file::FILE_BYTES_MAX) {
        let source = io::Error::new(io::ErrorKind::FileTooLarge, "it has more than 4 MiB");
        return Err(failed(source));
    }
    Ok((text, warnings))
}

/// Who can read the file learns who there is, and no token.
fn check_mode(path: &Path, mode: Mode) -> Result<Vec<String>, AccessError> {
    let (path, bits) = (path.to_owned(), mode.bits());
    if mode.others_may_write() {
        return Err(AccessError::WritableByOthers { path, mode: bits });
    }
    let warning = format!(
        "the access file `{}` can be read by everyone (mode {bits:03o}); `chmod 600` keeps it to its owner",
        path.display()
    );
    Ok(match mode.everybody_may_read() {
        true => vec![warning],
        false => Vec::new(),
    })
}
