//! Which addresses a connection may go to: the decision after the name was looked up.
//!
//! **The attacker** owns a name, or can make an allowed one resolve to what it likes: to the machine itself, to the network around it, to the metadata service
//! that hands out the machine's credentials. It changes the answer between check and use, answers with one public and one private address, and writes IPv4 addresses inside IPv6 ones.
//!
//! **The order.** The name was decided before; now each address it resolved to is decided alone, and the permit holds the one address to connect to, so that there is no second
//! lookup. An IPv4 address inside an IPv6 one is taken out and decided itself. What is left has to be *global unicast*: in IPv4 whatever is in no special block of the IANA registry,
//! in IPv6 what is in `2000::/3` and in no special block there.
//!
//! **What `allow-private` adds**, on the very pattern that permits the URL: loopback, private, shared and benchmarking networks, unique local addresses. Link-local and metadata addresses only where the pattern
//! names the address itself, so that no name can be turned into one. Nothing adds multicast, broadcast, reserved and documentation blocks, or tunnels (6to4, Teredo, a local NAT64).
//!
//! **The empty case.** A name without addresses permits nothing, since there is nothing to connect to.
//!
//! **Deliberately absent**: names (`localhost` is a name like any other, and its address is loopback), and a NAT64 prefix of one's own inside `2000::/3`, which nobody can recognise
//! from the address: a network that has one filters there.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What kind of address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressClass {
    /// Global unicast: reachable with any permit.
    Public,
    /// This machine.
    Loopback,
    /// RFC 1918.
    Private,
    /// RFC 6598, between a provider and its customers (CGNAT).
    Shared,
    /// RFC 2544, also what local proxies hand out.
    Benchmarking,
    /// RFC 4193, `fc00::/7`.
    UniqueLocal,
    /// `169.254.0.0/16` and `fe80::/10`.
    LinkLocal,
    /// The services that hand out a cloud machine's credentials.
    Metadata,
    /// No address at all.
    Unspecified,
    /// Many receivers.
    Multicast,
    /// All receivers of a network.
    Broadcast,
    /// RFC 5737, RFC 3849, RFC 9637.
    Documentation,
    /// RFC 6666 and RFC 9780.
    Discard,
    /// Reserved, deprecated or not assigned to anybody.
    Reserved,
    /// 6to4, Teredo, ISATAP, a local NAT64: an IPv4 address inside, behind a translator that we do not know.
    Tunnel,
}

/// What is needed to reach an address of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// A permit for the URL.
    Any,
    /// `allow-private` too.
    AllowPrivate,
    /// `allow-private` on a pattern that names this address.
    NamedAddress,
    /// Nothing suffices.
    Never,
}

impl AddressClass {
    /// The class of an address, as it is on the wire: [`canonical`] first.
    #[must_use]
    pub fn of(address: IpAddr) -> AddressClass {
        match canonical(address) {
            IpAddr::V4(address) => class_v4(address),
            IpAddr::V6(address) => class_v6(address),
        }
    }

    /// What is needed to reach it.
    #[must_use]
    pub fn reach(self) -> Reach {
        match self {
            AddressClass::Public => Reach::Any,
            AddressClass::Loopback
            | AddressClass::Private
            | AddressClass::Shared
            | AddressClass::Benchmarking
            | AddressClass::UniqueLocal => Reach::AllowPrivate,
            AddressClass::LinkLocal | AddressClass::Metadata => Reach::NamedAddress,
            AddressClass::Unspecified
            | AddressClass::Multicast
            | AddressClass::Broadcast
            | AddressClass::Documentation
            | AddressClass::Discard
            | AddressClass::Reserved
            | AddressClass::Tunnel => Reach::Never,
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            AddressClass::Public => "public",
            AddressClass::Loopback => "loopback",
            AddressClass::Private => "private",
            AddressClass::Shared => "shared",
            AddressClass::Benchmarking => "benchmarking",
            AddressClass::UniqueLocal => "unique-local",
            AddressClass::LinkLocal => "link-local",
            AddressClass::Metadata => "metadata",
            AddressClass::Unspecified => "unspecified",
            AddressClass::Multicast => "multicast",
            AddressClass::Broadcast => "broadcast",
            AddressClass::Documentation => "documentation",
            AddressClass::Discard => "discard",
            AddressClass::Reserved => "reserved",
            AddressClass::Tunnel => "tunnel",
        }
    }
}

impl fmt::Display for AddressClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// The address that a connection really goes to: `::ffff:192.0.2.1` is `192.0.2.1` to every kernel.
#[must_use]
pub fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// The IANA IPv4 Special-Purpose Address Registry, with what clouds use beside it. The first block that holds the address counts.
const BLOCKS_V4: &[([u8; 4], u32, AddressClass)] = &[
    ([0, 0, 0, 0], 32, AddressClass::Unspecified),
    ([0, 0, 0, 0], 8, AddressClass::Reserved),
    ([10, 0, 0, 0], 8, AddressClass::Private),
    ([100, 100, 100, 200], 32, AddressClass::Metadata),
    ([100, 64, 0, 0], 10, AddressClass::Shared),
    ([127, 0, 0, 0], 8, AddressClass::Loopback),
    // Azure's, in a public block.
    ([168, 63, 129, 16], 32, AddressClass::Metadata),
    ([169, 254, 169, 254], 32, AddressClass::Metadata),
    // Containers' and pods' credentials on AWS.
    ([169, 254, 170, 2], 32, AddressClass::Metadata),
    ([169, 254, 170, 23], 32, AddressClass::Metadata),
    ([169, 254, 0, 0], 16, AddressClass::LinkLocal),
    ([172, 16, 0, 0], 12, AddressClass::Private),
    // Oracle's, inside the protocol block.
    ([192, 0, 0, 192], 32, AddressClass::Metadata),
    ([192, 0, 0, 0], 24, AddressClass::Reserved),
    ([192, 0, 2, 0], 24, AddressClass::Documentation),
    // Anycast blocks of AS112 and AMT: no host of anybody's.
    ([192, 31, 196, 0], 24, AddressClass::Reserved),
    ([192, 52, 193, 0], 24, AddressClass::Reserved),
    ([192, 88, 99, 0], 24, AddressClass::Reserved),
    ([192, 168, 0, 0], 16, AddressClass::Private),
    ([192, 175, 48, 0], 24, AddressClass::Reserved),
    ([198, 18, 0, 0], 15, AddressClass::Benchmarking),
    ([198, 51, 100, 0], 24, AddressClass::Documentation),
    ([203, 0, 113, 0], 24, AddressClass::Documentation),
    ([224, 0, 0, 0], 4, AddressClass::Multicast),
    ([255, 255, 255, 255], 32, AddressClass::Broadcast),
    ([240, 0, 0, 0], 4, AddressClass::Reserved),
];

/// The IANA IPv6 Special-Purpose Address Registry. The first block that holds the address counts; what is in none of them is reserved.
const BLOCKS_V6: &[([u16; 8], u32, AddressClass)] = &[
    ([0, 0, 0, 0, 0, 0, 0, 0], 128, AddressClass::Unspecified),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, AddressClass::Loopback),
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, AddressClass::Tunnel),
    ([0x100, 0, 0, 0, 0, 0, 0, 0], 64, AddressClass::Discard),
    ([0x100, 0, 0, 1, 0, 0, 0, 0], 64, AddressClass::Discard),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, AddressClass::Tunnel),
    (
        [0x2001, 2, 0, 0, 0, 0, 0, 0],
        48,
        AddressClass::Benchmarking,
    ),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, AddressClass::Reserved),
    (
        [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0],
        32,
        AddressClass::Documentation,
    ),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, AddressClass::Tunnel),
    (
        [0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0],
        48,
        AddressClass::Reserved,
    ),
    // The 6bone, given back.
    ([0x3ffe, 0, 0, 0, 0, 0, 0, 0], 16, AddressClass::Reserved),
    (
        [0x3fff, 0, 0, 0, 0, 0, 0, 0],
        20,
        AddressClass::Documentation,
    ),
    ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3, AddressClass::Public),
    // AWS and Google Cloud.
    (
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254],
        128,
        AddressClass::Metadata,
    ),
    (
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23],
        128,
        AddressClass::Metadata,
    ),
    (
        [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254],
        128,
        AddressClass::Metadata,
    ),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, AddressClass::UniqueLocal),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, AddressClass::LinkLocal),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, AddressClass::Multicast),
];

fn class_v4(address: Ipv4Addr) -> AddressClass {
    let bits = u32::from(address);
    BLOCKS_V4
        .iter()
        .find(|(block, length, _)| (bits ^ u32::from(Ipv4Addr::from(*block))) >> (32 - length) == 0)
        .map_or(AddressClass::Public, |(_, _, class)| *class)
}

fn class_v6(address: Ipv6Addr) -> AddressClass {
    let segments = address.segments();
    // RFC 6052: the well-known prefix stands for global addresses only, so what is inside decides.
    if let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = segments {
        return class_v4(embedded(high, low));
    }
    // ISATAP (RFC 5214) puts an IPv4 address behind this identifier, under any prefix.
    if let [_, _, _, _, 0 | 0x200, 0x5efe, _, _] = segments {
        return AddressClass::Tunnel;
    }
    let bits = u128::from(address);
    BLOCKS_V6
        .iter()
        .find(|(block, length, _)| {
            (bits ^ u128::from(Ipv6Addr::from(*block))) >> (128 - length) == 0
        })
        .map_or(AddressClass::Reserved, |(_, _, class)| *class)
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

#[cfg(test)]
mod tests;
