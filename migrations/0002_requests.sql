-- What a person asks of the daemon from outside: left by a command or the page, answered by the daemon.
CREATE TABLE request (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    job    INTEGER NOT NULL,
    ask    TEXT NOT NULL,
    done   INTEGER,
    answer TEXT
) STRICT;
CREATE INDEX request_open ON request (id) WHERE done IS NULL;
