//! The `ip:port` columns, IPv6 in brackets and with a zone included.

/// An address and a port, as they stand in `sIp` and `cIp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint<'a> {
    /// The address without brackets and without an IPv6 zone, as it is written.
    pub address: &'a [u8],
    /// The port, if it can be read.
    pub port: Option<u16>,
}

impl<'a> Endpoint<'a> {
    /// Reads `10.0.0.1:993`, `[::1]:993` or `[fe80::1%8]:1993`; an address without a port is taken as one.
    pub fn parse(text: &'a [u8]) -> Self {
        if let Some(inner) = text.strip_prefix(b"[")
            && let Some((address, rest)) = split_once(inner, b']')
        {
            let port = rest.strip_prefix(b":").and_then(port_number);
            return Self { address: without_zone(address), port };
        }
        match memchr::memrchr(b':', text).and_then(|colon| text.split_at_checked(colon)) {
            // Two colons and no brackets: a bare IPv6 address.
            Some((address, _)) if address.contains(&b':') => Self { address: without_zone(text), port: None },
            Some((address, rest)) => Self { address, port: rest.get(1..).and_then(port_number) },
            None => Self { address: text, port: None },
        }
    }

    /// The address alone, where the port does not matter.
    pub fn address_of(text: &str) -> &str {
        match last_colon(text.as_bytes()).and_then(|colon| text.get(..colon)) {
            Some(address) if !holds_colon(address.as_bytes()) && !text.starts_with('[') => address,
            _ => std::str::from_utf8(Endpoint::parse(text.as_bytes()).address).unwrap_or(text),
        }
    }

    /// Whether the address is the machine itself.
    pub fn is_loopback(&self) -> bool {
        self.address.starts_with(b"127.")
            || self.address == b"::1"
            || self.address.to_ascii_lowercase().starts_with(b"::ffff:127.")
    }
}

/// The place of the last colon, which is near where a port follows it.
fn last_colon(text: &[u8]) -> Option<usize> {
    // In the other order of bytes the first one that is found is the last of them, and a borrow reaches those before it alone.
    let near = text.last_chunk().map(|last: &[u8; 8]| colons(u64::from_be_bytes(*last)));
    match near {
        Some(found) if found != 0 => Some(text.len() - 1 - found.trailing_zeros() as usize / 8),
        _ => text.iter().rposition(|byte| *byte == b':'),
    }
}

/// The highest bit of each byte that is a colon; of bytes above one, perhaps of others too.
fn colons(bytes: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let differing = bytes ^ (ONES * u64::from(b':'));
    differing.wrapping_sub(ONES) & !differing & (ONES * 0x80)
}

/// Whether there is a colon; in an IPv4 address all bytes are looked at together.
fn holds_colon(address: &[u8]) -> bool {
    let colons = |bytes: &[u8; 8]| colons(u64::from_le_bytes(*bytes));
    match (address.first_chunk(), address.last_chunk()) {
        (Some(first), Some(last)) if address.len() <= 16 => colons(first) | colons(last) != 0,
        _ => address.contains(&b':'),
    }
}

fn split_once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(separator, text)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn without_zone(address: &[u8]) -> &[u8] {
    split_once(address, b'%').map_or(address, |(address, _)| address)
}

fn port_number(digits: &[u8]) -> Option<u16> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u16, |number, digit| {
        let value = digit.is_ascii_digit().then(|| u16::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_of_all_shapes() {
        for (text, address, port, loopback) in [
            ("127.0.0.1:993", "127.0.0.1", Some(993), true),
            ("192.168.3.212:22162", "192.168.3.212", Some(22162), false),
            ("[::1]:993", "::1", Some(993), true),
            ("[fe80::1%8]:1993", "fe80::1", Some(1993), false),
            ("[::FFFF:127.0.0.1]:143", "::FFFF:127.0.0.1", Some(143), true),
            ("fe80::1%8", "fe80::1", None, false),
            ("fe80:0:0:0::1:25", "fe80:0:0:0::1:25", None, false),
            ("192.168.113.212:62162", "192.168.113.212", Some(62162), false),
            ("10.0.0.1", "10.0.0.1", None, false),
            ("10.0.0.1:99999", "10.0.0.1", None, false),
            ("[::1", "[::1", None, false),
            ("", "", None, false),
        ] {
            let endpoint = Endpoint::parse(text.as_bytes());
            assert_eq!((endpoint.address, endpoint.port, endpoint.is_loopback()), (address.as_bytes(), port, loopback), "{text}");
            assert_eq!(Endpoint::address_of(text), address, "{text}");
        }
    }
}
