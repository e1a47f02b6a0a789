#!/usr/bin/env python3
"""What many machines find in Exchange IMAP4 and POP3 logs: `exlog analyze` as a job for Apache Spark.

    spark-submit --master spark://host:7077 exlog_spark.py /srv/logs --output /srv/reports
    spark-submit --master yarn exlog_spark.py hdfs://namenode/logs --output hdfs://namenode/reports
    spark-submit exlog_spark.py s3a://bucket/logs --output reports --summarize='--from 2026-03-12 --protocol imap4'

It leaves report.html, report.json and summary.exlog. The report is, byte for byte, that of `exlog analyze` about all these files
on one machine, however they are cut and whatever dies meanwhile; `exlog merge summary.exlog` makes every other form of it. Only copies of a
log on one server, which `exlog analyze` leaves aside, count here, and the driver names them: leave them away.

How it goes. The driver lists the files, logs and whatever else lies beside them (settings, certificates, event logs: exlog tells them
apart by content), and cuts the list into leaves of about --leaf-size bytes: of whole files, and of logs that are larger (`*.log`) of ranges,
in steps of 64 MiB. A worker runs `exlog summarize` on a leaf;
Spark's treeReduce puts summaries together by `exlog merge`; the driver makes the reports of the last one. A leaf or a merge whose
worker dies is repeated by Spark elsewhere, and stragglers may be run twice (spark.speculation): each try has a folder of its own
below Spark's scratch folder, which is removed. What is packed is never cut: a `.gz` of 10 GB is one leaf, and keeps one worker busy. Nor
can a log be cut whose columns change in the middle: the job says so and fails, and a larger --leaf-size helps.

Paths. A path without `://` is a folder or a file that the driver and every worker see under the same name, as on a share; a worker that
does not see it fails. A path with `://` is read through Hadoop's file systems as Spark is set up for them (hdfs, s3a, abfss, gs, …):
a worker fetches its leaf, and of a range only that, into its scratch folder by a Java of its own, with Spark's jars, those of --jars and --packages, and
the driver's Hadoop settings; so there must be room for a leaf for each of its tasks. Servers are named by the folders as always; the
report shows the address. Paths are no patterns: the shell expands them, or give the folder above and --summarize='--server EX*'.

What it needs. PySpark 4 (no Spark Connect), and exlog for the driver: on its PATH, by --exlog, or by --files. The driver hands
it to the workers, which must run on the same kind of system; with --installed they have their own on their PATH. A task of exlog
has as many threads as Spark gives it processors (spark.task.cpus). The driver must hold a few dozen summaries (spark.driver.memory,
spark.driver.maxResultSize); more --depth has it hold fewer.

What cannot be read. If exlog fails on a worker, the job fails after Spark's tries, and the exception has exlog's own words. A single
file that cannot be read is listed in the report and by the driver at the end, as on one machine; if it cannot be fetched, the job fails.
The job ends with 0; with 1 if --report='--fail-on SEVERITY' asks for it, like exlog; with 2 if it could not be done.

The summary and the report hold names, as the logs do: `--report='--redact'` hides them in the reports, but summary.exlog needs them.
"""

# The parameters: what stands here holds where the command line says nothing.

PATHS = []  # folders and files to read, as every worker sees them, or as Hadoop names them: "/srv/logs", "hdfs://namenode/logs"
OUTPUT = ""  # the folder for the reports: one of the driver, or one of Hadoop's with "://"
EXLOG = "exlog"  # the program, as the driver finds it
INSTALLED = False  # whether the workers have exlog on their PATH, and need not be given it
LEAF_SIZE = "256MB"  # how much one task reads
DEPTH = 2  # how many levels the tree of merges has
SUMMARIZE = ""  # options of `exlog summarize` for every leaf: "--from 2026-03-12 --to 2026-03-13 --protocol imap4"
REPORT = ""  # options of `exlog merge` for the reports: "--timezone Europe/Berlin --evidence settings.txt --fail-on high"

import argparse
import glob
import os
import random
import re
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import traceback
from functools import partial

from pyspark import SparkConf, SparkContext, SparkFiles, TaskContext
from pyspark.find_spark_home import _find_spark_home

SUMMARY, PAGE, JSON = "summary.exlog", "report.html", "report.json"

STEP = 64 << 20  # exlog reads a file in steps of so many bytes
BEGINNING = 1 << 20  # more than it looks at to see what a file is
LINE = 2 << 20  # more than a line may be long


# What runs everywhere.


def run(command, done=(0,)):
    """Runs exlog; whatever else than these its status is becomes an error with its own words."""
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = ended.stderr.decode(errors="replace").strip()
    if ended.returncode not in done:
        how = f"was killed by signal {-ended.returncode}" if ended.returncode < 0 else f"ended with status {ended.returncode}"
        raise RuntimeError(f"exlog {command[1]} {how} on {socket.gethostname()}:\n{said}")
    return ended.returncode, said


def program(job):
    """Where exlog lies on this machine."""
    found = shutil.which(job["exlog"]) if job["installed"] else os.path.abspath(SparkFiles.get(job["exlog"]))
    if found is None:
        raise RuntimeError(f"{job['exlog']} is not on the PATH of {socket.gethostname()}: install it there, or leave --installed away")
    return found


class Scratch:
    """A folder of one try, in one of the folders that Spark gives to workers and clears itself if the try cannot."""

    def __enter__(self):
        given = [folder for folder in os.environ.get("SPARK_LOCAL_DIRS", "").split(",") if os.path.isdir(folder)]
        self.folder = tempfile.mkdtemp(prefix="exlog-", dir=os.path.abspath(random.choice(given)) if given else None)
        return lambda name: os.path.join(self.folder, name)

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)


def content(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


# What runs on workers.


def summarized(job, leaf):
    """The summary of a leaf."""
    with Scratch() as scratch:
        names = b"".join(name + b"\t" + ("%d-%d/%d" % stretch if stretch else "").encode() + b"\0" for name, stretch in leaf["files"])
        where = ["--paths-from", write(scratch("names"), names), "--ranges"]
        if leaf["is_fetched"]:
            fetch(leaf["files"], scratch("copies"), job["settings"])
            where += ["--fetched", scratch("copies")]
        else:
            check_share(job["shares"])
        threads = str(TaskContext.get().cpus())
        out = ["--threads", threads, "--quiet", "--output", scratch(SUMMARY)]
        run([program(job), "summarize", *where, *out, *job["options"], "--", *job["roots"]])
        return content(scratch(SUMMARY))


def merged(job, first, second):
    """One summary of two."""
    with Scratch() as scratch:
        two = [write(scratch("1.exlog"), first), write(scratch("2.exlog"), second)]
        run([program(job), "merge", "--parts", "--quiet", "--format", "summary", "--output", scratch(SUMMARY), *two])
        return content(scratch(SUMMARY))


def check_share(shares):
    """A share that is not mounted looks like one whose files are all gone: a part must not be taken for the whole."""
    for path in shares:
        is_there = bool(os.listdir(path)) if os.path.isdir(path) else os.path.exists(path)
        if not is_there:
            raise RuntimeError(f"{path} is empty or not there on {socket.gethostname()}: every worker must see it as the driver does")


def fetch(files, folder, settings):
    """Fetches files through Hadoop into a folder, each to its own place: hdfs://nn/logs/a.LOG to hdfs/nn/logs/a.LOG. Of a range comes what
    is read of it; the rest of the copy is a hole."""
    from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway
    from py4j.protocol import Py4JJavaError

    home = _find_spark_home()
    jars = [os.path.join(home, "jars", "*"), os.path.join(SparkFiles.getRootDirectory(), "*")]
    others = [os.environ.get(name) for name in ("HADOOP_CONF_DIR", "SPARK_DIST_CLASSPATH")]
    java = os.environ.get("JAVA_HOME") and os.path.join(os.environ["JAVA_HOME"], "bin", "java")
    port, token = launch_gateway(
        jarpath=glob.glob(os.path.join(home, "jars", "py4j-*.jar"))[0],
        classpath=os.pathsep.join(jars + [path for path in others if path]),
        javaopts=["-Xmx256m"],
        java_path=java or "java",
        die_on_exit=True,
        enable_auth=True,
    )
    gateway = JavaGateway(gateway_parameters=GatewayParameters(port=port, auth_token=token, auto_convert=True))
    try:
        hadoop = gateway.jvm.org.apache.hadoop
        configuration = hadoop.conf.Configuration(False)
        configuration.addResource(gateway.jvm.java.io.ByteArrayInputStream(settings))
        for name, stretch in ((name.decode(), stretch) for name, stretch in files):
            scheme, _, rest = name.partition("://")
            place = os.path.join(folder, scheme, rest.lstrip("/"))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            try:
                source, copy = hadoop.fs.Path(name), hadoop.fs.Path("file://" + place)
                system = source.getFileSystem(configuration)
                if not stretch or not fetch_stretch(gateway.jvm, system, source, place, *stretch):
                    system.copyToLocalFile(False, source, copy, True)
            except Py4JJavaError as error:
                why = error.java_exception.toString()
                raise RuntimeError(f"{name} could not be fetched on {socket.gethostname()}: {why}") from None
    finally:
        gateway.shutdown()


def fetch_stretch(jvm, system, source, place, begins, ends, length):
    """Fetches the beginning of a file and a stretch of it; False if all of it is needed, because it cannot be cut."""
    opened, copy = system.open(source), jvm.java.io.RandomAccessFile(place, "rw")
    try:
        copy.setLength(length)
        into = jvm.java.io.FileOutputStream(copy.getFD())
        for first, last in ((0, BEGINNING), (max(begins - 1, 0), ends + LINE)):
            opened.seek(first)
            copy.seek(first)
            jvm.org.apache.commons.io.IOUtils.copyLarge(opened, into, 0, max(min(last, length) - first, 0))
    finally:
        opened.close()
        copy.close()
    with open(place, "rb") as file:
        # Whatever is packed or no text has such a byte. Its first range is all of it, and of the others nothing is read.
        return begins > 0 or b"\0" not in file.read(BEGINNING)


# What runs on the driver.


def wrong(words):
    """Ends the job because of what was asked for."""
    print(words, file=sys.stderr)
    sys.exit(2)


def files_of_share(root):
    """The files below a path with their lengths, as exlog finds them: links are followed and their loops cut. What cannot be looked into is
    listed too, so that exlog says why."""

    def walk(path, above):
        try:
            status = os.stat(path)
            names = sorted(os.listdir(path)) if stat.S_ISDIR(status.st_mode) else None
        except OSError:
            yield os.fsencode(path), 0
            return
        place = (status.st_dev, status.st_ino)
        if names is None:
            yield os.fsencode(path), status.st_size
        elif place not in above:
            for name in names:
                yield from walk(os.path.join(path, name), above | {place})

    if not os.path.exists(root):
        wrong(f"{root} is not there; paths are no patterns here")
    return walk(root, frozenset())


def files_of_hadoop(context, settings, root):
    """The same through Hadoop, and what Hadoop calls the path in full."""
    path = context._jvm.org.apache.hadoop.fs.Path(root)
    system = path.getFileSystem(settings)
    path = system.makeQualified(path)
    found, files = system.listFiles(path, True), []
    while found.hasNext():
        status = found.next()
        files.append((status.getPath().toString().encode(), status.getLen()))
    return path.toString(), files


def each_once(files):
    """Of all names of one file the first, as exlog does it."""
    seen, kept = set(), []
    for name, length in sorted(set(files)):
        place = os.path.realpath(name)
        if place not in seen:
            seen.add(place)
            kept.append((name, length))
    return kept


def stretches(name, length, size):
    """What of a file is read at once: each stretch (None is all of it) and its length."""
    step = max(size // STEP, 1) * STEP
    if length <= max(size, STEP) or not name.lower().endswith(b".log"):
        return [(None, length)]
    bounds = [*range(0, length, step), length]
    return [((begins, ends, length), ends - begins) for begins, ends in zip(bounds, bounds[1:])]


def leaves(files, size, is_fetched):
    """Cuts a list of files into leaves of this size, or of one file that is larger and cannot be cut."""
    leaf, total = [], 0
    for name, length in files:
        for stretch, part in stretches(name, length, size):
            if leaf and total + part > size:
                yield {"files": leaf, "is_fetched": is_fetched}
                leaf, total = [], 0
            leaf.append((name, stretch))
            total += part
    if leaf:
        yield {"files": leaf, "is_fetched": is_fetched}


def given_exlog(context, asked):
    """Hands exlog to the workers, unless `--files` did or they have it; gives the driver's own and what they call theirs."""
    name = os.path.basename(asked.exlog)
    shipped = SparkFiles.get(name)
    own = shipped if os.path.isfile(shipped) else shutil.which(asked.exlog) or shutil.which(os.path.join(".", asked.exlog))
    if own is None:
        wrong(f"{asked.exlog} is neither a program of this machine nor among --files: say where it is with --exlog")
    if not asked.installed and own != shipped:
        context.addFile(os.path.abspath(own))
    return own, name


def with_moments(options):
    """The options of summarize, if each worker understands the same by them."""
    words = shlex.split(options)
    for at, word in enumerate(words):
        option, _, value = word.partition("=")
        value = value or "".join(words[at + 1 : at + 2])
        if option in ("--from", "--to") and not value[:1].isdigit():
            wrong(f"{option} {value}: every worker has a clock of its own; give a date, as in {option} 2026-03-12T07:30Z")
        if option in ("--output", "-o", "--paths-from", "--ranges", "--fetched", "--threads", "--evidence"):
            wrong(f"{option} is not for --summarize: leaves have their own; evidence is given with --report='--evidence PATH'")
    return words


def size(text):
    """`256MB`, `1GiB` as bytes."""
    parts = re.fullmatch(r"(\d+) *([kmgt]?)(i?)b?", text.strip().lower())
    if not parts or int(parts[1]) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no size: give a number and a unit, as in 256MB")
    return int(parts[1]) * (1024 if parts[3] else 1000) ** " kmgt".index(parts[2] or " ")


def asked_for():
    """The parameters, those of the command line first."""
    words, _, more = __doc__.partition("\n\n")
    asks = argparse.ArgumentParser(description=words, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("paths", metavar="PATH", nargs="*", default=PATHS, help="folders and files, or addresses of Hadoop's file systems")
    asks.add_argument("--output", metavar="DIR", default=OUTPUT, help="where the reports go: a folder of the driver, or an address")
    asks.add_argument("--exlog", metavar="FILE", default=EXLOG, help="the program [default: %(default)s]")
    asks.add_argument("--installed", action="store_true", default=INSTALLED, help="the workers have exlog on their PATH")
    asks.add_argument("--leaf-size", metavar="SIZE", type=size, default=LEAF_SIZE, help="how much one task reads [default: %(default)s]")
    asks.add_argument("--depth", metavar="N", type=int, default=DEPTH, help="levels of the tree of merges [default: %(default)s]")
    asks.add_argument("--summarize", metavar="OPTIONS", default=SUMMARIZE, help="options of 'exlog summarize' for every leaf")
    asks.add_argument("--report", metavar="OPTIONS", default=REPORT, help="options of 'exlog merge' for the reports")
    asked = asks.parse_args()
    if not asked.paths or not asked.output:
        asks.error("PATH and --output are needed")
    for path in asked.paths:
        if "://" not in path and not os.path.isabs(path):
            asks.error(f"{path} is something else in the folder of each worker: give the whole path, as every worker sees it")
    return asked


def reports(own, summary, options, output):
    """Writes the reports of a summary; gives the worst status and what exlog said."""
    write(os.path.join(output, SUMMARY), summary)
    status, said = 0, ""
    for form, name in (("html", PAGE), ("json", JSON)):
        out = ["--format", form, "--output", os.path.join(output, name)]
        # 1 means that there are findings as bad as --fail-on says, 2 with --strict that not all could be read: the report is there.
        ended, said = run([own, "merge", *options, *out, "--", os.path.join(output, SUMMARY)], (0, 1, 2) if "--strict" in options else (0, 1))
        status = max(status, ended)
    return status, said


def main():
    asked = asked_for()
    options = with_moments(asked.summarize)
    with SparkContext.getOrCreate(SparkConf().setAppName("exlog")) as context:
        return found_by_many(context, asked, options)


def found_by_many(context, asked, options):
    """Lists, has it read, and writes the reports; gives the status of exlog."""
    settings = context._jsc.hadoopConfiguration()
    shares = [path for path in asked.paths if "://" not in path]
    below = {path: list(files_of_share(path)) for path in shares}
    of_share = each_once([file for files in below.values() for file in files])
    addresses = [files_of_hadoop(context, settings, path) for path in asked.paths if "://" in path]
    of_hadoop = sorted({file for _, files in addresses for file in files})
    cut = [*leaves(of_share, asked.leaf_size, False), *leaves(of_hadoop, asked.leaf_size, True)]
    own, name = given_exlog(context, asked)
    stream = context._jvm.java.io.ByteArrayOutputStream()
    settings.writeXml(stream)
    job = {
        "exlog": name,
        "installed": asked.installed,
        "options": options,
        "roots": shares + [address for address, _ in addresses],
        "shares": [path for path in shares if below[path]],
        "settings": bytes(stream.toByteArray()) if addresses else b"",
    }
    with Scratch() as scratch:
        # Of no file at all: what is wrong with the options is said before anything is read.
        nothing = [own, "summarize", "--paths-from", write(scratch("names"), b""), "--quiet", "--output", scratch(SUMMARY)]
        run([*nothing, *options, "--", *job["roots"]])
        summary = content(scratch(SUMMARY))
    print(f"exlog: {len(of_share) + len(of_hadoop)} files in {len(cut)} leaves", file=sys.stderr)
    if cut:
        found = context.parallelize(cut, len(cut)).map(partial(summarized, job))
        summary = found.treeReduce(partial(merged, job), asked.depth)
    with Scratch() as scratch:
        is_address = "://" in asked.output
        output = scratch("output") if is_address else asked.output
        os.makedirs(output, exist_ok=True)
        status, said = reports(own, summary, shlex.split(asked.report), output)
        if is_address:
            path = context._jvm.org.apache.hadoop.fs.Path
            system = path(asked.output).getFileSystem(settings)
            for name in (SUMMARY, PAGE, JSON):
                system.copyFromLocalFile(True, True, path("file://" + os.path.join(output, name)), path(path(asked.output), name))
    print(said, f"exlog: {PAGE}, {JSON} and {SUMMARY} are in {asked.output}", sep="\n" if said else "", file=sys.stderr)
    return status


if __name__ == "__main__":
    try:
        status = main()
    except Exception:
        # Python would end with 1, which says that there are findings.
        traceback.print_exc()
        status = 2
    sys.exit(status)
