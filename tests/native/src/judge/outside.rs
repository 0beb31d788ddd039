//! The world outside: who listens, and what an attack left behind.

use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::scene::Scene;

/// The file of the listener in an attack's folder.
pub(super) const LISTENER: &str = "listener";

/// The folder in it that a server is given.
pub(super) const OWN: &str = "own";

/// Listeners that nobody should reach.
#[derive(Debug)]
pub(super) struct Outside {
    tcp: TcpListener,
    tcp6: Option<TcpListener>,
    udp: UdpSocket,
    named: UnixListener,
    name: String,
}

/// A listener that is a file in this folder.
pub(super) fn listen_in(folder: &Path) -> Result<UnixListener> {
    let path = folder.join(LISTENER);
    let listener = UnixListener::bind(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o777))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

impl Outside {
    pub(super) fn new() -> Result<Self> {
        let name = format!("bailiwick-native-{}", super::flag_text()?);
        let outside = Self {
            tcp: TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?,
            tcp6: TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).ok(),
            udp: UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?,
            named: UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name)?)?,
            name,
        };
        outside.tcp.set_nonblocking(true)?;
        outside.udp.set_nonblocking(true)?;
        outside.named.set_nonblocking(true)?;
        if let Some(tcp6) = &outside.tcp6 {
            tcp6.set_nonblocking(true)?;
        }
        Ok(outside)
    }

    /// A scene that names the listeners, and nothing else yet.
    pub(super) fn scene(&self) -> Scene {
        let port = |listener: &TcpListener| listener.local_addr().map_or(0, |here| here.port());
        Scene {
            attack: String::new(),
            folder: PathBuf::new(),
            flag: PathBuf::new(),
            inherited: [0; 2],
            victim: 0,
            secret: [0; 2],
            parent: 0,
            tcp: port(&self.tcp),
            tcp6: self.tcp6.as_ref().map_or(0, port),
            udp: self.udp.local_addr().map_or(0, |here| here.port()),
            unix: PathBuf::new(),
            abstract_name: self.name.clone(),
            program: PathBuf::new(),
            cache: PathBuf::new(),
        }
    }

    /// Who was reached since it was asked last.
    pub(super) fn effects(&self, unix: &UnixListener) -> Vec<String> {
        let mut effects = Vec::new();
        let mut reached = |was: bool, what: &str| {
            if was {
                effects.push(format!("{what} was reached"));
            }
        };
        reached(self.tcp.accept().is_ok(), "a listener on 127.0.0.1");
        if let Some(tcp6) = &self.tcp6 {
            reached(tcp6.accept().is_ok(), "a listener on ::1");
        }
        reached(
            self.udp.recv(&mut [0; 64]).is_ok(),
            "a receiver of datagrams",
        );
        reached(self.named.accept().is_ok(), "a listener with a name");
        reached(unix.accept().is_ok(), "a listener that is a file");
        effects
    }
}

/// What is in the folder that was not, and what is not as it was.
pub(super) fn left_behind(folder: &Path, flag: &str) -> Result<Vec<String>> {
    let mut effects = Vec::new();
    let here = std::path::absolute(folder)?;
    for entry in fs::read_dir(here)? {
        let name = entry?.file_name();
        if name != "flag" && name != LISTENER && name != OWN {
            effects.push(format!("`{}` was left behind", name.display()));
        }
    }
    let path = folder.join("flag");
    let now = fs::read_to_string(&path).unwrap_or_default();
    let mode = fs::metadata(&path).map_or(0, |flag| flag.permissions().mode());
    if now != flag || mode & 0o777 != 0o644 {
        effects.push("the flag was changed".to_owned());
    }
    Ok(effects)
}
