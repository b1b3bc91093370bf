-- The knowledge that is live, for all machines alike; older snapshots stay for a way back.

CREATE TABLE snapshot (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    reader TEXT NOT NULL,
    note TEXT NOT NULL,
    digest TEXT NOT NULL,
    files BYTEA NOT NULL,
    learned BYTEA NOT NULL
);

CREATE TABLE live (
    name TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL
);

-- the article that was answered with, where a person pressed 👎; empty: nothing was found
ALTER TABLE unanswered ADD COLUMN article TEXT NOT NULL DEFAULT '';
