"""Groups the logins of a folder by error and by whether Exchange's own probe tried: how many, from when to when, how many users.

    with_polars.py DIR      prints how many logins there are
"""

import sys

import polars as pl
from columns import COLUMNS, ERROR, HEADER_LINES, LOGINS, files

lines = pl.scan_csv(
    files(sys.argv[1]),
    glob=False,
    has_header=False,
    skip_rows=HEADER_LINES,
    new_columns=COLUMNS,
    infer_schema=False,
    truncate_ragged_lines=True,
)
groups = (
    lines.filter(pl.col("command").is_in(LOGINS))
    .with_columns(
        error=pl.col("context").str.extract(ERROR),
        is_probe=pl.col("user").str.starts_with("HealthMailbox"),
    )
    .group_by("error", "is_probe")
    .agg(
        pl.len().alias("logins"),
        pl.col("dateTime").min().alias("first"),
        pl.col("dateTime").max().alias("last"),
        pl.col("user").n_unique().alias("users"),
    )
    .collect(engine="streaming")
)
print(groups["logins"].sum())
