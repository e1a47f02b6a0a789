"""What a dataset of attempts is asked by any SQL engine, and what `exlog analyze` says of the same logs.

An engine is a function that takes SQL about the table `attempts` and gives rows as tuples; whoever has one calls `check`.
"""

import json
import subprocess

QUESTIONS = {
    "attempts by role and outcome": "SELECT role, outcome, count(*) FROM attempts GROUP BY role, outcome",
    "attempts by service and outcome": "SELECT protocol, role, server_name, client_class, outcome, count(*) FROM attempts"
    " GROUP BY protocol, role, server_name, client_class, outcome",
    "attempts by day and outcome": "SELECT CAST(day AS VARCHAR(10)), outcome, count(*) FROM attempts GROUP BY day, outcome",
    "failures by service and error": "SELECT protocol, role, server_name, coalesce(error, ''), count(*) FROM attempts"
    " WHERE outcome = 'failed' GROUP BY protocol, role, server_name, coalesce(error, '')",
    "rows that are not in the folders of their day and server": "SELECT count(*) FROM attempts"
    " WHERE CAST(day AS VARCHAR(10)) <> substr(CAST(time AS VARCHAR(99)), 1, 10) OR CAST(server AS VARCHAR(999)) <> server_name",
    "rows of one hour": "SELECT count(*) FROM attempts WHERE time >= TIMESTAMP '2026-03-12 07:00:00+00:00'"
    " AND time < TIMESTAMP '2026-03-12 08:00:00+00:00'",
}

OUTCOMES = ("succeeded", "failed", "unknown")


def report(exlog, logs, *options):
    """The JSON report of `exlog analyze`."""
    asked = [exlog, "analyze", logs, "--format", "json", "--quiet", *options]
    return json.loads(subprocess.run(asked, check=True, stdout=subprocess.PIPE).stdout)


def expected(exlog, logs):
    """The answers, by `exlog analyze`: rows without those that count nothing."""
    whole = report(exlog, logs)
    by_outcome = lambda key, counts: [(*key, outcome, counts[outcome]) for outcome in OUTCOMES]
    roles, services, days, failures = [], [], [], {}
    for role in ("frontend", "backend"):
        roles += by_outcome((role,), whole["logins"][role])
    for row in whole["logins"]["by"]:
        services += by_outcome((row["protocol"], row["role"], row["server"], row["client_class"]), row)
    for group in whole["failure_groups"]:
        key = (group["protocol"], group["role"], group["server"], group["error"] or "")
        failures[key] = failures.get(key, 0) + group["count"]
    for day, after in days_between(whole["input"]["first"], whole["input"]["last"]):
        logins = report(exlog, logs, "--from", day, "--to", after)["logins"]
        days += [(day, outcome, sum(logins[role][outcome] for role in ("frontend", "backend"))) for outcome in OUTCOMES]
    hour = report(exlog, logs, "--from", "2026-03-12T07:00Z", "--to", "2026-03-12T08:00Z")["logins"]
    answers = [roles, services, days, [(*key, count) for key, count in failures.items()], None, None]
    answers = [rows and sorted(row for row in rows if row[-1]) for rows in answers]
    answers[4] = [(0,)]
    answers[5] = [(sum(hour[role]["attempts"] for role in ("frontend", "backend")),)]
    return dict(zip(QUESTIONS, answers))


def days_between(first, last):
    """The days from one moment to another, each with the one behind it."""
    from datetime import date, timedelta

    day, end = date.fromisoformat(first[:10]), date.fromisoformat(last[:10])
    while day <= end:
        yield str(day), str(day + timedelta(days=1))
        day += timedelta(days=1)


def check(name, query, exlog, logs):
    """Asks an engine everything; ends with an error that names what differs."""
    for question, rows in expected(exlog, logs).items():
        found = sorted(tuple(row) for row in query(QUESTIONS[question]))
        if found != rows or not rows:
            raise SystemExit(f"{name}: {question}\n  the dataset: {found}\n  analyze:     {rows}")
        print(f"{name}: {question}: {len(rows)} rows agree")
