//! Where a key may be used from: networks in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// Networks of one key: the egress addresses of a few data centres. More is a firewall's business.
pub const MAX_RANGES: usize = 16;

/// The networks that a key may be used from; none means from everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IpRanges(Vec<IpNet>);

/// The texts are no networks, or too many.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRanges {
    /// This one, counted from 1, is neither an address nor a network.
    #[error("number {number} is neither an IP address nor a network like 203.0.113.0/24 or 2001:db8::/32")]
    Malformed {
        /// Which.
        number: usize,
    },
    /// More than [`MAX_RANGES`].
    #[error("at most {MAX_RANGES} networks")]
    TooMany,
}

impl IpRanges {
    /// Reads networks; a single address is a network of one. Bits beyond the prefix are dropped, so that a network has one spelling.
    ///
    /// # Errors
    /// [`InvalidRanges`].
    pub fn parse<'t>(texts: impl ExactSizeIterator<Item = &'t str>) -> Result<Self, InvalidRanges> {
        if texts.len() > MAX_RANGES {
            return Err(InvalidRanges::TooMany);
        }
        let one = |(index, text): (usize, &str)| network(text).ok_or(InvalidRanges::Malformed { number: index + 1 });
        texts.enumerate().map(one).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a key with these ranges may be used from `source`. An address that is not known lies in no network.
    pub fn permit(&self, source: Option<IpAddr>) -> bool {
        self.0.is_empty()
            || source.is_some_and(|source| {
                let source = source.to_canonical();
                self.0.iter().any(|network| network.contains(&source))
            })
    }

    /// Each network as text.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(IpNet::to_string)
    }
}

impl fmt::Display for IpRanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, network) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            network.fmt(f)?;
        }
        Ok(())
    }
}

fn network(text: &str) -> Option<IpNet> {
    let network = IpNet::from_str(text).or_else(|_| IpAddr::from_str(text).map(IpNet::from)).ok()?;
    Some(mapped(network).unwrap_or(network).trunc())
}

/// An IPv4 network written as an IPv6 one (`::ffff:192.0.2.0/120`, RFC 4291 §2.5.5.2): the gateway names such addresses as IPv4.
fn mapped(network: IpNet) -> Option<IpNet> {
    let IpNet::V6(network) = network else { return None };
    let (address, bits) = (network.addr().to_ipv4_mapped()?, network.prefix_len().checked_sub(96)?);
    ipnet::Ipv4Net::new(address, bits).ok().map(IpNet::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(texts: &[&str]) -> IpRanges {
        IpRanges::parse(texts.iter().copied()).unwrap()
    }

    fn permits(texts: &[&str], source: &str) -> bool {
        ranges(texts).permit(Some(source.parse().unwrap()))
    }

    #[test]
    fn an_address_is_permitted_inside_a_network_and_refused_outside() {
        let networks = ["203.0.113.0/24", "2001:db8::/32", "192.0.2.7"];
        for inside in ["203.0.113.0", "203.0.113.255", "2001:db8:ffff::1", "192.0.2.7", "::ffff:203.0.113.9"] {
            assert!(permits(&networks, inside), "{inside}");
        }
        for outside in ["203.0.114.0", "2001:db9::1", "192.0.2.8", "::1", "::203.0.113.9", "0.0.0.0"] {
            assert!(!permits(&networks, outside), "{outside}");
        }
        assert!(permits(&["::ffff:192.0.2.0/120"], "192.0.2.200"));
    }

    #[test]
    fn without_networks_every_address_is_permitted_and_with_them_an_unknown_one_is_not() {
        assert!(ranges(&[]).permit(None));
        assert!(!ranges(&["0.0.0.0/0", "::/0"]).permit(None));
    }

    #[test]
    fn a_network_has_one_spelling() {
        assert_eq!(
            ranges(&["203.0.113.77/24", "10.0.0.1", "2001:DB8:0::/32"]).to_string(),
            "203.0.113.0/24 10.0.0.1/32 2001:db8::/32"
        );
    }

    #[test]
    fn what_is_no_network_is_refused_by_its_number() {
        for text in [
            "",
            "x",
            "203.0.113.0/33",
            "203.0.113",
            "203.0.113.0/-1",
            "203.0.113.0/24 ",
            "2001:db8::/129",
            "1.2.3.4/24/3",
            "010.0.0.1",
        ] {
            assert_eq!(
                IpRanges::parse(["::/0", text].into_iter()),
                Err(InvalidRanges::Malformed { number: 2 }),
                "{text:?}"
            );
        }
        assert_eq!(IpRanges::parse(vec!["::/0"; MAX_RANGES + 1].into_iter()), Err(InvalidRanges::TooMany));
    }
}
