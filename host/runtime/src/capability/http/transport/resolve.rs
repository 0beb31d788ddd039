//! Names to addresses, once per attempt.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig,
    ResolverOpts,
};
use hickory_resolver::proto::rr::Name;
use hickory_resolver::{TokioResolver, net::runtime::TokioRuntimeProvider};

use super::error::{Error, Unavailable};

/// Addresses of one name that are considered. Every one must be permitted, so a name with more is refused rather than
/// cut: what is cut off would be unchecked, and no service that means well needs them (a DNS answer over UDP has room for
/// about 70).
pub(crate) const ADDRESSES_MAX: usize = 64;

/// How long the configured server has for an answer: one that asks others needs a fraction of a second, and a lost packet is asked for again.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(2);

/// How often it is asked again. A server that is away is so known within half of a call's usual time, and is `unavailable` and no limit.
const ASKED_AGAIN: usize = 1;

/// Who answers for names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolver {
    /// The operating system, with its hosts file and search domains.
    System,
    /// One DNS server, and nothing else: no hosts file, no search domains, no cache.
    Server(SocketAddr),
}

impl Resolver {
    /// Every address of `name`, without repetition, in the resolver's order.
    ///
    /// # Errors
    ///
    /// `Unavailable` when there is no address, or more than [`ADDRESSES_MAX`].
    pub(super) async fn lookup(self, name: &str) -> Result<Vec<IpAddr>, Error> {
        let addresses = match self {
            Self::System => system_lookup(name).await?,
            Self::Server(server) => server_lookup(server, name).await?,
        };
        if addresses.is_empty() {
            return Err(Unavailable::NoAddress.into());
        }
        if addresses.len() > ADDRESSES_MAX {
            return Err(Unavailable::TooManyAddresses { max: ADDRESSES_MAX }.into());
        }
        Ok(addresses)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the resolver itself: each address that it gives is decided"
)]
async fn system_lookup(name: &str) -> Result<Vec<IpAddr>, Error> {
    // The port plays no part in a lookup; the interface wants one.
    let found = tokio::net::lookup_host((name, 0)).await;
    let found = found.map_err(Unavailable::SystemLookup)?;
    Ok(distinct(found.map(|address| address.ip())))
}

/// A resolver of its own for every lookup: what one tool asked is not there for another, neither as an answer nor as time.
async fn server_lookup(server: SocketAddr, name: &str) -> Result<Vec<IpAddr>, Error> {
    let failed = |source| Unavailable::ConfiguredLookup(source);
    let mut absolute = Name::from_ascii(name).map_err(|error| failed(error.into()))?;
    absolute.set_fqdn(true);
    let mut builder =
        TokioResolver::builder_with_config(only(server), TokioRuntimeProvider::default());
    *builder.options_mut() = options();
    let resolver = builder.build().map_err(|error| failed(error.into()))?;
    let found = resolver.lookup_ip(absolute).await;
    let found = found.map_err(|error| failed(error.into()))?;
    Ok(distinct(found.iter()))
}

fn only(server: SocketAddr) -> ResolverConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = server.port();
        connection
    });
    let server = NameServerConfig::new(server.ip(), true, connections.into());
    ResolverConfig::from_parts(None, Vec::new(), vec![server])
}

fn options() -> ResolverOpts {
    let mut options = ResolverOpts::default();
    options.use_hosts_file = ResolveHosts::Never;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.cache_size = 0;
    options.timeout = ANSWER_TIME_MAX;
    options.attempts = ASKED_AGAIN;
    options
}

/// Stops one past the limit, so that a thousand answers cost no more than that.
fn distinct(addresses: impl Iterator<Item = IpAddr>) -> Vec<IpAddr> {
    let mut found = Vec::new();
    for address in addresses {
        if !found.contains(&address) {
            found.push(address);
        }
        if found.len() > ADDRESSES_MAX {
            break;
        }
    }
    found
}
