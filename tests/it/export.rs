//! `exlog export`: what is read back from a dataset is what `sessions` and `analyze` say of the same logs.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::statistics::Statistics;

use crate::dataset_files::{Row, folders_of, rows_of, rows_of_file};
use crate::memory::{peak_while, spray};
use crate::program::{Ended, analyze, analyze_with, command, end, exlog, number};
use crate::tree::{FRONT, TWELVE, Tree, files_below, log, login, samples};

/// Exports some paths into a new folder, which must succeed.
#[track_caller]
fn exported(path: &Path, options: &[&str]) -> (Tree, PathBuf) {
    let target = Tree::new();
    let dataset = target.at("data set");
    export(path, &dataset, options).with_status(0);
    (target, dataset)
}

fn export(path: &Path, dataset: &Path, options: &[&str]) -> Ended {
    end(command().arg("export").arg(path).arg("--output").arg(dataset).args(options).stdin(Stdio::null()))
}

/// The rows of `exlog sessions` as CSV, without empty cells: what a dataset must hold.
#[track_caller]
fn rows_of_sessions(path: &Path, options: &[&str]) -> Vec<Row> {
    let mut arguments = vec!["sessions", path.to_str().unwrap(), "--format", "csv"];
    arguments.extend(options);
    let table = exlog(&arguments).with_status(0).stdout;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    // What keeps a cell from being a formula is CSV's own.
    let plain = |cell: String| match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['+', '-']) => rest.to_owned(),
        _ => cell,
    };
    let row = |row: Row| row.into_iter().filter(|(_, cell)| !cell.is_empty()).map(|(name, cell)| (name, plain(cell))).collect();
    reader.deserialize::<Row>().map(|cells| row(cells.unwrap())).collect()
}

/// The same rows as a dataset has them, in one order.
fn as_in_dataset(mut rows: Vec<Row>) -> Vec<Row> {
    for row in &mut rows {
        row.insert("day".to_owned(), row["time"][..10].to_owned());
        row.insert("server_name".to_owned(), row["server"].clone());
    }
    rows.sort();
    rows
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    rows
}

#[track_caller]
fn agrees_with_sessions(path: &Path, options: &[&str]) -> usize {
    let (_target, dataset) = exported(path, options);
    let (rows, expected) = (sorted(rows_of(&dataset)), as_in_dataset(rows_of_sessions(path, options)));
    assert_eq!(rows.len(), expected.len(), "{options:?}");
    for (row, expected) in rows.iter().zip(&expected) {
        assert_eq!(row, expected, "{options:?}");
    }
    rows.len()
}

#[test]
fn attempts_are_those_of_sessions_in_every_column() {
    assert_eq!(agrees_with_sessions(&samples(), &[]), 1631);
    assert_eq!(agrees_with_sessions(&samples(), &["--no-join"]), 1631);
}

#[test]
fn filters_choose_the_attempts_that_sessions_lists() {
    for options in [
        &["--protocol", "imap4"][..],
        &["--role", "backend"],
        &["--server", "MAIL0?"],
        &["--user", "HealthMailbox*"],
        &["--client", "10.0.0.0/8"],
        &["--outcome", "failed", "--error", "credentials"],
        &["--from", "2026-03-12T07:00Z", "--to", "2026-03-12T09:00Z"],
        &["--server-name", "CAS7", "--user", "greta.gross"],
    ] {
        assert!(agrees_with_sessions(&samples(), options) > 0, "{options:?}");
    }
}

#[test]
fn counts_are_those_of_analyze() {
    let (_target, dataset) = exported(&samples(), &[]);
    let (rows, report) = (rows_of(&dataset), analyze(&samples()));
    for role in ["frontend", "backend"] {
        for outcome in ["succeeded", "failed", "unknown"] {
            let found = rows.iter().filter(|row| row["role"] == role && row["outcome"] == outcome).count();
            assert_eq!(found as u64, number(&report, &format!("/logins/{role}/{outcome}")), "{role} {outcome}");
        }
    }
}

/// The columns of a record that stand in the line as they are.
const AS_WRITTEN: [(&str, usize); 9] = [
    ("session", 1),
    ("sequence", 2),
    ("user", 5),
    ("duration_ms", 6),
    ("request_bytes", 7),
    ("response_bytes", 8),
    ("command", 9),
    ("parameters", 10),
    ("context", 11),
];

#[test]
fn records_are_all_lines_that_can_be_read_in_every_column() {
    let path = samples().join("healthy-day");
    let (_target, dataset) = exported(&path, &["--records"]);
    let rows = rows_of(&dataset);
    assert_eq!(rows.len() as u64, number(&analyze(&path), "/input/records"));
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in &rows {
        let file = files.entry(row["file"].clone()).or_insert_with(|| {
            let text = fs::read(&row["file"]).unwrap();
            String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
        });
        let line = &file[row["line"].parse::<usize>().unwrap() - 1];
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
        let cells = reader.records().next().unwrap().unwrap();
        assert_eq!(row["time"], cells[0], "{line}");
        for (column, place) in AS_WRITTEN {
            assert_eq!(row.get(column).map_or("", String::as_str), &cells[place], "{column} of {line}");
        }
        let endpoint = |address: &str, port: &str| {
            let address = row.get(address).map_or(String::new(), Clone::clone);
            let address = if address.contains(':') { format!("[{address}]") } else { address };
            row.get(port).map_or(address.clone(), |port| format!("{address}:{port}"))
        };
        // The zone of an address means something on its machine alone.
        let without_zone =
            |cell: &str| cell.split_once('%').map_or(cell.to_owned(), |(address, rest)| format!("{address}{}", &rest[1..]));
        assert_eq!(endpoint("server_address", "server_port"), without_zone(&cells[3]), "{line}");
        assert_eq!(endpoint("client_address", "client_port"), without_zone(&cells[4]), "{line}");
    }
}

#[test]
fn records_are_chosen_by_window_service_client_and_account() {
    let all = |options: &[&str]| {
        let (_target, dataset) = exported(&samples(), &[&["--records"], options].concat());
        rows_of(&dataset)
    };
    let every = all(&[]);
    assert_eq!(every.len() as u64, number(&analyze(&samples()), "/input/records"));
    let window = ["--from", "2026-03-12T07:00Z", "--to", "2026-03-12T09:00Z"];
    let report = analyze_with(&samples(), &window);
    assert_eq!(all(&window).len() as u64, number(&report, "/input/records_in_window"));
    let of = |rows: Vec<Row>, wanted: &dyn Fn(&Row) -> bool| {
        let expected: Vec<Row> = every.iter().filter(|row| wanted(row)).cloned().collect();
        assert!(!expected.is_empty() && sorted(rows) == sorted(expected));
    };
    of(all(&["--role", "backend"]), &|row| row["role"] == "backend");
    of(all(&["--protocol", "pop3"]), &|row| row["protocol"] == "pop3");
    of(all(&["--server", "EX01"]), &|row| row["server"] == "EX01");
    of(all(&["--client", "127.0.0.1"]), &|row| row.get("client_address").is_some_and(|address| address == "127.0.0.1"));
    let greta = all(&["--user", "greta.gross"]);
    assert!(greta.len() > 1 && greta.iter().all(|row| format!("{row:?}").to_lowercase().contains("greta.gross")));
}

#[test]
fn sizes_and_puid_come_from_the_columns_that_the_header_names() {
    let header = "#Fields: dateTime,sessionId,puid,rpsize,rqsize,command,user";
    let line = "2026-03-12T07:00:00.000Z,00000000000000A1,p-1,7,8,select,alice";
    let tree = Tree::of(FRONT, log(&[header, line]));
    let (_target, dataset) = exported(tree.path(), &["--records"]);
    let rows = rows_of(&dataset);
    let of = |column: &str| rows[0].get(column).map(String::as_str);
    assert_eq!(
        (of("puid"), of("response_bytes"), of("request_bytes"), of("user")),
        (Some("p-1"), Some("7"), Some("8"), Some("alice"))
    );
    assert_eq!((of("parameters"), of("context"), of("client_port"), rows.len()), (None, None, None, 1));
}

#[test]
fn passwords_are_stars_in_records() {
    let lines = [
        login("07:00:00.000", "alice", "R=ok").replace("alice *****", "alice Secret1"),
        login("07:00:01.000", "alice", "R=ok").replace("login,alice *****", "pass,Secret2"),
        login("07:00:02.000", "alice", "R=ok").replace("login,alice *****", "AUTHENTICATE,PLAIN Secret3"),
    ];
    let tree = Tree::of(FRONT, log(&[TWELVE, &lines[0], &lines[1], &lines[2]]));
    let (_target, dataset) = exported(tree.path(), &["--records"]);
    let parameters: Vec<String> = rows_of(&dataset).iter().map(|row| row["parameters"].clone()).collect();
    assert_eq!(parameters, ["alice *****", "*****", "PLAIN *****"]);
}

/// The least and the greatest time of each row group, by its statistics; and whether the file says that it is sorted by time.
#[track_caller]
fn groups(file: &Path) -> Vec<(i64, i64, i64, bool)> {
    let reader = SerializedFileReader::new(File::open(file).unwrap()).unwrap();
    let groups = reader.metadata().row_groups().iter();
    groups
        .map(|group| {
            assert_eq!(group.column(0).column_path().string(), "time");
            assert!(format!("{:?}", group.column(0).compression()).starts_with("ZSTD"));
            let Some(Statistics::Int64(times)) = group.column(0).statistics() else { panic!("no statistics") };
            let is_sorted = group.sorting_columns().is_some_and(|columns| columns[0].column_idx == 0);
            (*times.min_opt().unwrap(), *times.max_opt().unwrap(), group.num_rows(), is_sorted)
        })
        .collect()
}

#[test]
fn row_groups_tell_their_times_and_follow_each_other() {
    let lines: String = (0..150_000u32)
        .map(|row| {
            let (minute, second, thousandth) = (row / 60_000, row / 1000 % 60, row % 1000);
            login(&format!("07:{minute:02}:{second:02}.{thousandth:03}"), "alice", "R=ok") + "\r\n"
        })
        .collect();
    let tree = Tree::of(FRONT, format!("{TWELVE}\r\n{lines}"));
    let (_target, dataset) = exported(tree.path(), &["--no-join"]);
    let files = files_below(&dataset);
    assert_eq!(files.len(), 1);
    let groups = groups(&files[0]);
    assert_eq!(groups.iter().map(|group| group.2).collect::<Vec<_>>(), [131_072, 150_000 - 131_072]);
    assert!(groups.iter().all(|group| group.3) && groups[0].1 < groups[1].0, "{groups:?}");
    let times: Vec<String> = rows_of(&dataset).into_iter().map(|row| row["time"].clone()).collect();
    assert!(times.is_sorted() && times.len() == 150_000);
}

#[test]
fn lines_that_stand_too_late_go_to_a_file_of_their_own() {
    // Far more than is read at once lies between the times and what comes back to them.
    let filler = format!("#{}\r\n", "y".repeat(100)).repeat(10_000);
    let lines = |hour: u32| {
        (0..60).map(|minute| login(&format!("{hour:02}:{minute:02}:00.000"), "a", "R=ok") + "\r\n").collect::<String>()
    };
    let tree = Tree::of(FRONT, format!("{TWELVE}\r\n{}{filler}{}", lines(8), lines(7)));
    let (_target, dataset) = exported(tree.path(), &[]);
    let files = files_below(&dataset);
    let found: Vec<(i64, bool)> = files.iter().map(|file| (groups(file)[0].2, groups(file)[0].3)).collect();
    assert_eq!(found, [(60, true), (60, false)]);
    let late = rows_of_file(&dataset, &files[1]);
    assert!(late.iter().all(|row| row["time"].starts_with("2026-03-12T07")));
}

#[test]
fn a_line_belongs_to_its_day_of_utc_and_clocks_that_jump_lose_nothing() {
    let line = |time: &str| login("07:00:00.000", "a", "R=ok").replace("2026-03-12T07:00:00.000Z", time);
    let mut lines = vec![TWELVE.to_owned()];
    for second in 0..50 {
        lines.push(line(&format!("2026-03-12T23:59:{second:02}.999Z")));
        lines.push(line("2099-01-01T00:00:00.000Z"));
        lines.push(line("1999-12-31T23:59:59.999Z"));
        lines.push(line(&format!("2026-03-13T00:00:{second:02}.000Z")));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let tree = Tree::of(FRONT, log(&lines));
    let (_target, dataset) = exported(tree.path(), &["--no-join"]);
    let rows = rows_of(&dataset);
    assert!(rows.len() == 200 && rows.iter().all(|row| row["time"].starts_with(&row["day"])));
    let days: BTreeMap<&str, usize> = rows.iter().fold(BTreeMap::new(), |mut days, row| {
        *days.entry(row["day"].as_str()).or_default() += 1;
        days
    });
    assert_eq!(
        days.into_iter().collect::<Vec<_>>(),
        [("1999-12-31", 50), ("2026-03-12", 50), ("2026-03-13", 50), ("2099-01-01", 50)]
    );
}

#[test]
fn more_days_than_files_may_be_open_lose_nothing() {
    let line = |day: i64, time: &str| {
        let date = exlog::clock::rfc3339(day * 86_400_000)[..10].to_owned();
        login("07:00:00.000", "a", "R=ok").replace("2026-03-12T07:00:00.000Z", &format!("{date}T{time}Z"))
    };
    let mut lines = vec![TWELVE.to_owned()];
    lines.extend((20_000..20_600).map(|day| line(day, "08:00:00.000")));
    // Long after its file was finished, the first day comes again, far behind what is read at once.
    lines.extend((0..10_000).map(|_| format!("#{}", "y".repeat(100))));
    lines.push(line(20_000, "09:00:00.000"));
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let tree = Tree::of(FRONT, log(&lines));
    let (_target, dataset) = exported(tree.path(), &["--no-join"]);
    let rows = rows_of(&dataset);
    assert_eq!((rows.len(), files_below(&dataset).len()), (601, 601));
    assert!(rows.iter().all(|row| row["time"].starts_with(&row["day"])));
}

/// Names that would leave the folder, be another one, or be none on Windows.
const HOSTILE: [&str; 14] = [
    "..",
    "../../etc/passwd",
    r"..\..\windows",
    "/etc",
    r"C:\Windows",
    r"\\server\share",
    "CON",
    "nul.txt",
    "ends with a dot.",
    "ends with a blank ",
    "a=b/c%2Fd?*<>|\"'",
    "line\nend\u{7}\u{1b}[31m",
    "Zürich 漢字 \u{202e}gpj",
    "__HIVE_DEFAULT_PARTITION__",
];

#[test]
fn servers_named_by_strangers_stay_in_the_dataset_and_are_read_back() {
    let tree = Tree::of(FRONT, log(&[TWELVE, &login("07:00:00.000", "alice", "R=ok")]));
    let long = "x".repeat(3000);
    for name in HOSTILE.into_iter().chain([long.as_str()]) {
        let target = Tree::new();
        let dataset = target.at("data");
        export(tree.path(), &dataset, &["--server-name", name]).with_status(0);
        assert_eq!(fs::read_dir(target.path()).unwrap().count(), 1, "{name:?}");
        let rows = rows_of(&dataset);
        assert_eq!((rows.len(), rows[0]["server_name"].as_str()), (1, name));
        assert!(name.starts_with(&rows[0]["server"]) && (rows[0]["server"] == name || name.len() > 200), "{name:?}: {rows:?}");
        let parts: Vec<String> = files_below(&dataset)[0].iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        assert!(
            parts
                .iter()
                .all(|part| part.len() < 255 && !part.ends_with(['.', ' ']) && !part.chars().any(|c| c.is_ascii_control()))
        );
    }
}

#[test]
fn a_server_of_which_nothing_is_known_is_the_partition_of_nobody() {
    let line = login("07:00:00.000", "alice", "R=ok").replace("10.0.0.11:993", "[::1]:993");
    let tree = Tree::of("0.LOG", log(&[TWELVE, &line]));
    let (_target, dataset) = exported(tree.path(), &[]);
    let rows = rows_of(&dataset);
    assert_eq!(rows[0]["server"], "__HIVE_DEFAULT_PARTITION__");
    assert_eq!((rows[0].get("server_name"), rows.len()), (None, 1));
}

#[test]
fn the_same_bytes_come_out_for_any_threads_and_any_order_of_paths() {
    let folders = ["healthy-day", "certificate-outage", "damaged"].map(|name| samples().join(name));
    let bytes = |order: &[usize], threads: &str| -> Vec<(Row, Vec<u8>)> {
        let target = Tree::new();
        let dataset = target.at("data");
        let paths = order.iter().map(|place| &folders[*place]);
        end(command().arg("export").args(paths).args(["--threads", threads, "--output"]).arg(&dataset)).with_status(0);
        let of = |file: &PathBuf| (folders_of(&dataset, file), fs::read(file).unwrap());
        files_below(&dataset).iter().map(of).collect()
    };
    let expected = bytes(&[0, 1, 2], "1");
    assert!(bytes(&[2, 0, 1], "1") == expected && bytes(&[1, 2, 0], "5") == expected);
}

#[test]
fn what_is_in_the_folder_stays_unless_it_is_a_dataset_and_may_go() {
    let path = samples().join("credentials");
    let (target, dataset) = exported(&path, &[]);
    let before = rows_of(&dataset);
    let refused = export(&path, &dataset, &[]).with_status(2);
    assert!(refused.stderr.contains("is not empty") && refused.stderr.contains("--overwrite"), "{}", refused.stderr);
    export(&path, &dataset, &["--overwrite", "--outcome", "failed"]).with_status(0);
    let after = rows_of(&dataset);
    assert!(after.len() < before.len() && after.iter().all(|row| row["outcome"] == "failed"));
    // An empty folder is as good as none.
    fs::create_dir(target.at("empty")).unwrap();
    export(&path, &target.at("empty"), &[]).with_status(0);
    assert_eq!(rows_of(&target.at("empty")), before);
    // Whatever else lies there is nobody's to take away.
    fs::write(dataset.join("thesis.txt"), "mine").unwrap();
    let refused = export(&path, &dataset, &["--overwrite"]).with_status(2);
    assert!(refused.stderr.contains("'thesis.txt'"), "{}", refused.stderr);
    assert_eq!(fs::read_to_string(dataset.join("thesis.txt")).unwrap(), "mine");
    let file = target.at("file");
    fs::write(&file, "mine").unwrap();
    assert!(export(&path, &file, &["--overwrite"]).with_status(2).stderr.contains("no folder"));
    // Nothing was left beside them.
    let mut left: Vec<_> = fs::read_dir(target.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["data set", "empty", "file"]);
}

#[test]
fn a_run_that_cannot_do_its_job_leaves_nothing() {
    let target = Tree::new();
    let dataset = target.at("data");
    for (options, status) in
        [(&["--from", "never"][..], 2), (&["--format", "csv"], 2), (&["--records", "--outcome", "failed"], 2)]
    {
        assert!(!export(&samples(), &dataset, options).with_status(status).stderr.is_empty());
    }
    export(&target.at("no such folder"), &dataset, &[]).with_status(3);
    assert_eq!(fs::read_dir(target.path()).unwrap().count(), 0);
    let nowhere = export(&samples(), &target.at("no/such/folder"), &[]).with_status(2);
    assert!(nowhere.stderr.contains("could not be written: its folder is not there"), "{}", nowhere.stderr);
    let none = export(&samples(), &dataset, &["--user", "nobody.of.that.name"]).with_status(0);
    assert!(none.stderr.contains("nothing fits") && fs::read_dir(&dataset).unwrap().count() == 0);
}

#[test]
fn what_could_not_be_read_is_told_and_counts_with_strict() {
    let path = samples().join("damaged");
    let target = Tree::new();
    let told = export(&path, &target.at("one"), &[]).with_status(0).stderr;
    assert!(told.contains("33 lines could not be read") && told.matches('\n').count() >= 1, "{told}");
    assert_eq!(export(&path, &target.at("two"), &["--quiet"]).with_status(0).stderr, "");
    export(&path, &target.at("three"), &["--strict"]).with_status(2);
    // What could be read is there all the same.
    assert_eq!(rows_of(&target.at("three")), rows_of(&target.at("one")));
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "how much memory a process has is read from /proc, which only Linux has")]
fn memory_is_bounded_for_many_rows_of_many_servers() {
    let (log, names) = spray(false);
    let mut tree = Tree::of(FRONT, &log);
    // Many servers that write at the same time.
    let day = |server: u32| {
        let lines: String = (0..1440)
            .map(|minute| login(&format!("{:02}:{:02}:00.{server:03}", minute / 60, minute % 60), "alice", "R=ok") + "\r\n")
            .collect();
        format!("{TWELVE}\r\n{lines}")
    };
    for server in 0..100 {
        tree = tree.with(&format!("MAIL{server:03}/Logging/Imap4/IMAP420260312-1.LOG"), day(server));
    }
    let target = Tree::new();
    let dataset = target.at("data");
    let peak = peak_while(
        command()
            .args(["export", "--no-join", "--threads", "2"])
            .arg(tree.path())
            .arg("--output")
            .arg(&dataset)
            .stderr(Stdio::null()),
    );
    assert!((1_000_000..400_000_000).contains(&peak), "{} MB", peak / 1_000_000);
    let rows: i64 = files_below(&dataset).iter().flat_map(|file| groups(file)).map(|group| group.2).sum();
    assert_eq!(rows, i64::from(names) + 144_000);
}
