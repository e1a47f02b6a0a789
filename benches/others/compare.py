"""Runs exlog and the others in turn, and prints a table: the median of the times, exlog's in the same round being 1, and the peak memory.

    compare.py EXLOG DIR RUNS      one round more is run first, and not counted: it brings the logs into the cache
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent


def timed(command, output):
    """The seconds that a command took, and its peak memory in MB; what it writes goes to `output`."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=output)
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    if status:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return took, used.ru_maxrss / 1024


def written(command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


def main():
    exlog, logs, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    engine = {name: [sys.executable, HERE / f"with_{name}.py", logs] for name in ("polars", "duckdb")}
    commands = {
        "`exlog analyze DIR --format json`": [exlog, "analyze", logs, "--format", "json"],
        "`rg -c ErrMsg= DIR` (reads every byte, understands nothing)": ["rg", "-c", "ErrMsg=", logs],
        "Polars, logins grouped by error": engine["polars"],
        "DuckDB, the same": engine["duckdb"],
    }
    with open(os.devnull, "wb") as nowhere:
        rounds = [{name: timed(command, nowhere) for name, command in commands.items()} for _ in range(1 + runs)][1:]
    # Only now: the memory of this process counts as that of those it starts.
    logins = json.loads(written([exlog, "analyze", logs, "--format", "json"]))["logins"]
    attempts = logins["frontend"]["attempts"] + logins["backend"]["attempts"]
    for name, command in engine.items():
        found = int(written(command))
        if found != attempts:
            sys.exit(f"{name} found {found} logins, exlog {attempts}: are there five header lines and 13 columns in each file?")
    of_exlog = next(iter(commands))
    seconds = statistics.median(one[of_exlog][0] for one in rounds)
    size = sum(path.stat().st_size for path in pathlib.Path(logs).rglob("*.LOG"))
    print(f"{size / 1e9:.1f} GB, {attempts} logins, {os.cpu_count()} processors, {runs} rounds; exlog took {seconds:.2f} s\n")
    print("| | time, exlog = 1 | peak memory |\n|---|---|---|")
    for name in commands:
        ratio = statistics.median(one[name][0] / one[of_exlog][0] for one in rounds)
        print(f"| {name} | {ratio:.2f} | {max(one[name][1] for one in rounds):.0f} MB |")


main()
