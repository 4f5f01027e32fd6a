//! Which numbers of the network are the public's: of films that are fetched, and of media that the service is to fetch.

// The core's: numbers alone, and nothing that could reach out.
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address belongs to the public network.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

const fn is_public_v4(ip: Ipv4Addr) -> bool {
    let special = match ip.octets() {
        // This network, shared by carriers, protocol assignments, 6to4 relays, benchmarks.
        [0, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18..=19, ..] => true,
        // Reserved, and broadcast.
        [first, ..] => first >= 240,
    };
    let local = ip.is_private() || ip.is_loopback() || ip.is_link_local();
    !(special || local || ip.is_multicast() || ip.is_documentation())
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [.., a, b] = ip.segments();
    let [ab, cd] = [a.to_be_bytes(), b.to_be_bytes()];
    let last = Ipv4Addr::new(ab[0], ab[1], cd[0], cd[1]);
    match ip.segments() {
        // An IPv4 address in other clothes: translated (NAT64), mapped, or tunnelled.
        [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0, 0xffff, ..] => is_public_v4(last),
        [0x2002, a, b, ..] => {
            let [ab, cd] = [a.to_be_bytes(), b.to_be_bytes()];
            is_public_v4(Ipv4Addr::new(ab[0], ab[1], cd[0], cd[1]))
        }
        // Only 2000::/3 is public, less Teredo and its neighbours, and documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}
