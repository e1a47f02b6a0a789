//! What PowerShell is given: scripts and commands that it can parse, JSON and CSV within the rules of its readers.

use std::collections::HashSet;

use serde_json::Value;

use crate::program::exlog;
use crate::tree::{Tree, samples};

#[cfg(unix)]
mod syntax {
    use super::*;
    use crate::program::{analyze, list};
    use crate::tree::repository;

    /// The commands that the report about all samples tell people to run.
    fn commands_of_findings() -> Vec<String> {
        let report = analyze(&samples());
        let remediation = list(&report, "/findings").iter().flat_map(|finding| list(finding, "/remediation"));
        remediation.filter_map(|step| step["command"].as_str()).map(str::to_owned).collect()
    }

    /// What stands in the README between a line of three backticks with `powershell` behind them and the next one.
    fn blocks_of_the_readme() -> Vec<String> {
        let text = std::fs::read_to_string(repository().join("README.md")).unwrap();
        text.split("```powershell\n").skip(1).map(|rest| rest.split_once("```").unwrap().0.to_owned()).collect()
    }

    /// Where a script is none, by a grammar of PowerShell: each place with its text.
    fn faults(script: &str) -> Vec<String> {
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).unwrap();
        let tree = parser.parse(script, None).unwrap();
        let (mut faults, mut nodes) = (Vec::new(), vec![tree.root_node()]);
        while let Some(node) = nodes.pop() {
            if node.is_error() || node.is_missing() {
                let (line, text) = (node.start_position().row + 1, &script[node.byte_range()]);
                faults.push(format!("line {line}: {text}"));
            }
            nodes.extend(node.children(&mut node.walk()));
        }
        faults
    }

    #[test]
    fn the_grammar_tells_what_is_no_script() {
        for script in ["$a = ", "if ($a { 1 }", "Get-Item 'x", "foreach ($x in ) { }", "New-Item -Path (Join-Path 'a'"] {
            assert!(!faults(script).is_empty(), "{script}");
        }
        for script in ["$a = 1", "if ($a) { 1 }", "Get-Item 'it''s'", "@(1..3) | ForEach-Object { $_ * 2 }"] {
            assert_eq!(faults(script), Vec::<String>::new(), "{script}");
        }
    }

    #[test]
    fn the_task_is_a_script() {
        let hard = ["C:\\Gr\u{f6}\u{df}e\\", "it's", "a;b|c&d>e", "$env:TEMP", "`n", "\u{2018}x\u{2019}", "say \"x\""];
        let arguments = ["schedule", "--for", "windows", "--", "logs", "--store", "C:\\a b\\store.db"];
        let script = exlog(&[&arguments[..], &hard].concat()).with_status(0).stdout;
        assert!(script.is_ascii(), "{script}");
        assert_eq!(faults(&script), Vec::<String>::new(), "{script}");
        // Nothing is no path, in the night as little as now.
        assert!(exlog(&[&arguments[..], &[""]].concat()).with_status(2).stderr.contains("nothing stands there"));
        let service = ["schedule", "--for", "windows", "--account", "CONTOSO\\exlog$", "--", "logs", "--store", "s"];
        assert_eq!(faults(&exlog(&service).with_status(0).stdout), Vec::<String>::new());
    }

    #[test]
    fn completions_are_a_script_in_ascii() {
        let script = exlog(&["completions", "powershell"]).with_status(0).stdout;
        // PowerShell takes a block without brackets behind a method's name, and the grammar does not.
        let (before, after) = script.split_once(".Where{ ").unwrap();
        let (block, after) = after.split_once(" }").unwrap();
        assert_eq!(faults(&format!("{before}.Where({{ {block} }}){after}")), Vec::<String>::new());
        // Windows PowerShell reads what a program writes in the machine's code page.
        assert_eq!(script.chars().find(|c| !c.is_ascii()), None);
        for words in ["'exlog;analyze'", "'--local'", "'exlog;store;check'", "'--config'"] {
            assert!(script.contains(words), "{words}");
        }
        // What a command would refuse is not offered.
        let of_watch = script.split("'exlog;watch' {").nth(1).unwrap().split("break").next().unwrap();
        assert!(of_watch.contains("'--since'") && !of_watch.contains("'--around'"), "{of_watch}");
    }

    #[test]
    fn commands_that_people_are_told_to_run_are_commands() {
        let commands = commands_of_findings();
        assert!(commands.len() > 5);
        for command in commands {
            assert_eq!(faults(&command), Vec::<String>::new(), "{command}");
        }
    }

    #[test]
    fn the_examples_of_the_readme_are_scripts() {
        let blocks = blocks_of_the_readme();
        assert!(blocks.len() > 1);
        for block in blocks {
            assert_eq!(faults(&block), Vec::<String>::new(), "{block}");
        }
    }
}

/// How deep a value is.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Names that `ConvertFrom-Json` of Windows PowerShell 5.1 refuses: none, and two that differ in capitals alone.
fn refused_names(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(refused_names).collect(),
        Value::Object(fields) => {
            let mut seen = HashSet::new();
            let is_refused = |name: &&String| name.is_empty() || !seen.insert(name.to_lowercase());
            let here: Vec<String> = fields.keys().filter(is_refused).cloned().collect();
            here.into_iter().chain(fields.values().flat_map(refused_names)).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn json_keeps_to_what_convertfrom_json_takes() {
    let path = samples().display().to_string();
    let store = Tree::new();
    let at = store.at("store.db").display().to_string();
    for arguments in [
        &["analyze", &path, "--format", "json", "--verbose"][..],
        &["analyze", &path, "--format", "json", "--compare", &path],
        &["nightly", &path, "--store", &at, "--format", "json", "--fail-on", "critical"],
    ] {
        let ended = exlog(arguments);
        let report = ended.json();
        assert_eq!(refused_names(&report), Vec::<String>::new());
        // 5.1 stops at 100 by itself; what `ConvertTo-Json -Depth` writes again must be asked for.
        assert!((3..=10).contains(&depth(&report)), "{}", depth(&report));
        // No date in the form of 5.1, which would become one of the machine's own zone.
        assert!(!ended.stdout.contains("/Date("));
        assert!(ended.stdout.starts_with('{') && !ended.stdout.starts_with('\u{feff}'));
    }
    let lines = exlog(&["sessions", &path, "--format", "ndjson", "--limit", "200"]).with_status(0).stdout;
    for line in lines.lines() {
        let document: Value = serde_json::from_str(line).unwrap();
        assert_eq!(refused_names(&document), Vec::<String>::new());
    }
}

#[test]
fn csv_has_a_name_of_its_own_for_each_column() {
    let path = samples().display().to_string();
    let of = |arguments: &[&str]| exlog(arguments).with_status(0).stdout;
    let tables = ["failure_groups", "findings", "outages", "logins"];
    let tables = tables.map(|table| of(&["analyze", &path, "--format", "csv", "--table", table]));
    // `Import-Csv` refuses two names that differ in capitals alone.
    for table in tables.into_iter().chain([of(&["sessions", &path, "--format", "csv", "--limit", "3"])]) {
        let names: Vec<String> = table.lines().next().unwrap().split(',').map(str::to_lowercase).collect();
        assert!(names.len() > 3 && names.iter().all(|name| !name.is_empty()));
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "{names:?}");
    }
}

#[test]
fn every_shell_has_completions_and_every_command_a_page() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(exlog(&["completions", shell]).with_status(0).stdout.contains("exlog"), "{shell}");
    }
    assert!(exlog(&["completions", "cmd"]).with_status(2).stderr.contains("powershell"));
    let page = exlog(&["man"]).with_status(0).stdout;
    assert!(page.contains(".TH exlog 1") && page.contains("exlog\\-analyze(1)"), "{page}");
    let page = exlog(&["man", "store", "check"]).with_status(0).stdout;
    assert!(page.contains(".TH exlog\\-store\\-check 1") || page.contains(".TH exlog-store-check 1"), "{page}");
    assert!(exlog(&["man", "analize"]).with_status(2).stderr.contains("analyze"));
    let tree = Tree::new();
    let file = tree.at("exlog.1").display().to_string();
    exlog(&["man", "--output", &file]).with_status(0);
    assert!(std::fs::read_to_string(file).unwrap().contains(".TH exlog 1"));
}
