//! Other shapes of a finished log: another encoding, other line ends, no header, fewer columns, packed. The truth follows the change.

use super::plan::{Protocol, Role};
use super::truth::FileTruth;

/// A log in memory and the truth about it.
#[derive(Clone, Debug)]
pub struct Log {
    /// The truth; its path says where the file goes.
    pub truth: FileTruth,
    /// The file's bytes.
    pub content: Vec<u8>,
}

impl Log {
    fn with(mut self, content: Vec<u8>) -> Log {
        self.truth.bytes = content.len() as u64;
        self.content = content;
        self
    }

    /// Gives the file another name in the same folder.
    pub fn named(mut self, name: &str) -> Log {
        let folder = self.truth.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.truth.path = format!("{folder}/{name}");
        self
    }

    /// UTF-16 little-endian with a byte order mark, as `>` in Windows PowerShell writes it.
    pub fn utf16(self) -> Log {
        let text = String::from_utf8_lossy(&self.content).into_owned();
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        let content = units.flat_map(u16::to_le_bytes).collect();
        self.with(content)
    }

    /// Line ends without carriage return.
    pub fn line_feeds(self) -> Log {
        let content = self.content.iter().copied().filter(|&byte| byte != b'\r').collect();
        self.with(content)
    }

    /// The tail of a log: no header at all, and CloseSession lines with their last comma lost (11 columns of 12).
    pub fn headless_tail(mut self) -> Log {
        let mut content = Vec::with_capacity(self.content.len());
        for line in self.content.split_inclusive(|&byte| byte == b'\n') {
            if line.starts_with(b"#") || line.starts_with(b"dateTime,") {
                self.truth.headers -= 1;
                self.truth.lines -= 1;
            } else if let Some(kept) = line.strip_suffix(b"CloseSession,,\r\n") {
                content.extend_from_slice(kept);
                content.extend_from_slice(b"CloseSession,\r\n");
            } else {
                content.extend_from_slice(line);
            }
        }
        self.with(content)
    }

    /// A gzip file, its data stored and not compressed.
    pub fn gzip(self) -> Log {
        let content = gzip_stored(&self.content);
        let name = self.truth.path.rsplit('/').next().unwrap_or_default().to_owned() + ".gz";
        self.named(&name).with(content)
    }
}

/// A log of Exchange 2010 with `event` and `data` columns: header, and lines that are skipped by their layout.
pub fn layout_2010(server: &str, lines: u64) -> Log {
    let mut text = String::from(
        "#Software: Microsoft Exchange Server\r\n#Version: 14.03.0000.000\r\n#Log-type: IMAP4 Log\r\n\
         #Date: 2026-03-28T09:00:00.412Z\r\n#Fields: dateTime,sessionId,seqNumber,sIp,cIp,event,data,context\r\n",
    );
    for number in 0..lines {
        let (session, step) = (number / 4 + 1, number % 4);
        let (event, data) = match step {
            0 => ("+", ""),
            1 => (">", "* OK The Microsoft Exchange IMAP4 service is ready."),
            2 => ("<", "a1 LOGIN anna.abel@contoso.example *****"),
            _ => ("-", ""),
        };
        text += &format!(
            "2026-03-28T09:{:02}:{:02}.{:03}Z,{session:016X},{step},10.4.0.14:993,203.0.113.40:{},{event},{data},\r\n",
            number / 8 % 60,
            number * 7 % 60,
            number * 37 % 1000,
            50_000 + session
        );
    }
    let truth = FileTruth {
        path: format!("{server}/Logging/Imap4/IMAP420260328-1.LOG"),
        server: server.to_owned(),
        protocol: Protocol::Imap4,
        role: Role::Frontend,
        bytes: text.len() as u64,
        lines: lines + 5,
        records: 0,
        headers: 5,
        blank: 0,
        skipped: lines,
        cut_last_line: false,
    };
    Log { truth, content: text.into_bytes() }
}

fn gzip_stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut blocks = data.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        out.push(u8::from(blocks.peek().is_none()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend_from_slice(&crc32(data).to_le_bytes());
    out.extend_from_slice(&(data.len() as u32).to_le_bytes());
    out
}

fn crc32(data: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in data {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}
