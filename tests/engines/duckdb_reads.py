"""DuckDB reads a dataset of `exlog export` and says what `exlog analyze` says: duckdb_reads.py EXLOG LOGS DATASET."""

import sys

import duckdb

from questions import check

exlog, logs, dataset = sys.argv[1:]
connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")
files = f"{dataset}/**/*.parquet".replace("'", "''")
connection.execute(f"CREATE VIEW attempts AS SELECT * FROM read_parquet('{files}', hive_partitioning = true)")
check("DuckDB", lambda question: connection.execute(question).fetchall(), exlog, logs)
