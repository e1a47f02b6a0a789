//! The sample folders of the repository: small trees, each showing one thing. They are written again byte for byte
//! by `cargo run --release --example generate -- --samples sample-logs`.

use super::clock::utc;
use super::layouts::{Log, layout_2010};
use super::plan::{Columns, EventKind, FileCut, Mix, Plan, Protocol, ServerPlan};
use super::truth::Truth;
use super::{generate, generate_in_memory, sample_evidence, samples_readme};
use std::fs;
use std::io;
use std::path::Path;

/// One sample folder that has been written.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The folder below `sample-logs`.
    pub name: &'static str,
    /// What it shows.
    pub shows: &'static str,
    /// The truth about it; paths are relative to the folder.
    pub truth: Truth,
}

/// Writes all sample folders and their README below `root`.
pub fn write_samples(root: &Path) -> io::Result<Vec<Sample>> {
    fs::create_dir_all(root)?;
    let samples = vec![healthy_day(root)?, certificate_outage(root)?, credentials(root)?, damaged(root)?, mixed_layouts(root)?];
    // The logs are exact bytes: version control must not change their line ends.
    fs::write(root.join(".gitattributes"), "* -text\n")?;
    fs::write(root.join("README.md"), samples_readme::readme(&samples))?;
    Ok(samples)
}

/// The truth about all sample folders as one JSON object.
pub fn samples_json(samples: &[Sample]) -> String {
    let items: Vec<String> =
        samples.iter().map(|sample| format!("\"{}\": {}", sample.name, sample.truth.to_json().trim_end())).collect();
    format!("{{\n{}\n}}\n", items.join(",\n"))
}

/// A plan for one server with the little traffic that a sample needs.
fn small_plan(seed: u64, name: &str, number: u8, columns: Columns, start: i64, hours: u32) -> Plan {
    let mut plan = Plan::new(seed, start, hours, 1);
    plan.servers = vec![ServerPlan {
        name: name.to_owned(),
        fqdn: format!("{}.contoso.example", name.to_lowercase()),
        address: format!("10.{number}.0.{}", 10 + number),
        columns,
        bare_row: false,
    }];
    plan.accounts = 40;
    plan.probe_every = 1200;
    plan
}

fn folder(root: &Path, name: &str) -> io::Result<std::path::PathBuf> {
    let folder = root.join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn healthy_day(root: &Path) -> io::Result<Sample> {
    let mut plan = small_plan(11, "MAIL01", 1, Columns::Thirteen, utc(2026, 3, 10, 0, 0, 0), 24);
    plan.health_every = 1440;
    plan.sessions_per_hour = 2;
    plan.mistypes = 90;
    Ok(Sample {
        name: "healthy-day",
        shows: "One healthy day of a server with 13 columns: HealthMailbox probes, users, a few mistyped passwords, no outage.",
        truth: generate(&plan, &folder(root, "healthy-day")?)?,
    })
}

fn certificate_outage(root: &Path) -> io::Result<Sample> {
    let mut plan = small_plan(12, "EX01", 2, Columns::Twelve, utc(2026, 3, 12, 4, 0, 0), 8);
    plan.health_every = 360;
    plan.sessions_per_hour = 5;
    // Onset 07:32, two minutes after the certificate was bound; set back and restarted after three hours.
    let plan = plan
        .plant(EventKind::CertificateOutage, 212..394)
        .plant(EventKind::PlainApplication { every: 600 }, 0..480)
        .only(&[], &[Protocol::Imap4]);
    let root = folder(root, "certificate-outage")?;
    let truth = generate(&plan, &root)?;
    for (name, content) in sample_evidence::certificate_outage() {
        write(&root, &format!("evidence/{name}"), &content)?;
    }
    Ok(Sample {
        name: "certificate-outage",
        shows: "The outage of the problem document on an Exchange 2013 server (12 columns): a certificate is bound at 07:30, the \
                services restart at 07:32, then nothing but `ProxyNotAuthenticated` on IMAP and POP until the name is set back and \
                the services restart at 10:34. An application logs in on 143 without TLS all along. Beside the logs lies \
                the evidence that names the cause: who bound the certificate and who set the name back, settings, certificates, a failed test.",
        truth,
    })
}

fn credentials(root: &Path) -> io::Result<Sample> {
    let mut plan = small_plan(13, "MAIL02", 3, Columns::Thirteen, utc(2026, 3, 17, 6, 0, 0), 9);
    plan.health_every = 1200;
    plan.sessions_per_hour = 3;
    let imap = [Protocol::Imap4];
    let plan = plan
        .plant(EventKind::StaleDevice { every: 300 }, 70..490)
        .only(&[], &imap)
        .plant(EventKind::Spray { accounts: 45, addresses: 5 }, 200..320)
        .only(&[], &imap);
    Ok(Sample {
        name: "credentials",
        shows: "A device with an old password (one account, one address, every five minutes from 07:10 to 14:10) and a password spray \
                (45 names, one to three tries each, five addresses, 09:20 to 11:20) among healthy traffic.",
        truth: generate(&plan, &folder(root, "credentials")?)?,
    })
}

fn damaged(root: &Path) -> io::Result<Sample> {
    let mut plan = small_plan(14, "MAIL03", 4, Columns::Drift, utc(2026, 3, 19, 9, 0, 0), 5);
    plan.health_every = 900;
    plan.sessions_per_hour = 5;
    plan.damage = 600;
    plan.mistypes = 80;
    plan.mix = Mix::Damage;
    let folder = folder(root, "damaged")?;
    let mut truth = generate(&plan, &folder)?;
    let others = [
        ("MAIL03/Logging/SmtpReceive/RECV2026031909-1.LOG", SMTP_LOG),
        ("MAIL03/Logging/Imap4/note.txt", "Copied by hand on 19 March, the disk was full in between.\r\n"),
    ];
    for (path, text) in others {
        write(&folder, path, text.as_bytes())?;
        truth.other_files += 1;
    }
    write(&folder, "MAIL03/Logging/Imap4/IMAP420260320-1.LOG", b"")?;
    truth.empty_files += 1;
    Ok(Sample {
        name: "damaged",
        shows: "Damaged logs: lines cut at either end, garbage, zero bytes, blank lines, repeated header blocks, lost closing quotes, \
                missing lines (holes in seqNumber), a change from 12 to 13 columns at noon, a cut last line without line end in every \
                series; beside them an SMTP receive log, a note and an empty file, which are no protocol logs.",
        truth,
    })
}

fn mixed_layouts(root: &Path) -> io::Result<Sample> {
    let folder = folder(root, "mixed-layouts")?;
    let (imap, pop) = (Protocol::Imap4, Protocol::Pop3);
    let mut truth = Truth::default();
    let mut logs = Vec::new();
    let mut take = |day, protocol, columns, mix, bare_row| -> io::Result<Vec<Log>> {
        let (files, part) = layout_part(day, protocol, columns, mix, bare_row)?;
        truth.merge(part);
        Ok(files)
    };
    logs.extend(take(23, imap, Columns::Thirteen, Mix::Both, false)?);
    logs.extend(take(24, imap, Columns::Drift, Mix::Both, false)?);
    logs.extend(take(23, pop, Columns::Twelve, Mix::Both, true)?);
    logs.extend(take(25, imap, Columns::Twelve, Mix::Frontend, false)?.into_iter().map(Log::headless_tail));
    logs.extend(take(25, pop, Columns::Thirteen, Mix::Frontend, false)?.into_iter().map(Log::utf16));
    logs.extend(take(26, pop, Columns::Thirteen, Mix::Frontend, true)?.into_iter().map(Log::line_feeds));
    logs.extend(take(26, imap, Columns::Thirteen, Mix::Frontend, false)?.into_iter().map(Log::gzip));
    let renamed = take(27, imap, Columns::Twelve, Mix::Backend, false)?;
    logs.extend(renamed.into_iter().map(|log| log.named("export (2).txt")));
    let renamed = take(27, pop, Columns::Thirteen, Mix::Frontend, false)?;
    logs.extend(renamed.into_iter().map(|log| log.named("copy.bak")));
    logs.push(layout_2010("MAIL04", 24));
    for log in logs {
        write(&folder, &log.truth.path, &log.content)?;
        truth.files.push(log.truth);
    }
    Ok(Sample {
        name: "mixed-layouts",
        shows: "One server, many shapes: 13 columns; 12 changing to 13 inside a file; a bare column row; a tail without header whose \
                CloseSession lines have 11 columns; a UTF-16LE copy; line feeds only; a gzip; renamed copies whose role only the ports \
                tell; a layout with `event` and `data` columns, whose lines are skipped.",
        truth,
    })
}

/// Two hours of one protocol; the truth comes without its files, which are about to be changed.
fn layout_part(day: i64, protocol: Protocol, columns: Columns, mix: Mix, bare_row: bool) -> io::Result<(Vec<Log>, Truth)> {
    let mut plan = small_plan(150 + day as u64, "MAIL04", 4, columns, utc(2026, 3, day, 11, 0, 0), 2);
    plan.servers[0].bare_row = bare_row;
    plan.protocols = vec![protocol];
    plan.mix = mix;
    plan.cut = FileCut::Daily;
    plan.health_every = 900;
    plan.sessions_per_hour = 4;
    plan.mistypes = 120;
    let (contents, mut truth) = generate_in_memory(&plan)?;
    let files = std::mem::take(&mut truth.files);
    let logs = files.into_iter().zip(contents).map(|(truth, (_, content))| Log { truth, content }).collect();
    Ok((logs, truth))
}

fn write(folder: &Path, path: &str, content: &[u8]) -> io::Result<()> {
    let path = folder.join(path);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, content)
}

const SMTP_LOG: &str = "\
#Software: Microsoft Exchange Server\r
#Version: 15.0.0.0\r
#Log-type: SMTP Receive Protocol Log\r
#Date: 2026-03-19T09:00:00.014Z\r
#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r
2026-03-19T09:00:00.014Z,MAIL03\\Default Frontend MAIL03,08DE85A1B2C3D4E5,0,10.4.0.14:25,203.0.113.77:40122,+,,\r
2026-03-19T09:00:00.031Z,MAIL03\\Default Frontend MAIL03,08DE85A1B2C3D4E5,1,10.4.0.14:25,203.0.113.77:40122,>,220 mail03.contoso.example Microsoft ESMTP MAIL Service ready,\r
2026-03-19T09:00:00.072Z,MAIL03\\Default Frontend MAIL03,08DE85A1B2C3D4E5,2,10.4.0.14:25,203.0.113.77:40122,<,EHLO relay.fabrikam.example,\r
2026-03-19T09:00:00.233Z,MAIL03\\Default Frontend MAIL03,08DE85A1B2C3D4E5,3,10.4.0.14:25,203.0.113.77:40122,-,,Remote\r
";
