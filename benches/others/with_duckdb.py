"""The same as with_polars.py, in DuckDB's SQL and on all processors.

    with_duckdb.py DIR      prints how many logins there are
"""

import os
import sys

import duckdb
from columns import COLUMNS, ERROR, HEADER_LINES, LOGINS, files

QUERY = """
    SELECT regexp_extract(context, ?, 1) AS error, "user" LIKE 'HealthMailbox%' AS is_probe,
           count(*), min(dateTime), max(dateTime), count(DISTINCT "user")
    FROM read_csv(?, header = false, skip = ?, all_varchar = true, names = ?, quote = '"', escape = '"', delim = ',',
                  comment = '', null_padding = true, ignore_errors = true)
    WHERE command IN (SELECT unnest(?))
    GROUP BY 1, 2
"""

connection = duckdb.connect()
connection.execute(f"SET threads = {os.cpu_count()}")
groups = connection.execute(QUERY, [ERROR, files(sys.argv[1]), HEADER_LINES, COLUMNS, LOGINS]).fetchall()
print(sum(logins for _, _, logins, *_ in groups))
