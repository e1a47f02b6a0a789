-- What was not as usual and is to be told, until it was.
CREATE TABLE untold_deviation (
    kind TEXT NOT NULL, severity TEXT NOT NULL,
    server TEXT, protocol TEXT NOT NULL, role TEXT NOT NULL,
    since INTEGER NOT NULL, until INTEGER NOT NULL,
    text TEXT NOT NULL,
    now INTEGER NOT NULL, usual INTEGER,
    also TEXT NOT NULL                      -- kinds, a blank between them
);
