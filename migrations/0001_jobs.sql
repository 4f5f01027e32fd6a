-- What holds for the whole ledger: its id, the count of intents, the account's limits.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- The roots this ledger knows, by the id in their mark. 'marking': about to be marked.
CREATE TABLE root (
    id    INTEGER PRIMARY KEY,
    mark  TEXT NOT NULL UNIQUE,
    path  BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('marking', 'known'))
) STRICT;

-- A cache of what the events say: one row a job.
CREATE TABLE job (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    root     INTEGER NOT NULL,
    path     BLOB NOT NULL,
    dev      INTEGER NOT NULL,
    ino      INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    state    TEXT NOT NULL,
    step     TEXT NOT NULL,
    code     TEXT,
    film     TEXT,
    changed  INTEGER NOT NULL,
    body     TEXT NOT NULL
) STRICT;
CREATE INDEX job_by_path ON job (root, path);
CREATE INDEX job_by_inode ON job (ino, dev);
CREATE INDEX job_open ON job (id) WHERE ended = 0;
CREATE INDEX job_by_film ON job (film) WHERE film IS NOT NULL;

-- The truth: what happened, in order, never changed.
CREATE TABLE event (
    job      INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    name     TEXT NOT NULL,
    body     TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (job, seq)
) STRICT, WITHOUT ROWID;

-- What was paid for, or may have been: the key is unique, and the row is on disk before a message leaves.
CREATE TABLE intent (
    key      TEXT PRIMARY KEY,
    job      INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('open', 'refused')),
    checksum TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Texts that consented to pay once more: each is good for one message.
CREATE TABLE consent (
    key  TEXT NOT NULL,
    text TEXT NOT NULL,
    job  INTEGER NOT NULL,
    PRIMARY KEY (key, text)
) STRICT, WITHOUT ROWID;

-- For observers only, written without waiting for the disk.
CREATE TABLE progress (
    job   INTEGER PRIMARY KEY,
    step  TEXT NOT NULL,
    done  INTEGER NOT NULL,
    total INTEGER NOT NULL,
    at    INTEGER NOT NULL
) STRICT;
CREATE TABLE sighting (
    path   BLOB PRIMARY KEY,
    code   TEXT NOT NULL,
    detail TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
