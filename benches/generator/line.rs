//! The bytes of one log line: numbers, session ids, CSV fields. It knows nothing of what the fields mean.

/// Columns of an Exchange 2013 log.
pub const FIELDS_12: &str = "dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context";
/// Columns of an Exchange 2019 log: one more, empty on premises.
pub const FIELDS_13: &str = "dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context,puid";

/// Appends a decimal number.
#[inline]
pub fn push_number(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends a session id: 16 upper-case hex digits.
#[inline]
pub fn push_session_id(out: &mut Vec<u8>, id: u64) {
    let mut digits = [b'0'; 16];
    let mut rest = id;
    for digit in digits.iter_mut().rev() {
        if rest == 0 {
            break;
        }
        *digit = b"0123456789ABCDEF"[(rest & 15) as usize];
        rest >>= 4;
    }
    out.extend_from_slice(&digits);
}

/// Appends a CSV field: wrapped in quotes, its quotes doubled, only where it holds `,` or `"`.
#[inline]
pub fn push_field(out: &mut Vec<u8>, field: &[u8]) {
    if !field.iter().any(|&byte| byte == b',' || byte == b'"') {
        out.extend_from_slice(field);
        return;
    }
    out.push(b'"');
    let mut rest = field;
    while let Some(at) = rest.iter().position(|&byte| byte == b'"') {
        out.extend_from_slice(&rest[..=at]);
        out.push(b'"');
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Appends the five header lines (and before them the bare column row, if asked for); returns how many lines they are.
pub fn push_header(out: &mut Vec<u8>, log_type: &str, stamp: &[u8], puid: bool, bare_row: bool) -> u64 {
    let (version, fields) = if puid { ("15.01.2507.000", FIELDS_13) } else { ("15.00.1497.000", FIELDS_12) };
    let mut lines = 5;
    if bare_row {
        out.extend_from_slice(fields.as_bytes());
        out.extend_from_slice(b"\r\n");
        lines += 1;
    }
    let head = format!("#Software: Microsoft Exchange Server\r\n#Version: {version}\r\n#Log-type: {log_type} Log\r\n#Date: ");
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(stamp);
    out.extend_from_slice(format!("\r\n#Fields: {fields}\r\n").as_bytes());
    lines
}
