-- Tips: sealed bytes, and what routing and retention need in clear. Days, never instants; ids are random.
-- WITHOUT ROWID keeps no order of arrival on SQLite; the other engine is not told of it.

CREATE TABLE unit (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    parent TEXT,
    active INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;

-- the public halves; the private ones are sealed to officers and never stand here
CREATE TABLE unit_key (
    unit TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    pub BYTEA NOT NULL,
    made TEXT NOT NULL,
    retire_after TEXT NOT NULL,
    PRIMARY KEY (unit, epoch)
) WITHOUT ROWID;

-- unit: who works on it; urgent: happens within a day; day_unread: since when nobody has read what is new in it,
-- while read_day is empty; expires: empty while it is open
CREATE TABLE tip (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    urgent INTEGER NOT NULL,
    day TEXT NOT NULL,
    day_unread TEXT NOT NULL DEFAULT '',
    read_day TEXT NOT NULL DEFAULT '',
    closed_day TEXT NOT NULL DEFAULT '',
    expires TEXT NOT NULL DEFAULT '',
    held INTEGER NOT NULL DEFAULT 0,
    reminded INTEGER NOT NULL DEFAULT 0,
    escalated INTEGER NOT NULL DEFAULT 0,
    pub BYTEA NOT NULL
) WITHOUT ROWID;
CREATE INDEX tip_unit ON tip (unit, state);

-- the tip's private key, sealed to a unit; without these rows nobody opens it any more
CREATE TABLE tip_key (
    tip TEXT NOT NULL,
    unit TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    dormant INTEGER NOT NULL,
    PRIMARY KEY (tip, unit, epoch)
) WITHOUT ROWID;

CREATE TABLE tip_reply_key (
    lookup TEXT PRIMARY KEY,
    tip TEXT NOT NULL,
    pub BYTEA NOT NULL
) WITHOUT ROWID;
CREATE INDEX tip_reply_key_tip ON tip_reply_key (tip);

-- body: sealed to the tip's key; for_tipster: an answer sealed to the receipt's key, else NULL
CREATE TABLE tip_message (
    id TEXT PRIMARY KEY,
    tip TEXT NOT NULL,
    kind TEXT NOT NULL,
    seq BIGINT NOT NULL,
    day TEXT NOT NULL,
    body BYTEA NOT NULL,
    for_tipster BYTEA,
    UNIQUE (tip, kind, seq)
) WITHOUT ROWID;

-- name: the file's name in the store, random; size: of the sealed, padded file; meta: its key and kind, sealed
CREATE TABLE tip_file (
    id TEXT PRIMARY KEY,
    tip TEXT NOT NULL,
    seq BIGINT NOT NULL,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    meta BYTEA NOT NULL
) WITHOUT ROWID;
CREATE INDEX tip_file_tip ON tip_file (tip);

CREATE TABLE counter (
    unit TEXT NOT NULL,
    month TEXT NOT NULL,
    key TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (unit, month, key)
) WITHOUT ROWID;

-- what was shredded: a restored backup must not bring it back
CREATE TABLE tombstone (
    mark TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    reason TEXT NOT NULL
) WITHOUT ROWID;

-- legal hold: two officers have to agree to begin it, and to end it
CREATE TABLE tip_hold (
    tip TEXT NOT NULL,
    officer TEXT NOT NULL,
    wanted INTEGER NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (tip, officer)
) WITHOUT ROWID;

-- what a person has told so far and not sent: under a mark that only the pepper leads to, sealed piece by piece.
-- keys: [{unit, epoch, sealed, dormant}], made when the draft began; proof: of the code shown last, typed back;
-- until: unix seconds, then it goes whole
CREATE TABLE draft (
    mark TEXT PRIMARY KEY,
    tip TEXT NOT NULL,
    unit TEXT NOT NULL,
    pub BYTEA NOT NULL,
    keys TEXT NOT NULL,
    enough INTEGER NOT NULL DEFAULT 0,
    urgent INTEGER NOT NULL DEFAULT 0,
    lookup TEXT NOT NULL DEFAULT '',
    reply_pub BYTEA,
    proof TEXT NOT NULL DEFAULT '',
    until BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX draft_until ON draft (until);

-- file, name, size: of a piece that is a file; body is then its sealed description
CREATE TABLE draft_piece (
    mark TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body BYTEA NOT NULL,
    file TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    size BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (mark, seq)
) WITHOUT ROWID;

-- something for a unit's officers to be told, which never says more than that it is there; due: unix seconds
CREATE TABLE tip_notice (
    id TEXT PRIMARY KEY,
    tip TEXT NOT NULL,
    unit TEXT NOT NULL,
    urgent INTEGER NOT NULL,
    due BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX tip_notice_due ON tip_notice (due);
