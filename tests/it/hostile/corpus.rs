//! The hostile corpus: what strangers have written, or could write, where a name or an answer belongs.
//!
//! It lies as logs in `tests/data/hostile`, where people and the browser test find it too.
//! `EXLOG_UPDATE=1 cargo test hostile` writes it anew from this list.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::tree::{TWELVE, repository};

/// What each word tries, and the word. None has a line end, which ends a record, nor `;`, which ends an error.
pub(super) const WORDS: [(&str, &[u8]); 36] = [
    ("script", b"<script>window.pwned=1</script>"),
    ("the end of the style", b"</style><script>window.pwned=2</script>"),
    ("the end of the script", b"</script><img src=x onerror=window.pwned=3>"),
    ("an attribute in double quotes", b"x\" onmouseover=\"window.pwned=4\" y"),
    ("an attribute in single quotes", b"' autofocus onfocus='window.pwned=5' x='"),
    ("an attribute without quotes", b"x onpointerenter=window.pwned=6 tabindex=0"),
    ("a link that runs", b"javascript:window.pwned=7"),
    ("an image that runs", b"<svg onload=window.pwned=8>"),
    ("another base", b"<base href=http://evil.example/>"),
    ("another page", b"<meta http-equiv=refresh content=0,url=http://evil.example>"),
    ("a frame", b"<iframe srcdoc='<script>parent.pwned=9</script>'></iframe>"),
    ("a comment left open", b"]]><!--"),
    ("references", b"&ltscript&gt &#60b&#62 &amp"),
    ("templates", b"{{ 7*7 }}{% raw %}${7*7}<%= 7*7 %>"),
    ("Markdown", b"[click](javascript:alert`1`) ![x](http://evil.example/x.png) | **b** | `c`"),
    ("a formula", b"=cmd|'/c calc'!A0"),
    ("a formula behind plus", b"+HYPERLINK(\"http://evil.example\",\"x\")"),
    ("a formula behind minus", b"-2+3+cmd|' /c calc'!A0"),
    ("a formula behind at", b"@SUM(1+1)*cmd|' /c calc'!A0"),
    ("a formula behind a tab", b"\t=1+1"),
    ("a lone carriage return", b"kept\rlost"),
    ("a terminal's colours", b"\x1b[31;1mred\x1b[0m\x1b[2J\x1b[1;1H"),
    ("a terminal's link", b"\x1b]8;;http://evil.example\x07link\x1b]8;;\x07"),
    ("a terminal's title", b"\x1b]0;pwned\x07\x1b]52;c;cm0gLXJm\x07"),
    ("C1 controls", b"\xc2\x9b31mred\xc2\x9d0;pwned\xc2\x9c"),
    ("bytes over bytes", b"evil\x08\x08\x08\x08good\x7f"),
    ("zero", b"be\0fore"),
    ("letters turned round", b"\xe2\x80\xaegpj.exe\xe2\x80\xac\xe2\x81\xa6abc\xe2\x81\xa9"),
    ("letters unseen", b"ad\xe2\x80\x8bmin\xef\xbb\xbf\xc2\xad\xe2\x80\xa8\xe2\x80\xa9"),
    ("tags of plane 14", b"a\xf3\xa0\x81\x81\xf3\xa0\x81\x82b\xee\x80\x80"),
    ("no UTF-8", b"\xff\xfe\x80caf\xe9"),
    ("UTF-8 cut short", b"\xe2\x82"),
    ("marks on marks", b"Z\xcc\x80\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86\xcc\x87\xcc\x88\xcc\x89"),
    ("a command", b"$(calc) `calc` && calc | calc"),
    ("a path", b"..\\..\\windows\\system32"),
    ("an option", b"--output=/etc/passwd"),
];

/// So many bytes long is a word that makes a line of nearly a megabyte, which is read, and a line that is too long.
const LONG: usize = 200_000;
const TOO_LONG: usize = 2_000_000;

/// Where it lies.
pub(super) fn folder() -> PathBuf {
    repository().join("tests/data/hostile")
}

/// A login that fails, with a word wherever one can stand.
fn line(minute: usize, word: &[u8]) -> Vec<u8> {
    let column = |column: &[u8]| {
        let doubled: Vec<u8> = column.iter().flat_map(|byte| [*byte].repeat(1 + usize::from(*byte == b'"'))).collect();
        [b"\"", doubled.as_slice(), b"\""].concat()
    };
    let when =
        format!("2026-03-12T{:02}:{:02}:00.000Z,{minute:016X},2,10.0.0.11:993,203.0.113.5:50001,", 7 + minute / 60, minute % 60);
    let context = [b"R=\"A1 NO ", word, b"\";Msg=", word, b";ErrMsg=", word].concat();
    [when.as_bytes(), &column(word), b",20,30,40,login,", &column(&[word, b" *****"].concat()), b",", &column(&context)].concat()
}

/// Lines of a log with Exchange's line ends.
fn log(lines: &[Vec<u8>]) -> Vec<u8> {
    [TWELVE.as_bytes()].into_iter().chain(lines.iter().map(Vec::as_slice)).flat_map(|line| [line, b"\r\n"].concat()).collect()
}

/// The files of the corpus by their names; what is long is packed.
fn files() -> [(&'static str, Vec<u8>); 3] {
    let mut words: Vec<Vec<u8>> = WORDS.iter().enumerate().map(|(minute, (_, word))| line(minute, word)).collect();
    // Lines that cannot be read are shown as well.
    words.extend(WORDS.iter().take(12).map(|(_, word)| [b"2026-03-12T09:00:00.000Z,", *word].concat()));
    let long = [line(100, &b"W".repeat(LONG)), line(101, &"\u{1f4a3}".repeat(LONG / 4).into_bytes()), b"x".repeat(TOO_LONG)];
    let settings = "Name                : <img src=x onerror=window.pwned=10>\r\n\
                    ProtocolName        : IMAP4\r\n\
                    Server              : EX01'><script>window.pwned=11</script>\r\n\
                    X509CertificateName : \u{202e}moc.osotnoc'; calc; '\u{1b}[31m\r\n\
                    LoginType           : SecureLogin\r\n";
    [
        ("EX01/Logging/Imap4/IMAP420260312-1.LOG", log(&words)),
        ("EX01/Logging/Pop3/POP320260312-1.LOG.gz", log(&long)),
        ("imap.txt", settings.as_bytes().to_vec()),
    ]
}

/// What a file holds, unpacked.
fn unpacked(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap_or_default();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut content = Vec::new();
        GzDecoder::new(bytes.as_slice()).read_to_end(&mut content).unwrap();
        return content;
    }
    bytes
}

fn write(path: &Path, content: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut packer = GzEncoder::new(fs::File::create(path).unwrap(), Compression::best());
        packer.write_all(content).unwrap();
        packer.finish().unwrap();
        return;
    }
    fs::write(path, content).unwrap();
}

#[test]
fn the_corpus_is_the_one_of_the_list() {
    for (name, content) in files() {
        let path = folder().join(name);
        if std::env::var_os("EXLOG_UPDATE").is_some() {
            write(&path, &content);
        }
        assert!(unpacked(&path) == content, "{name}: EXLOG_UPDATE=1 cargo test hostile writes it anew");
    }
}
