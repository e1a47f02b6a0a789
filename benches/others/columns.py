"""What Polars and DuckDB are told about the logs."""

import pathlib

COLUMNS = (
    "dateTime sessionId seqNumber sIp cIp user duration rqsize rpsize command parameters context puid".split()
)
HEADER_LINES = 5
LOGINS = ["login", "authenticate", "pass", "auth"]
ERROR = "ErrMsg=([A-Za-z:]+)"


def files(folder):
    """The logs in a folder and below it."""
    return sorted(str(path) for path in pathlib.Path(folder).rglob("*") if path.suffix.lower() == ".log")
