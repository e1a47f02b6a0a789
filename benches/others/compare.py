"""Runs exlog and the others in turn, and prints a table: the median of the times, exlog's in the same round being 1, and the peak memory.

    compare.py EXLOG DIR ROUNDS     before the first round the engines must find as many logins as exlog, which also brings the logs into
                                    the cache
"""

import os
import pathlib
import statistics
import subprocess
import sys
import time

from columns import files

HERE = pathlib.Path(__file__).parent
# In a process of its own: the memory of this one would count as that of those it starts.
ATTEMPTS = "import json, sys; logins = json.load(sys.stdin)['logins']; print(sum(logins[role]['attempts'] for role in ('frontend', 'backend')))"
LAYOUT = "have all files in the folder 13 columns below five header lines?"


def timed(command):
    """The seconds that a command took, and its peak memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    # ripgrep ends with 1 where no line fits.
    if os.waitstatus_to_exitcode(status) not in ((0, 1) if command[0] == "rg" else (0,)):
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return took, used.ru_maxrss / 1024


def written(command, **options):
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, **options)
    if ended.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{LAYOUT}")
    return ended.stdout


def main():
    exlog, logs, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    analyze = [exlog, "analyze", logs, "--format", "json"]
    engines = {name: [sys.executable, HERE / f"with_{name}.py", logs] for name in ("polars", "duckdb")}
    commands = {
        "`exlog analyze DIR --format json`": analyze,
        "`rg -uu -c ErrMsg= DIR` (reads every byte, understands nothing)": ["rg", "--no-config", "-uu", "-c", "ErrMsg=", logs],
        "Polars, logins grouped by error": engines["polars"],
        "DuckDB, the same": engines["duckdb"],
    }
    # Where exlog itself fails, it has said why.
    timed(analyze)
    with subprocess.Popen(analyze, stdout=subprocess.PIPE) as report:
        attempts = int(written([sys.executable, "-c", ATTEMPTS], stdin=report.stdout))
    for name, command in engines.items():
        found = int(written(command))
        if found != attempts:
            sys.exit(f"{name} found {found} logins, exlog {attempts}: {LAYOUT}")
    measured = [{name: timed(command) for name, command in commands.items()} for _ in range(rounds)]
    of_exlog = next(iter(commands))
    seconds = statistics.median(one[of_exlog][0] for one in measured)
    size = sum(os.path.getsize(path) for path in files(logs))
    print(f"{size / 1e6:.0f} MB, {attempts} logins, {os.cpu_count()} processors, rounds: {rounds}; exlog took {seconds:.2f} s\n")
    print("| | time, exlog = 1 | peak memory |\n|---|---|---|")
    for name in commands:
        ratio = statistics.median(one[name][0] / one[of_exlog][0] for one in measured)
        print(f"| {name} | {ratio:.2f} | {max(one[name][1] for one in measured):.0f} MB |")


main()
