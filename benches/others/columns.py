"""What Polars and DuckDB are told about the logs."""

COLUMNS = (
    "dateTime sessionId seqNumber sIp cIp user duration rqsize rpsize command parameters context puid".split()
)
HEADER_LINES = 5
LOGINS = ["login", "authenticate", "pass", "auth"]
ERROR = "ErrMsg=([A-Za-z:]+)"
