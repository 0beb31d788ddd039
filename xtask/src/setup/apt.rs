//! Downloading packages with the machine's own apt, without root and without installing anything.
//!
//! The machine's configuration is used as it is (its sources, its keys, a mirror or a proxy if one is set): apt verifies
//! the signature of the lists and the hash of each package. Only the state is ours: lists and cache are private folders,
//! so that neither root nor an earlier `apt-get update` is needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::progress::{Progress, read};

/// Hooks of other programs on an update of the machine's lists: ours are nobody else's concern.
const CONFIGURATION: &str = "\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Acquire::Languages \"none\";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled \"false\";
Acquire::IndexTargets::deb::DEP-11-icons-small::DefaultEnabled \"false\";
Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled \"false\";
Acquire::IndexTargets::deb::CNF::DefaultEnabled \"false\";
Acquire::Retries \"3\";
";

/// Whether this system has apt and dpkg.
pub(super) fn is_available() -> bool {
    let runs = |program: &str| {
        let mut command = Command::new(program);
        command
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    ["apt-get", "apt-cache", "dpkg-deb"].into_iter().all(runs)
}

/// apt with private lists and a private cache.
pub(super) struct Apt {
    folder: PathBuf,
}

impl Apt {
    /// Fetches the package lists.
    pub(super) fn update(folder: &Path, progress: &Progress) -> Result<Self> {
        for private in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(private))?;
        }
        fs::write(folder.join("apt.conf"), CONFIGURATION)?;
        let apt = Self {
            folder: folder.to_owned(),
        };
        let step = "setup: fetching the distribution's package lists (private ones, nothing of the system changes)";
        let updated = progress.run_quietly(step, apt.command("apt-get").arg("update"));
        updated.context(
            "the distribution's package lists could not be fetched; is its mirror within reach?",
        )?;
        Ok(apt)
    }

    /// Major and minor version of the package that would be downloaded, if the lists know one of this name.
    pub(super) fn version(&self, package: &str) -> Option<(u32, u32)> {
        let text = read(
            self.command("apt-cache")
                .args(["--no-all-versions", "show", package]),
        )
        .ok()?;
        let version = text
            .lines()
            .find_map(|line| line.strip_prefix("Version: "))?;
        let mut numbers = version.split(|character: char| !character.is_ascii_digit());
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    }

    /// All that a package depends on, directly and indirectly.
    pub(super) fn dependencies(&self, package: &str) -> Result<Vec<String>> {
        let text =
            read(
                self.command("apt-cache")
                    .args(["depends", "--recurse", "--important", package]),
            )?;
        Ok(text
            .lines()
            .filter(|line| !line.starts_with([' ', '|']))
            .map(|line| line.trim().to_owned())
            .collect())
    }

    /// The packages that an installation of `packages` would add to this machine, themselves included.
    pub(super) fn missing(&self, packages: &[String]) -> Result<Vec<String>> {
        let mut command = self.command("apt-get");
        command
            .args(["--simulate", "--no-install-recommends", "install"])
            .args(packages);
        let simulated = read(&mut command)
            .context("apt finds no set of packages that could be installed here (nothing was to be installed)")?;
        let mut missing: Vec<String> = simulated
            .lines()
            .filter_map(new_package)
            .map(str::to_owned)
            .collect();
        missing.extend(packages.iter().cloned());
        missing.sort();
        missing.dedup();
        Ok(missing)
    }

    /// Downloads packages into a folder.
    pub(super) fn download(
        &self,
        packages: &[String],
        folder: &Path,
        progress: &Progress,
    ) -> Result<()> {
        fs::create_dir_all(folder)?;
        let step = format!(
            "setup: downloading {} packages: {}",
            packages.len(),
            packages.join(" ")
        );
        progress.run_quietly(
            &step,
            self.command("apt-get")
                .current_dir(folder)
                .arg("download")
                .args(packages),
        )?;
        Ok(())
    }

    fn command(&self, program: &str) -> Command {
        let option =
            |name: &str, path: &str| format!("{name}={}", self.folder.join(path).display());
        let mut command = Command::new(program);
        command
            .env("LC_ALL", "C.UTF-8")
            .env("DEBIAN_FRONTEND", "noninteractive");
        command
            .arg("--config-file")
            .arg(self.folder.join("apt.conf"));
        command.args([
            "-o",
            &option("Dir::State::Lists", "lists/"),
            "-o",
            &option("Dir::Cache", "cache/"),
        ]);
        command
    }
}

/// The name in `Inst NAME (VERSION …)`. `Inst NAME [OLD] (NEW …)` is an upgrade: what is installed will do.
fn new_package(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix("Inst ")?.split_once(' ')?;
    rest.starts_with('(').then_some(name)
}

/// What [`unpack`] leaves out: the compiler's own sources (tens of thousands of small files) and documentation.
const NOT_UNPACKED: [&str; 4] = [
    "./usr/src/rustc-*/compiler",
    "./usr/src/rustc-*/src",
    "./usr/share/doc",
    "./usr/share/man",
];

/// Unpacks the files of all packages in a folder below another one, and gives the packages' file names.
pub(super) fn unpack(packages: &Path, folder: &Path, progress: &Progress) -> Result<Vec<String>> {
    // A truncated or empty archive is an error of tar's, so the pipe hides no failure.
    const SCRIPT: &str = "set -eu; packages=$1; folder=$2; shift 2\n\
        for package in \"$packages\"/*.deb; do\n\
          echo \"${package##*/}\"\n\
          dpkg-deb --fsys-tarfile \"$package\" | tar --extract --directory \"$folder\" --no-same-owner \\\n\
            --anchored --no-wildcards-match-slash \"$@\"\n\
        done\n";
    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT, "sh"]).arg(packages).arg(folder);
    command.args(NOT_UNPACKED.map(|pattern| format!("--exclude={pattern}")));
    Ok(progress
        .run_quietly("setup: unpacking the packages", &mut command)?
        .lines)
}

#[cfg(test)]
mod tests {
    //! What apt prints.

    use super::*;

    #[test]
    fn takes_new_packages_and_leaves_upgrades_and_everything_else() {
        assert_eq!(
            new_package("Inst libllvm22 (1:22.1.8-1 Debian:12 [amd64])"),
            Some("libllvm22")
        );
        assert_eq!(
            new_package("Inst libc6 [2.36-9] (2.36-10 Debian:12 [amd64])"),
            None
        );
        assert_eq!(
            new_package("Conf libllvm22 (1:22.1.8-1 Debian:12 [amd64])"),
            None
        );
        assert_eq!(new_package("Remv rustup [1.25]"), None);
    }
}
