"""The job of `exlog cluster spark` says what `exlog analyze` says, also if a worker dies: spark_job.py EXLOG GENERATE LOGS (Linux).

Spark is the one beside this Python. Each run is what a user would start, on a cluster of two workers on this machine.
"""

import gzip
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pyspark

TWO_WORKERS = "local-cluster[2,1,1024]"
OUTPUTS = ("report.json", "report.html", "summary.exlog")

# exlog that writes down which leaves it began and ended; the first leaf of all waits until it may go on.
WAITING = """#!/bin/sh
if [ "$1" = summarize ] && [ -s "$3" ]; then
    leaf=$(cksum <"$3")
    echo "$leaf" >>'{state}/begun'
    if mkdir '{state}/first' 2>/dev/null; then
        echo $$ >'{state}/pid.part' && mv '{state}/pid.part' '{state}/pid'
        while [ ! -e '{state}/go' ]; do sleep 0.1; done
    fi
    '{exlog}' "$@" || exit
    echo "$leaf" >>'{state}/ended'
else
    exec '{exlog}' "$@"
fi
"""

# exlog that is told something on workers which it does not know.
REFUSING = """#!/bin/sh
if [ "$1" = summarize ] && [ -s "$3" ]; then shift; set -- summarize --unheard-of "$@"; fi
exec '{exlog}' "$@"
"""


def main():
    exlog, generate, logs = (os.path.realpath(path) for path in sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="exlog spark ") as work:
        work = Path(work)
        job = work / "exlog_spark.py"
        run(exlog, "cluster", "spark", "--output", job)
        a_worker_dies(work, job, exlog, generate)
        through_hadoop(work, job, exlog, generate, logs)
        words_of_a_worker(work, job, exlog, logs)


def a_worker_dies(work, job, exlog, generate):
    """A share: the same bytes, though the worker that reads a leaf is killed while others are done."""
    logs, state, output = work / "generated", work / "state", work / "first"
    state.mkdir()
    run(generate, "--out", logs, "--bytes", "20M", "--servers", "3", "--seed", "7")
    big_log(work, generate, logs)
    wrapper = script(work / "waiting", WAITING, exlog, state)
    running = submit(work, job, TWO_WORKERS, wrapper, logs, "--output", output, "--leaf-size", "4MB")
    until(work, running, lambda: (state / "pid").exists() and lines(state / "ended"), "a leaf waits, and another has ended")
    kill_executor_above(int((state / "pid").read_text()), running.pid)
    before = len(lines(state / "ended"))
    (state / "go").touch()
    succeeded(work, running)
    begun, ended = lines(state / "begun"), lines(state / "ended")
    leaves = len(set(begun))
    if not before < leaves or begun.count(begun[0]) < 2 or set(ended) != set(begun):
        raise SystemExit(f"no worker died in the middle: {before} of {leaves} leaves had ended\n{begun}\n{ended}")
    same(exlog, logs, output, logs, ("json", "html"))
    print(f"Spark: a worker was killed when {before} of {leaves} leaves had ended, and the bytes are those of one machine")
    left = list((work / "scratch").rglob("exlog-*"))
    if left:
        raise SystemExit(f"scratch folders are left: {left}")


def big_log(work, generate, logs):
    """A log that is read in ranges, and one that is called so and cannot be: packed."""
    run(generate, "--out", work / "days", "--bytes", "300M", "--mix", "frontend", "--servers", "1", "--seed", "8", "--columns", "13")
    folder = logs / "EX07/Logging/Imap4"
    folder.mkdir(parents=True)
    with open(folder / "IMAP4big.LOG", "wb") as big:
        for day in sorted((work / "days").rglob("Imap4/*.LOG")):
            if "BE" not in day.name:
                big.write(day.read_bytes())
    with gzip.open(folder / "packed.LOG", "wb", compresslevel=0) as packed:
        # Of another day: a copy on the same server would be left aside by analyze, and counted here.
        packed.write((folder / "IMAP4big.LOG").read_bytes().replace(b"2026-03-02T", b"2026-03-09T"))
    shutil.rmtree(work / "days")
    if (folder / "IMAP4big.LOG").stat().st_size < 2 * (64 << 20):
        raise SystemExit("the big log has no three ranges")


def through_hadoop(work, job, exlog, generate, logs):
    """An address of Hadoop: the same bytes but for the address, of names that Hadoop hides or takes for patterns, archives and copies too."""
    tree, output = work / "tree", work / "second"
    shutil.copytree(logs, tree)
    big_log(work, generate, tree)
    some = sorted(path for path in tree.rglob("*.LOG") if path.stat().st_size > 1000)
    (tree / "_hidden/EX09/Imap4").mkdir(parents=True)
    with gzip.open(tree / "_hidden/EX09/Imap4/.IMAP4 [1] {a,b} ü%20.LOG", "wb") as packed:
        packed.write(some[0].read_bytes())
    with zipfile.ZipFile(tree / "EX08.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(some[-1], f"Logging/Imap4/{some[-1].name}")
        archive.writestr("notes.txt", "nothing that exlog knows")
    link = f"spark.hadoop.fs.viewfs.mounttable.cluster.link./logs={tree.as_uri()}"
    # Hadoop takes a name as it is, unlike the address of a link.
    options = ["--output", f"file://{output}", "--leaf-size", "700KB", "--report=--timezone Europe/Berlin --fail-on info"]
    running = submit(work, job, TWO_WORKERS, exlog, "viewfs://cluster/logs", *options, conf=[link])
    succeeded(work, running, status=1)
    # The page has commands in it, where a path with a blank is quoted and an address is not.
    same(exlog, tree, output, "viewfs://cluster/logs", ("json",), "--timezone", "Europe/Berlin")
    print("Spark: what was fetched through Hadoop has the bytes of one machine, under its address")


def words_of_a_worker(work, job, exlog, logs):
    """What exlog says on a worker stands in Spark's exception, and nothing is written."""
    output = work / "third"
    refusing = script(work / "refusing", REFUSING, exlog, work)
    running = submit(work, job, "local[2]", refusing, logs, "--output", output)
    running.wait()
    said = (work / "log").read_text()
    _, raised, exception = said.rpartition("Py4JJavaError: ")
    if running.returncode != 2 or not raised or "unexpected argument '--unheard-of' found" not in exception:
        raise SystemExit(f"status {running.returncode} without exlog's words:\n{said[-3000:]}")
    if output.exists():
        raise SystemExit(f"{output} is there though the job failed")
    print("Spark: the words of exlog on a worker are in the exception")


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def script(folder, text, exlog, state):
    """A program called exlog that runs exlog in a way of its own."""
    folder.mkdir()
    path = folder / "exlog"
    path.write_text(text.format(exlog=exlog, state=state))
    path.chmod(0o755)
    return path


def submit(work, job, master, exlog, logs, *options, conf=()):
    """Starts the job as a user would."""
    settings = [part for one in (*conf, "spark.ui.enabled=false") for part in ("--conf", one)]
    # Spark's own search for its folder knows no blanks in paths.
    home = os.path.dirname(pyspark.__file__)
    command = [Path(home) / "bin" / "spark-submit", "--master", master, *settings, job, logs, "--exlog", exlog, *options]
    scratch = work / "scratch"
    scratch.mkdir(exist_ok=True)
    own = {"SPARK_HOME": home, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(scratch)}
    environment = {**os.environ, **own}
    with open(work / "log", "wb") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def succeeded(work, running, status=0):
    running.wait()
    if running.returncode != status:
        raise SystemExit(f"the job ended with {running.returncode}, not {status}:\n{(work / 'log').read_text()[-6000:]}")


def until(work, running, is_so, what):
    while not is_so():
        if running.poll() is not None:
            raise SystemExit(f"the job ended before this was so: {what}\n{(work / 'log').read_text()[-6000:]}")
        time.sleep(0.1)


def kill_executor_above(pid, top):
    """Kills the executor under which a process runs, if it is one of the job's."""
    above, executor = pid, None
    while above not in (top, 1):
        if b"CoarseGrainedExecutorBackend" in Path(f"/proc/{above}/cmdline").read_bytes():
            executor = above
        above = int(Path(f"/proc/{above}/stat").read_text().rpartition(")")[2].split()[1])
    if above != top or executor is None:
        raise SystemExit(f"no executor of this job is above process {pid}")
    os.kill(executor, signal.SIGKILL)


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def same(exlog, logs, output, shown, forms, *options):
    """Holds what a job left against what one machine says of the same files, under the name that they have for the job."""
    if sorted(os.listdir(output)) != sorted(OUTPUTS):
        raise SystemExit(f"{output} holds {os.listdir(output)}")
    renamed = lambda content: content.replace(str(shown).encode(), str(logs).encode())
    for form in forms:
        expected = run(exlog, "analyze", logs, "--format", form, "--quiet", *options)
        found = renamed((output / f"report.{form}").read_bytes())
        if found != expected:
            raise SystemExit(f"report.{form} of Spark has not the bytes of 'exlog analyze {logs}'")
    found = run(exlog, "merge", output / "summary.exlog", "--format", "json", "--quiet", *options)
    if renamed(found) != run(exlog, "analyze", logs, "--format", "json", "--quiet", *options):
        raise SystemExit(f"summary.exlog of Spark does not hold what 'exlog analyze {logs}' says")


main()
