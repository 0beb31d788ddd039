//! Every block on both of its edges, and IPv4 in each of its disguises.

use super::*;

fn class(address: &str) -> AddressClass {
    AddressClass::of(address.parse().unwrap())
}

#[test]
fn knows_every_block_of_ipv4_to_its_last_address() {
    let table = [
        ("0.0.0.0", AddressClass::Unspecified),
        ("0.0.0.1", AddressClass::Reserved),
        ("0.255.255.255", AddressClass::Reserved),
        ("1.0.0.0", AddressClass::Public),
        ("9.255.255.255", AddressClass::Public),
        ("10.0.0.0", AddressClass::Private),
        ("10.255.255.255", AddressClass::Private),
        ("11.0.0.0", AddressClass::Public),
        ("100.63.255.255", AddressClass::Public),
        ("100.64.0.0", AddressClass::Shared),
        ("100.100.100.200", AddressClass::Metadata),
        ("100.100.100.201", AddressClass::Shared),
        ("100.127.255.255", AddressClass::Shared),
        ("100.128.0.0", AddressClass::Public),
        ("126.255.255.255", AddressClass::Public),
        ("127.0.0.0", AddressClass::Loopback),
        ("127.0.0.1", AddressClass::Loopback),
        ("127.255.255.255", AddressClass::Loopback),
        ("128.0.0.0", AddressClass::Public),
        ("168.63.129.15", AddressClass::Public),
        ("168.63.129.16", AddressClass::Metadata),
        ("168.63.129.17", AddressClass::Public),
        ("169.253.255.255", AddressClass::Public),
        ("169.254.0.0", AddressClass::LinkLocal),
        ("169.254.169.253", AddressClass::LinkLocal),
        ("169.254.169.254", AddressClass::Metadata),
        ("169.254.170.2", AddressClass::Metadata),
        ("169.254.255.255", AddressClass::LinkLocal),
        ("169.255.0.0", AddressClass::Public),
        ("172.15.255.255", AddressClass::Public),
        ("172.16.0.0", AddressClass::Private),
        ("172.31.255.255", AddressClass::Private),
        ("172.32.0.0", AddressClass::Public),
        ("191.255.255.255", AddressClass::Public),
        ("192.0.0.0", AddressClass::Reserved),
        ("192.0.0.192", AddressClass::Metadata),
        ("192.0.0.255", AddressClass::Reserved),
        ("192.0.1.0", AddressClass::Public),
        ("192.0.2.0", AddressClass::Documentation),
        ("192.0.2.255", AddressClass::Documentation),
        ("192.0.3.0", AddressClass::Public),
        ("192.88.98.255", AddressClass::Public),
        ("192.88.99.0", AddressClass::Reserved),
        ("192.88.100.0", AddressClass::Public),
        ("192.167.255.255", AddressClass::Public),
        ("192.168.0.0", AddressClass::Private),
        ("192.168.255.255", AddressClass::Private),
        ("192.169.0.0", AddressClass::Public),
        ("198.17.255.255", AddressClass::Public),
        ("198.18.0.0", AddressClass::Benchmarking),
        ("198.19.255.255", AddressClass::Benchmarking),
        ("198.20.0.0", AddressClass::Public),
        ("198.51.100.1", AddressClass::Documentation),
        ("203.0.113.255", AddressClass::Documentation),
        ("223.255.255.255", AddressClass::Public),
        ("224.0.0.0", AddressClass::Multicast),
        ("239.255.255.255", AddressClass::Multicast),
        ("240.0.0.0", AddressClass::Reserved),
        ("255.255.255.254", AddressClass::Reserved),
        ("255.255.255.255", AddressClass::Broadcast),
    ];
    for (address, expected) in table {
        assert_eq!(class(address), expected, "{address}");
    }
}

#[test]
fn knows_every_block_of_ipv6_to_its_last_address() {
    let table = [
        ("::", AddressClass::Unspecified),
        ("::1", AddressClass::Loopback),
        ("::2", AddressClass::Reserved),
        ("::127.0.0.1", AddressClass::Reserved),
        ("::8.8.8.8", AddressClass::Reserved),
        ("100::", AddressClass::Discard),
        ("100::ffff:ffff:ffff:ffff", AddressClass::Discard),
        ("100:0:0:1::1", AddressClass::Discard),
        ("1fff:ffff::1", AddressClass::Reserved),
        ("2000::1", AddressClass::Public),
        ("2001::1", AddressClass::Tunnel),
        ("2001:0:ffff::1", AddressClass::Tunnel),
        ("2001:1::1", AddressClass::Reserved),
        ("2001:2::1", AddressClass::Benchmarking),
        ("2001:20::1", AddressClass::Reserved),
        ("2001:1ff:ffff::1", AddressClass::Reserved),
        ("2001:200::1", AddressClass::Public),
        ("2001:4860:4860::8888", AddressClass::Public),
        ("2001:db7:ffff::1", AddressClass::Public),
        ("2001:db8::1", AddressClass::Documentation),
        ("2001:db9::1", AddressClass::Public),
        ("2002:7f00:1::1", AddressClass::Tunnel),
        ("2002:808:808::1", AddressClass::Tunnel),
        ("2003::1", AddressClass::Public),
        ("2606:4700::1111", AddressClass::Public),
        ("3ffe::1", AddressClass::Reserved),
        ("3fff::1", AddressClass::Documentation),
        ("3fff:fff:ffff::1", AddressClass::Documentation),
        ("3fff:1000::1", AddressClass::Public),
        ("4000::1", AddressClass::Reserved),
        ("5f00::1", AddressClass::Reserved),
        ("fbff:ffff::1", AddressClass::Reserved),
        ("fc00::1", AddressClass::UniqueLocal),
        ("fd00:ec2::253", AddressClass::UniqueLocal),
        ("fd00:ec2::254", AddressClass::Metadata),
        ("fd20:ce::254", AddressClass::Metadata),
        ("fdff:ffff::1", AddressClass::UniqueLocal),
        ("fe00::1", AddressClass::Reserved),
        ("fe80::1", AddressClass::LinkLocal),
        ("febf:ffff::1", AddressClass::LinkLocal),
        ("fec0::1", AddressClass::Reserved),
        ("feff:ffff::1", AddressClass::Reserved),
        ("ff02::1", AddressClass::Multicast),
    ];
    for (address, expected) in table {
        assert_eq!(class(address), expected, "{address}");
    }
}

#[test]
fn sees_through_ipv4_inside_ipv6() {
    let table = [
        ("::ffff:127.0.0.1", AddressClass::Loopback),
        ("::ffff:7f00:1", AddressClass::Loopback),
        ("::ffff:169.254.169.254", AddressClass::Metadata),
        ("::ffff:8.8.8.8", AddressClass::Public),
        ("64:ff9b::7f00:1", AddressClass::Loopback),
        ("64:ff9b::10.0.0.1", AddressClass::Private),
        ("64:ff9b::169.254.169.254", AddressClass::Metadata),
        ("64:ff9b::8.8.8.8", AddressClass::Public),
        ("64:ff9b::1:808:808", AddressClass::Reserved),
        ("64:ff9b:1::8.8.8.8", AddressClass::Tunnel),
        ("64:ff9b:1:ffff::1", AddressClass::Tunnel),
        ("64:ff9b:2::8.8.8.8", AddressClass::Reserved),
        ("2001:4860::5efe:10.0.0.1", AddressClass::Tunnel),
        ("2001:4860::200:5efe:8.8.8.8", AddressClass::Tunnel),
        ("fe80::5efe:10.0.0.1", AddressClass::Tunnel),
    ];
    for (address, expected) in table {
        assert_eq!(class(address), expected, "{address}");
    }
    assert_eq!(
        canonical("::ffff:192.168.0.1".parse().unwrap()),
        "192.168.0.1".parse::<IpAddr>().unwrap()
    );
}

#[test]
fn only_global_unicast_is_reached_without_being_said() {
    let open = [AddressClass::Public];
    let private = [
        AddressClass::Loopback,
        AddressClass::Private,
        AddressClass::Shared,
        AddressClass::Benchmarking,
        AddressClass::UniqueLocal,
    ];
    let named = [AddressClass::LinkLocal, AddressClass::Metadata];
    let never = [
        AddressClass::Unspecified,
        AddressClass::Multicast,
        AddressClass::Broadcast,
        AddressClass::Documentation,
        AddressClass::Discard,
        AddressClass::Reserved,
        AddressClass::Tunnel,
    ];
    assert!(open.iter().all(|class| class.reach() == Reach::Any));
    assert!(
        private
            .iter()
            .all(|class| class.reach() == Reach::AllowPrivate)
    );
    assert!(
        named
            .iter()
            .all(|class| class.reach() == Reach::NamedAddress)
    );
    assert!(never.iter().all(|class| class.reach() == Reach::Never));
}
