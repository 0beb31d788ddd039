//! A case that is set up: its files, its servers, the policy and the components, ready for a host to be started in it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::case::{Case, Spoil};
use crate::error::AttackError;
use crate::guest::{self, Op};
use crate::host::{Job, JobCall};
use crate::net::{Dns, RESOLVER, Servers};
use crate::world::{Snapshot, World};

/// Honest calls that are made beside an attack.
const BESIDE: u32 = 5;

/// A case that is set up.
#[derive(Debug)]
pub struct Stage<'a> {
    /// The case.
    pub case: &'a Case,
    pub(crate) world: World,
    pub(crate) servers: Option<Servers>,
    pub(crate) dns: Option<Dns>,
    pub(crate) outside: Snapshot,
    pub(crate) root: Snapshot,
    /// Whether the attacker has done its part, and the honest tool is what is called.
    poisoned: bool,
}

impl<'a> Stage<'a> {
    pub(crate) fn set(case: &'a Case) -> Result<Self, AttackError> {
        let mut world = World::new()?;
        let (root, outside) = (world.root(), world.outside());
        world.add(&outside, &case.outside)?;
        world.add(&root, &case.world)?;
        let network = case.needs_network();
        if network {
            crate::net::enter()?;
        }
        let servers = network.then(|| Servers::serve(&case.net, &world));
        let servers = servers
            .transpose()
            .map_err(AttackError::network("servers"))?;
        let dns = network.then(|| Dns::serve(case.net.names.clone()));
        let dns = dns
            .transpose()
            .map_err(AttackError::network("a name server"))?;
        let mut stage = Self {
            case,
            world,
            servers,
            dns,
            outside: Snapshot::default(),
            root: Snapshot::default(),
            poisoned: false,
        };
        stage.write_files()?;
        stage.outside = Snapshot::of(&outside);
        stage.root = Snapshot::of(&root);
        Ok(stage)
    }

    /// The directory that paths start from.
    pub fn root_directory(&self) -> PathBuf {
        match &self.case.root {
            Some(root) => PathBuf::from(self.world.fill(root)),
            None => self.world.root(),
        }
    }

    /// The directory outside, with the flag.
    pub fn outside_directory(&self) -> PathBuf {
        self.world.outside()
    }

    /// What an attacker's environment could hold: the flag, and a home that is outside.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("BAILIWICK_FLAG", self.world.flag.clone()),
            ("HOME", self.world.outside().display().to_string()),
            (
                "XDG_CACHE_HOME",
                self.world.beside("cache").display().to_string(),
            ),
            (
                "XDG_STATE_HOME",
                self.world.beside("state").display().to_string(),
            ),
        ]
    }

    /// What the case's script does, where it has one: for a host that runs no Wasm.
    pub(crate) fn script(&self) -> Option<Vec<Op>> {
        if self.case.component.is_some() || self.case.bytes.is_some() || self.case.script.is_empty()
        {
            return None;
        }
        guest::parse(&self.case.script, &self.world).ok()
    }

    /// What the process under attack is to do.
    pub fn job(&self) -> Job {
        let call = |call: crate::case::Call| JobCall {
            tool: call.tool,
            principal: call.principal,
            function: call.function,
            arguments: self.world.fill(&call.arguments),
            times: call.times,
        };
        let calls = self.case.all_calls().into_iter();
        let calls = calls.filter(|call| !self.poisoned || call.tool != "attack");
        Job {
            policy: self.policy(),
            root: self.root_directory(),
            trail: self.trail(),
            cache: self.caches().then(|| self.world.beside("cache")),
            store: self.world.beside("store.db"),
            resolver: self.dns.is_some().then(|| RESOLVER.to_owned()),
            calls: calls.map(call).collect(),
            beside: if self.case.beside { BESIDE } else { 0 },
        }
    }

    /// How many calls the process makes.
    pub(crate) fn calls(&self) -> u32 {
        let job = self.job();
        let calls = job.calls.iter().map(|call| call.times);
        calls.fold(job.beside, u32::saturating_add)
    }

    pub(crate) fn job_json(&self) -> String {
        serde_json::to_string(&self.job()).unwrap_or_default()
    }

    fn caches(&self) -> bool {
        matches!(
            self.case.spoil,
            Some(Spoil::Cache | Spoil::CacheLink | Spoil::CacheFolder)
        )
    }

    pub(crate) fn policy(&self) -> PathBuf {
        self.world.root().join("bailiwick.toml")
    }

    pub(crate) fn trail(&self) -> PathBuf {
        match self.case.spoil {
            Some(Spoil::TrailIsFull) => PathBuf::from("/dev/full"),
            Some(Spoil::TrailNowhere) => self.world.beside("nowhere/trail.jsonl"),
            _ => self.world.root().join("trail.jsonl"),
        }
    }

    fn write_files(&self) -> Result<(), AttackError> {
        let write =
            |path: &Path, bytes: &[u8]| fs::write(path, bytes).map_err(AttackError::world(path));
        let component = guest::attacker(self.case, &self.world)?;
        let folder = self.world.root();
        write(&folder.join("attack.wasm"), &component)?;
        let other = self.case.other.as_deref().unwrap_or(guest::HONEST);
        let other = guest::component(&self.world.fill(other));
        let other = other.map_err(|why| AttackError::Data {
            class: self.case.id(),
            why,
        })?;
        write(&folder.join("other.wasm"), &other)?;
        write(&self.policy(), self.policy_text().as_bytes())?;
        match &self.case.spoil {
            Some(spoil) => self.spoil(spoil),
            None => Ok(()),
        }
    }

    fn policy_text(&self) -> String {
        let mut text = format!(
            "[tools.attack]\ncomponent = \"attack.wasm\"\n{}\n{}\n",
            self.world.fill(&self.case.policy),
            self.world.fill(&self.case.also)
        );
        let mut network = Vec::new();
        if self.dns.is_some() {
            network.push(format!("resolver = \"{RESOLVER}\""));
        }
        if self.case.net.certificate.is_some() {
            network.push(format!(
                "ca-file = \"{}\"",
                self.world.beside("ca.pem").display()
            ));
        }
        if !network.is_empty() {
            text += &format!("[network]\n{}\n", network.join("\n"));
        }
        if self.case.beside && !text.contains("[tools.other]") {
            text += "[tools.other]\ncomponent = \"other.wasm\"\n";
        }
        text
    }

    fn spoil(&self, spoil: &Spoil) -> Result<(), AttackError> {
        let policy = self.policy();
        let wrong = |error| AttackError::world(&policy)(error);
        match spoil {
            Spoil::Policy(text) => fs::write(&policy, self.world.fill(text)).map_err(wrong),
            Spoil::CutPolicy(bytes) => fs::OpenOptions::new()
                .write(true)
                .open(&policy)
                .and_then(|file| file.set_len(*bytes as u64))
                .map_err(wrong),
            Spoil::NoPolicy => fs::remove_file(&policy).map_err(wrong),
            Spoil::PolicyIsDirectory => fs::remove_file(&policy)
                .and_then(|()| fs::create_dir(&policy))
                .map_err(wrong),
            Spoil::PolicyNotText => {
                let bytes = [b"# \xff\n", self.policy_text().as_bytes()].concat();
                fs::write(&policy, bytes).map_err(wrong)
            }
            Spoil::TrailIsFull | Spoil::TrailNowhere => Ok(()),
            Spoil::TrailIsDirectory => fs::create_dir(self.trail()).map_err(wrong),
            Spoil::Component => self.exchange_component(),
            Spoil::NoComponent => {
                fs::remove_file(self.world.root().join("attack.wasm")).map_err(wrong)
            }
            Spoil::Cache | Spoil::CacheLink | Spoil::CacheFolder => Ok(()),
        }
    }

    /// The policy pins what was honest; what lies there is not that.
    fn exchange_component(&self) -> Result<(), AttackError> {
        let policy = self.policy();
        let wrong = |why| AttackError::Data {
            class: self.case.id(),
            why,
        };
        let honest = guest::component(guest::HONEST).map_err(wrong)?;
        let digest = Sha256::digest(&honest);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let pinned = self.policy_text().replace(
            "component = \"attack.wasm\"",
            &format!("component = \"attack.wasm\"\nsha256 = \"{digest}\""),
        );
        fs::write(&policy, pinned).map_err(AttackError::world(&policy))
    }

    /// Puts the attacker's compiled code in the place of the honest tool's, after both have been compiled here.
    pub(crate) fn poison_cache(&mut self) -> Result<bool, AttackError> {
        let Some(spoil) = self.case.spoil.as_ref().filter(|_| self.caches()) else {
            return Ok(false);
        };
        let folder = self.world.beside("cache");
        let mut entries = Vec::new();
        find(&folder, &mut entries);
        entries.sort_by_key(|path| fs::metadata(path).and_then(|found| found.modified()).ok());
        let [evil, honest] = entries.as_slice() else {
            return Ok(false);
        };
        let wrong = |error| AttackError::world(honest)(error);
        let anyone = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(wrong)
        };
        match spoil {
            Spoil::CacheLink => {
                let elsewhere = self.world.outside().join("evil.cwasm");
                fs::copy(evil, &elsewhere).map_err(wrong)?;
                fs::remove_file(honest).map_err(wrong)?;
                symlink(&elsewhere, honest).map_err(wrong)?;
            }
            Spoil::CacheFolder => {
                fs::copy(evil, honest).map_err(wrong)?;
                anyone(honest.parent().unwrap_or(honest), 0o777)?;
            }
            _ => {
                fs::copy(evil, honest).map_err(wrong)?;
                anyone(honest, 0o666)?;
            }
        }
        self.poisoned = true;
        self.outside = Snapshot::of(&self.world.outside());
        Ok(true)
    }
}

fn find(folder: &Path, entries: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, entries);
        } else {
            entries.push(path);
        }
    }
}
