//! Where a session was opened, as its owner is shown it: enough to recognize a place, too little to find a household.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// The first 24 bits of an IPv4 address or the first 48 of an IPv6 address, what a provider announces and a site is given (RFC 6177).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkPrefix {
    /// `203.0.113.0/24`
    V4([u8; 3]),
    /// `2001:db8:1::/48`
    V6([u16; 3]),
}

/// The text is no prefix as it is written here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a /24 of IPv4 or a /48 of IPv6")]
pub struct NotAPrefix;

impl NetworkPrefix {
    /// The prefix of an address.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                Self::V4([a, b, c])
            }
            IpAddr::V6(address) => {
                let [a, b, c, ..] = address.segments();
                Self::V6([a, b, c])
            }
        }
    }
}

impl fmt::Display for NetworkPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::V4([a, b, c]) => write!(f, "{}/24", Ipv4Addr::new(a, b, c, 0)),
            Self::V6([a, b, c]) => write!(f, "{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)),
        }
    }
}

impl FromStr for NetworkPrefix {
    type Err = NotAPrefix;

    fn from_str(text: &str) -> Result<Self, NotAPrefix> {
        let (address, _) = text.split_once('/').ok_or(NotAPrefix)?;
        let prefix = Self::of(address.parse().map_err(|_| NotAPrefix)?);
        // One spelling, so that a length of another kind of address is none.
        if prefix.to_string() == text { Ok(prefix) } else { Err(NotAPrefix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_to_its_network() {
        for (address, prefix) in [
            ("203.0.113.7", "203.0.113.0/24"),
            ("::ffff:203.0.113.7", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("::1", "::/48"),
        ] {
            let found = NetworkPrefix::of(address.parse().unwrap());
            assert_eq!(found.to_string(), prefix);
            assert_eq!(prefix.parse(), Ok(found));
        }
    }

    #[test]
    fn another_spelling_is_no_prefix() {
        for text in ["", "203.0.113.7", "203.0.113.7/24", "203.0.113.0/16", "2001:DB8:1::/48", "::/24", "x/24"] {
            assert_eq!(text.parse::<NetworkPrefix>(), Err(NotAPrefix), "{text}");
        }
    }
}
