//! What is usual: an ordinary organisation is boring for a hundred nights, and what is planted in it is found, once.

mod world;

use exlog::clock::Zone;
use exlog::diagnosis::finding::Severity;
use exlog::night::{Night, Run};
use exlog::protocol::{Protocol, Role};
use exlog::redaction::{Redact, Redactor};
use exlog::usual::{AccountFailure, Deviation, Kind, Service, deviations, not_yet};

use world::{DAY, HOUR, MONDAY, World, group, service};

fn told(nights: &[(i64, Vec<Deviation>)], from: Severity) -> Vec<String> {
    let all = nights.iter().flat_map(|(day, deviations)| deviations.iter().map(move |deviation| (day - MONDAY, deviation)));
    all.filter(|(_, deviation)| deviation.severity >= from)
        .map(|(day, deviation)| format!("night {day}: {} {}", deviation.severity.name(), deviation.text))
        .collect()
}

/// A Thursday, and the night that reads it.
const PLANTED: i64 = MONDAY + 59;
const NIGHT: i64 = PLANTED + 1;

fn is_at(hour: i64, day: i64, hours: std::ops::Range<i64>) -> bool {
    hour.div_euclid(DAY) == day && hours.contains(&hour.rem_euclid(DAY))
}

fn of_ex01(service: &Service) -> bool {
    service.server.as_deref() == Some("EX01")
}

fn is_imap_of_ex01(service: &Service) -> bool {
    of_ex01(service) && service.protocol == Protocol::Imap4
}

#[test]
fn a_hundred_ordinary_nights_are_boring() {
    for seed in 1..=2 {
        let nights = World::ordinary(seed).nights(100);
        let all = told(&nights, Severity::Info);
        assert!(all.is_empty(), "{seed}: {all:#?}");
    }
}

/// Holidays, patch days, a server more, and daylight saving: nobody wants to be called for that. A holiday may be told as
/// information, and what a new server changes for two or three nights.
#[test]
fn what_happens_in_every_organisation_is_boring() {
    // No day is like another, and no hour: up to a seventh more or less.
    let scatter = |time: i64| 0.85 + 0.3 * (time.wrapping_mul(0x9e37_79b9) >> 8).rem_euclid(1000) as f64 / 1000.0;
    let mut world = World::ordinary(7)
        .with(move |_, hour, rates| rates.clients *= scatter(hour) * scatter(hour.div_euclid(DAY)))
        .with(|_, hour, rates| {
            let is_holiday = [30, 31, 66].iter().any(|day| is_at(hour, MONDAY + day, 0..24));
            rates.clients *= if is_holiday { 0.25 } else { 1.0 };
        })
        .with(|service, hour, rates| {
            // Ten minutes without service, every fourth Tuesday.
            let is_patched = of_ex01(service) && (hour.div_euclid(DAY) - MONDAY) % 28 == 1 && hour.rem_euclid(DAY) == 15;
            (rates.clients, rates.probes) =
                if is_patched { (rates.clients * 0.83, rates.probes * 0.83) } else { (rates.clients, rates.probes) };
        })
        .with(|service, hour, rates| {
            let is_there = hour >= (MONDAY + 72) * DAY;
            let is_new = service.server.as_deref() == Some("EX03");
            let share = if is_there { 0.67 } else { 1.0 };
            rates.clients *= share;
            if is_new && !is_there {
                (rates.clients, rates.probes) = (0.0, 0.0);
            }
        });
    world.clients = Zone::parse("Europe/Berlin").unwrap();
    for (protocol, role, busiest) in [
        (Protocol::Imap4, Role::FrontEnd, 600.0),
        (Protocol::Imap4, Role::BackEnd, 560.0),
        (Protocol::Pop3, Role::FrontEnd, 60.0),
    ] {
        world.services.push((service("EX03", protocol, role), busiest));
    }
    let nights = world.nights(100);
    let low = told(&nights, Severity::Low);
    assert!(low.is_empty(), "{low:#?}");
    let info = told(&nights, Severity::Info);
    assert!(info.len() <= 8, "{info:#?}");
}

/// What a planted cause must be told as, at least how badly, and what its sentence must say.
struct Planted {
    world: World,
    kind: Kind,
    severity: Severity,
    says: &'static [&'static str],
}

/// One story, and nothing of weight beside it; the next night is quiet.
#[track_caller]
fn is_one_story(planted: Planted) -> Deviation {
    let Planted { world, kind, severity, says } = planted;
    let before = told(&[(NIGHT - 1, world.night(NIGHT - 1))], Severity::Low);
    assert!(before.is_empty(), "the night before: {before:#?}");
    let found = world.night(NIGHT);
    let all = told(&[(NIGHT, found.clone())], Severity::Info);
    assert_eq!(found.len(), 1, "{all:#?}");
    let story = found.into_iter().next().unwrap();
    assert_eq!((story.kind, story.severity), (kind, severity), "{all:#?}");
    for words in says {
        assert!(story.text.contains(words), "'{words}' is not in: {}", story.text);
    }
    let after = told(&[(NIGHT + 1, world.night(NIGHT + 1))], Severity::Info);
    assert!(after.is_empty(), "the night after: {after:#?}");
    story
}

#[test]
fn an_outage_of_an_hour_is_one_story() {
    let mut world = World::ordinary(11).with(|service, hour, rates| {
        if is_imap_of_ex01(service) && is_at(hour, PLANTED, 10..11) {
            (rates.of_server, rates.probes_failing) = (0.98, 1.0);
        }
    });
    let imap = service("EX01", Protocol::Imap4, Role::FrontEnd);
    let mut new = group(&imap, "ProxyNotAuthenticated", "proxy hand-over", true, PLANTED, 650);
    (new.first_seen, new.last_seen) = ((PLANTED * DAY + 10) * HOUR, (PLANTED * DAY + 11) * HOUR - 1);
    world.groups.push(new);
    for account in 0..200 {
        let account = format!("quiet{account:03}");
        world.accounts.push(AccountFailure { service: imap.clone(), account, day: PLANTED, failed: 2 });
    }
    let says = &["EX01 IMAP front end", "from 2026-03-05 10:00 to 11:00 UTC", "earlier weeks", "new ProxyNotAuthenticated"];
    let story = is_one_story(Planted { world, kind: Kind::FailuresFarAbove, severity: Severity::Medium, says });
    assert!(story.also.contains(&Kind::ProbesFailing) && story.also.contains(&Kind::NewFailureGroup), "{:?}", story.also);
    assert!(story.now > 500 && story.usual.is_none_or(|usual| usual < 5) && !story.continues);
}

#[test]
fn five_times_as_many_attempts_for_two_hours_are_told() {
    let world = World::ordinary(12).with(|service, hour, rates| {
        if of_ex01(service) && service.protocol == Protocol::Pop3 && is_at(hour, PLANTED, 13..15) {
            rates.clients *= 5.0;
        }
    });
    let says = &["EX01 POP front end", "logins tried by clients from 2026-03-05 13:00 to 15:00 UTC", "usually about 1"];
    is_one_story(Planted { world, kind: Kind::AttemptsFarAbove, severity: Severity::Low, says });
}

#[test]
fn half_of_the_logins_gone_for_three_hours_are_told() {
    let world = World::ordinary(13).with(|service, hour, rates| {
        if service.protocol == Protocol::Imap4 && is_at(hour, PLANTED, 11..14) {
            rates.clients *= 0.45;
        }
    });
    let says = &["from 2026-03-05 11:00 to 14:00 UTC", "With it: EX02 IMAP front end"];
    is_one_story(Planted { world, kind: Kind::AttemptsFarBelow, severity: Severity::Medium, says });
}

#[test]
fn clients_that_another_server_takes_over_are_only_information() {
    let world = World::ordinary(14).with(|service, hour, rates| {
        if is_at(hour, PLANTED, 9..16) {
            rates.clients *= if of_ex01(service) { 0.02 } else { 1.98 };
        }
    });
    let says = &["all servers together as usual"];
    is_one_story(Planted { world, kind: Kind::AttemptsFarBelow, severity: Severity::Info, says });
}

#[test]
fn a_service_that_falls_silent_is_told_with_its_probes() {
    let world = World::ordinary(15).with(|service, hour, rates| {
        if is_imap_of_ex01(service) && is_at(hour, PLANTED, 9..11) {
            (rates.clients, rates.probes) = (0.0, 0.0);
        }
    });
    let says = &["no client tried to log in", "no probe of Exchange logged in"];
    is_one_story(Planted { world, kind: Kind::AttemptsFarBelow, severity: Severity::Medium, says });
}

#[test]
fn probes_that_are_gone_for_two_hours_are_told() {
    let world = World::ordinary(16).with(|service, hour, rates| {
        if is_imap_of_ex01(service) && service.role == Role::FrontEnd && is_at(hour, PLANTED, 3..5) {
            rates.probes = 0.0;
        }
    });
    let says = &["no probe of Exchange logged in from 2026-03-05 03:00 to 05:00 UTC", "usually about 4"];
    is_one_story(Planted { world, kind: Kind::ProbesMissing, severity: Severity::Medium, says });
}

#[test]
fn a_new_error_code_is_told_by_its_number() {
    let with = |count: u64, is_servers_own: bool| {
        let mut world = World::ordinary(17);
        let imap = service("EX02", Protocol::Imap4, Role::FrontEnd);
        world.groups.push(group(&imap, "Odd", "unknown", is_servers_own, PLANTED, count));
        world.night(NIGHT).first().map(|deviation| (deviation.kind, deviation.severity))
    };
    for (count, is_servers_own, severity) in [
        (2, true, None),
        (5, true, Some(Severity::Info)),
        (40, true, Some(Severity::Low)),
        (300, true, Some(Severity::Medium)),
        (15, false, None),
        (40, false, Some(Severity::Info)),
        (900, false, Some(Severity::Low)),
    ] {
        let expected = severity.map(|severity| (Kind::NewFailureGroup, severity));
        assert_eq!(with(count, is_servers_own), expected, "{count} {is_servers_own}");
    }
}

#[test]
fn a_failure_group_that_was_gone_for_ten_days_is_back() {
    let mut world = World::ordinary(18);
    let imap = service("EX01", Protocol::Imap4, Role::FrontEnd);
    for day in [PLANTED - 30, PLANTED - 29, PLANTED - 11, PLANTED] {
        world.groups.push(group(&imap, "NoBackendFound", "proxy routing", true, day, 60));
    }
    let says = &["again NoBackendFound in 60 of", "not since 2026-02-22, 10 days"];
    is_one_story(Planted { world, kind: Kind::FailureGroupBack, severity: Severity::Low, says });
}

#[test]
fn thirty_accounts_that_never_failed_before_are_told() {
    let mut world = World::ordinary(19);
    for account in 0..30 {
        let (account, server) = (format!("quiet{account:02}"), if account % 2 == 0 { "EX01" } else { "EX02" });
        let service = service(server, Protocol::Imap4, Role::FrontEnd);
        world.accounts.push(AccountFailure { service, account, day: PLANTED, failed: 20 });
    }
    let says = &["IMAP on 2 servers: 3", "accounts failed that never failed before on 2026-03-05, quiet00, quiet01, quiet02 and"];
    is_one_story(Planted { world, kind: Kind::AccountsNeverFailedBefore, severity: Severity::Low, says });
}

#[test]
fn a_latency_of_four_times_the_usual_is_told_once() {
    let world = World::ordinary(20).with(|service, hour, rates| {
        if is_imap_of_ex01(service) && is_at(hour, PLANTED, 0..24) {
            rates.slower = 4.0;
        }
    });
    let says = &["EX01 IMAP front end: logins took longer on 2026-03-05", "EX01 IMAP back end logins took longer"];
    is_one_story(Planted { world, kind: Kind::LoginsSlower, severity: Severity::Low, says });
}

#[test]
fn what_goes_on_is_said_to_go_on_and_is_usual_after_a_week() {
    let mut world = World::ordinary(21).with(|service, hour, rates| {
        if is_imap_of_ex01(service) && hour >= PLANTED * DAY + 20 {
            rates.probes_failing = 1.0;
        }
    });
    world.services.truncate(3);
    let severities: Vec<Option<(Severity, bool)>> = (NIGHT..NIGHT + 10)
        .map(|night| world.night(night).first().map(|deviation| (deviation.severity, deviation.continues)))
        .collect();
    assert_eq!(severities.first(), Some(&Some((Severity::Medium, false))), "{severities:?}");
    assert!(severities.get(1..7).unwrap().iter().all(|told| *told == Some((Severity::Low, true))), "{severities:?}");
    assert!(severities.get(8..).unwrap().iter().all(Option::is_none), "{severities:?}");
}

#[test]
fn one_phone_with_an_old_password_is_information() {
    let mut world = World::ordinary(22).with(|service, hour, rates| {
        if is_imap_of_ex01(service) && is_at(hour, PLANTED, 8..18) {
            rates.of_accounts = 0.4;
        }
    });
    let imap = service("EX01", Protocol::Imap4, Role::FrontEnd);
    let back = service("EX01", Protocol::Imap4, Role::BackEnd);
    for service in [imap, back] {
        world.accounts.push(AccountFailure { service, account: "bob".to_owned(), day: PLANTED, failed: 2_900 });
    }
    let says = &["by the accounts' own fault", "most of them of bob"];
    is_one_story(Planted { world, kind: Kind::FailuresFarAbove, severity: Severity::Info, says });
}

#[test]
fn a_server_that_is_no_longer_read_is_told_once() {
    let world = World::ordinary(23).with(|service, hour, rates| {
        if of_ex01(service) && hour >= PLANTED * DAY {
            (rates.clients, rates.probes) = (0.0, 0.0);
        }
    });
    let found = world.night(NIGHT);
    let all = told(&[(NIGHT, found.clone())], Severity::Info);
    assert_eq!(found.len(), 1, "{all:#?}");
    assert!(all[0].contains("EX01: nothing was read from 2026-03-05 00:00 to"), "{all:#?}");
    let later = told(&[(NIGHT + 2, world.night(NIGHT + 2))], Severity::Info);
    assert!(later.is_empty(), "{later:#?}");
}

#[test]
fn without_history_nothing_is_said_but_that_there_is_none() {
    let world = World::ordinary(24).with(|_, hour, rates| {
        if hour.rem_euclid(DAY) > 9 && hour > (MONDAY + 4) * DAY {
            (rates.of_server, rates.clients) = (0.9, rates.clients * 9.0);
        }
    });
    for day in MONDAY + 1..MONDAY + 7 {
        assert!(world.night(day).is_empty(), "{day}");
    }
    let notes = |day: i64| {
        let (past, night) = world.past_and_night(day);
        not_yet(&past, &night).join("; ")
    };
    let (mut past, night) = world.past_and_night(MONDAY + 20);
    past.rows = exlog::usual::Rows::default();
    assert!(not_yet(&past, &night).join("").starts_with("no history yet: this is the first night"));
    assert!(notes(MONDAY + 4).starts_with("nothing is compared yet: 4 days are known"), "{}", notes(MONDAY + 4));
    assert!(notes(MONDAY + 9).starts_with("accounts that fail for the first time are told after 14 days; 9 days"));
    assert_eq!(notes(MONDAY + 20), "");
}

#[test]
fn json_holds_what_is_unusual_and_only_of_a_night() {
    let case = exlog::case::Case::new(Default::default(), Default::default(), Default::default());
    let world = World::ordinary(25).with(|service, hour, rates| {
        rates.probes *= if is_imap_of_ex01(service) && is_at(hour, PLANTED, 3..5) { 0.0 } else { 1.0 };
    });
    let (deviations, not_yet) = (world.night(NIGHT), vec!["EX09 is new".to_owned()]);
    let night = Night { run: Run::default(), now: 0, case, stories: Vec::new(), deviations, not_yet, notes: Vec::new() };
    let mut out = Vec::new();
    exlog::report::json::night(&night, &mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let told = &json["unusual"]["deviations"][0];
    for (field, value) in [
        ("kind", serde_json::json!("probes-missing")),
        ("severity", "medium".into()),
        ("server", "EX01".into()),
        ("protocol", "imap4".into()),
        ("role", "frontend".into()),
        ("from", "2026-03-05T03:00:00.000Z".into()),
        ("to", "2026-03-05T05:00:00.000Z".into()),
        ("continues", false.into()),
        ("unit", "probes".into()),
        ("now", 0.into()),
        ("also", serde_json::json!(["probes-missing"])),
    ] {
        assert_eq!(told[field], value, "{field}");
    }
    assert_eq!(told["text"], night.deviations[0].text);
    assert_eq!(json["unusual"]["not_yet"][0], "EX09 is new");
    out.clear();
    exlog::report::json::write(&night.case, &[], None, &mut out).unwrap();
    assert!(!String::from_utf8(out).unwrap().contains("unusual"));
}

#[test]
fn runs_of_an_hour_and_of_a_week_see_the_same_and_a_cut_hour_is_no_drop() {
    let world = World::ordinary(26).with(|service, hour, rates| {
        if is_imap_of_ex01(service) && is_at(hour, PLANTED, 10..12) {
            (rates.clients, rates.probes) = (0.0, 0.0);
        }
    });
    let at = |hour: i64| PLANTED * DAY + hour;
    for (begin, end, stories) in [
        (at(8), at(9), 0),
        (at(9), at(10), 0),  // the hour from ten on is cut
        (at(10), at(11), 1), // and now it is whole
        (at(11), at(12), 1), // and goes on
        (at(12), at(13), 0), // what was told is not told again
        (at(-100), at(68), 1),
    ] {
        let found = world.run(begin, end);
        let all = told(&[(begin, found.clone())], Severity::Info);
        assert_eq!(found.len(), stories, "{} to {}: {all:#?}", begin - at(0), end - at(0));
        assert!(found.iter().all(|story| story.continues == (begin == at(11))), "{all:#?}");
    }
}

#[test]
fn the_order_of_rows_says_nothing() {
    let world = World::ordinary(27).with(|service, hour, rates| {
        if of_ex01(service) && is_at(hour, PLANTED, 10..12) {
            (rates.of_server, rates.probes) = (0.9, 0.0);
        }
    });
    let (mut past, mut night) = world.past_and_night(NIGHT);
    let first = deviations(&past, &night);
    assert!(!first.is_empty());
    for rows in [&mut past.rows, &mut night.rows] {
        rows.hours.reverse();
        rows.groups.reverse();
        rows.accounts.reverse();
        rows.latency.reverse();
    }
    assert_eq!(deviations(&past, &night), first);
}

#[test]
fn with_pseudonyms_the_same_is_said_without_a_name() {
    let mut world = World::ordinary(29);
    let imap = service("EX01", Protocol::Imap4, Role::FrontEnd);
    for account in 0..30 {
        let account = format!("quiet{account:02}");
        world.accounts.push(AccountFailure { service: imap.clone(), account, day: PLANTED, failed: 20 });
    }
    let mut new = group(&imap, "Odd", "unknown", true, PLANTED, 300);
    new.target = Some("ex07.contoso.com:1993:ssl".to_owned());
    world.groups.push(new);
    let (mut past, mut night) = world.past_and_night(NIGHT);
    let plain = deviations(&past, &night);
    let mut redactor = Redactor::new("a key");
    past.teach(&mut redactor);
    night.teach(&mut redactor);
    past.redact(&redactor);
    night.redact(&redactor);
    let redacted = deviations(&past, &night);
    let kinds = |deviations: &[Deviation]| deviations.iter().map(|told| (told.kind, told.severity, told.now)).collect::<Vec<_>>();
    assert_eq!(kinds(&redacted), kinds(&plain));
    let said: String = redacted.iter().map(|told| format!("{:?} {}", told.server, told.text)).collect();
    assert!(["EX0", "quiet", "ex07", "contoso"].iter().all(|name| !said.contains(name)), "{said}");
    assert!(said.contains("id-"), "{said}");
}

/// Clocks go wrong, and stores are edited: such rows change nothing about the others.
#[test]
fn rows_of_impossible_times_and_numbers_do_no_harm() {
    let world = World::ordinary(28).with(|service, hour, rates| {
        rates.probes *= if is_imap_of_ex01(service) && is_at(hour, PLANTED, 3..5) { 0.0 } else { 1.0 };
    });
    let (mut past, mut night) = world.past_and_night(NIGHT);
    let expected = deviations(&past, &night);
    for time in [i64::MIN, -1, 0, i64::MAX / HOUR, i64::MAX] {
        for rows in [&mut past.rows, &mut night.rows] {
            let (mut hour, mut group, mut account, mut latency) =
                (rows.hours[0].clone(), rows.groups[0].clone(), rows.accounts[0].clone(), rows.latency[0].clone());
            (hour.hour, hour.attempts, hour.failed, hour.probes_failed) = (time, u64::MAX, u64::MAX, 7);
            (group.day, group.first_seen, group.last_seen, group.count) = (time, time, time, 1);
            (account.day, account.failed) = (time, u64::MAX);
            (latency.day, latency.logins, latency.p95_ms) = (time, u64::MAX, u64::MAX);
            rows.hours.extend([hour.clone(), hour]);
            rows.groups.push(group);
            rows.accounts.push(account);
            rows.latency.push(latency);
        }
    }
    let found = deviations(&past, &night);
    assert!(expected.iter().all(|deviation| found.iter().any(|other| other.kind == deviation.kind)), "{found:#?}");
    not_yet(&past, &night);
    for (service, span) in &mut night.spans {
        *span = if service.role == Role::BackEnd { (i64::MIN, i64::MAX) } else { (i64::MAX, i64::MIN) };
    }
    deviations(&past, &night);
}
