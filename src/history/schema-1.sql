-- The store of the nightly runs. Times are milliseconds since 1970 UTC; hours and days are counted from there, too.
-- What was counted stands in parts: of each run one for each day, and one for each log whose last line had no end yet.
-- Everything that is derived of a part goes with it.

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    started INTEGER NOT NULL,
    version TEXT NOT NULL,
    logs INTEGER NOT NULL DEFAULT 0,        -- logs that were there
    logs_read INTEGER NOT NULL DEFAULT 0,   -- logs in which something was new
    bytes INTEGER NOT NULL DEFAULT 0,
    lines INTEGER NOT NULL DEFAULT 0,
    records INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    first INTEGER,                          -- the first and the last new record
    last INTEGER
);

CREATE TABLE log (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    server TEXT,
    head BLOB NOT NULL,                     -- the first KiB of its text
    tail BLOB NOT NULL,                     -- SHA-256 of the bytes before the place
    offset INTEGER NOT NULL,                -- up to where it was read: bytes of text, bytes of content, lines
    bytes INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    header TEXT NOT NULL,                   -- header lines that say how the next line is read
    former_offset INTEGER,                  -- the same of before it was cut shorter
    former_bytes INTEGER,
    former_lines INTEGER,
    former_header TEXT,
    former_tail BLOB,
    is_plain INTEGER NOT NULL,
    length INTEGER NOT NULL,                -- bytes on the disk, and when they were written, as seen last
    modified INTEGER,
    seen_in INTEGER NOT NULL REFERENCES run (id)
);
CREATE INDEX log_path ON log (path);

CREATE TABLE part (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    log INTEGER REFERENCES log (id),        -- the log whose unfinished line this is
    day INTEGER NOT NULL,
    first INTEGER,
    last INTEGER,
    summary BLOB                            -- what 'exlog summarize' writes; let go after a while
);
CREATE INDEX part_day ON part (day);
CREATE INDEX part_log ON part (log) WHERE log IS NOT NULL;

CREATE TABLE service_total (
    part INTEGER NOT NULL REFERENCES part (id) ON DELETE CASCADE,
    server TEXT, protocol TEXT NOT NULL, role TEXT NOT NULL,
    records INTEGER NOT NULL, attempts INTEGER NOT NULL, succeeded INTEGER NOT NULL, failed INTEGER NOT NULL
);
CREATE INDEX service_total_part ON service_total (part);

-- What stood in parts that are gone.
CREATE TABLE dropped_total (
    server TEXT, protocol TEXT NOT NULL, role TEXT NOT NULL,
    records INTEGER NOT NULL, attempts INTEGER NOT NULL, succeeded INTEGER NOT NULL, failed INTEGER NOT NULL
);

CREATE TABLE service_hour (
    part INTEGER NOT NULL REFERENCES part (id) ON DELETE CASCADE,
    server TEXT, protocol TEXT NOT NULL, role TEXT NOT NULL,
    hour INTEGER NOT NULL,
    attempts INTEGER NOT NULL, succeeded INTEGER NOT NULL, failed INTEGER NOT NULL,
    own_failed INTEGER NOT NULL, probes INTEGER NOT NULL, probes_failed INTEGER NOT NULL
);
CREATE INDEX service_hour_part ON service_hour (part);
CREATE INDEX service_hour_hour ON service_hour (hour);

CREATE TABLE group_day (
    part INTEGER NOT NULL REFERENCES part (id) ON DELETE CASCADE,
    server TEXT, protocol TEXT NOT NULL, role TEXT NOT NULL,
    error TEXT NOT NULL, error_class TEXT NOT NULL, target TEXT, client_class TEXT NOT NULL, response TEXT NOT NULL,
    is_servers_own INTEGER NOT NULL,
    day INTEGER NOT NULL,
    count INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL
);
CREATE INDEX group_day_part ON group_day (part);
CREATE INDEX group_day_day ON group_day (day);

CREATE TABLE account_day (
    part INTEGER NOT NULL REFERENCES part (id) ON DELETE CASCADE,
    server TEXT, protocol TEXT NOT NULL, role TEXT NOT NULL,
    account TEXT NOT NULL,
    day INTEGER NOT NULL,
    failed INTEGER NOT NULL
);
CREATE INDEX account_day_part ON account_day (part);
CREATE INDEX account_day_day ON account_day (day);

CREATE TABLE latency_day (
    part INTEGER NOT NULL REFERENCES part (id) ON DELETE CASCADE,
    server TEXT, protocol TEXT NOT NULL, role TEXT NOT NULL,
    day INTEGER NOT NULL,
    logins INTEGER NOT NULL, median_ms INTEGER NOT NULL, p95_ms INTEGER NOT NULL
);
CREATE INDEX latency_day_part ON latency_day (part);
CREATE INDEX latency_day_day ON latency_day (day);

CREATE TABLE outage (
    id INTEGER PRIMARY KEY,
    server TEXT, protocol TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, recovered_at INTEGER,
    attempts INTEGER NOT NULL, failed INTEGER NOT NULL, probes_failed INTEGER NOT NULL, users INTEGER NOT NULL,
    targets TEXT NOT NULL,
    first_run INTEGER NOT NULL REFERENCES run (id), last_run INTEGER NOT NULL REFERENCES run (id)
);
CREATE INDEX outage_end ON outage (end);

-- A finding over all nights on which it was so; what comes again after it was over has a row of its own.
CREATE TABLE story (
    id INTEGER PRIMARY KEY,
    finding TEXT NOT NULL, servers TEXT NOT NULL, subject TEXT NOT NULL,
    protocols TEXT NOT NULL, severity TEXT NOT NULL, confidence TEXT NOT NULL,
    title TEXT NOT NULL, summary TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL,
    is_ongoing INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,       -- how often it came, with pauses between
    first_run INTEGER NOT NULL REFERENCES run (id), last_run INTEGER NOT NULL REFERENCES run (id),
    told_at INTEGER,                        -- when it was told last
    untold TEXT                             -- as what it is to be told, until that is done
);
CREATE INDEX story_key ON story (finding, servers, subject);

CREATE VIEW totals AS
    SELECT server, protocol, role, sum(records) AS records, sum(attempts) AS attempts, sum(succeeded) AS succeeded, sum(failed) AS failed
    FROM (SELECT server, protocol, role, records, attempts, succeeded, failed FROM service_total
          UNION ALL SELECT * FROM dropped_total)
    GROUP BY server, protocol, role;

CREATE VIEW days AS
    SELECT date(hour / 24 * 86400, 'unixepoch') AS day, server, protocol, role,
           sum(attempts) AS attempts, sum(succeeded) AS succeeded, sum(failed) AS failed,
           sum(own_failed) AS own_failed, sum(probes) AS probes, sum(probes_failed) AS probes_failed
    FROM service_hour GROUP BY hour / 24, server, protocol, role;

CREATE VIEW series AS
    SELECT strftime('%Y-%m-%dT%H:00:00Z', hour * 3600, 'unixepoch') AS hour, server, protocol, role,
           sum(attempts) AS attempts, sum(succeeded) AS succeeded, sum(failed) AS failed,
           sum(own_failed) AS own_failed, sum(probes) AS probes, sum(probes_failed) AS probes_failed
    FROM service_hour GROUP BY service_hour.hour, server, protocol, role;

CREATE VIEW groups AS
    SELECT server, protocol, role, error, error_class, target, client_class, response, sum(count) AS count,
           strftime('%Y-%m-%dT%H:%M:%SZ', min(first_seen) / 1000, 'unixepoch') AS first_seen,
           strftime('%Y-%m-%dT%H:%M:%SZ', max(last_seen) / 1000, 'unixepoch') AS last_seen,
           count(DISTINCT day) AS days
    FROM group_day GROUP BY server, protocol, role, error, error_class, target, client_class, response;

CREATE VIEW outages AS
    SELECT id, server, protocol, targets,
           strftime('%Y-%m-%dT%H:%M:%fZ', start / 1000.0, 'unixepoch') AS start,
           strftime('%Y-%m-%dT%H:%M:%fZ', end / 1000.0, 'unixepoch') AS end,
           strftime('%Y-%m-%dT%H:%M:%fZ', recovered_at / 1000.0, 'unixepoch') AS recovered_at,
           attempts, failed, users, probes_failed
    FROM outage ORDER BY start;

CREATE VIEW findings AS
    SELECT finding AS id, severity, confidence, title, summary, servers, protocols, subject,
           strftime('%Y-%m-%dT%H:%M:%fZ', start / 1000.0, 'unixepoch') AS start,
           strftime('%Y-%m-%dT%H:%M:%fZ', end / 1000.0, 'unixepoch') AS end,
           is_ongoing AS ongoing, times, first_run, last_run
    FROM story ORDER BY story.start;

CREATE VIEW runs AS
    SELECT id, strftime('%Y-%m-%dT%H:%M:%SZ', started / 1000, 'unixepoch') AS started, version, logs, logs_read, bytes, lines,
           records, skipped,
           strftime('%Y-%m-%dT%H:%M:%fZ', first / 1000.0, 'unixepoch') AS first,
           strftime('%Y-%m-%dT%H:%M:%fZ', last / 1000.0, 'unixepoch') AS last
    FROM run ORDER BY id;
