-- The desk: who may come in, with which keys, and what was done. The server never holds a private key or a password.

CREATE TABLE officer (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    area TEXT NOT NULL,
    state TEXT NOT NULL,
    made BIGINT NOT NULL
);

-- What the browser made: salt and proof of the password, the public key, the private one wrapped twice.
CREATE TABLE officer_key (
    officer TEXT PRIMARY KEY REFERENCES officer (id),
    salt BYTEA NOT NULL,
    auth TEXT NOT NULL,
    x_pub BYTEA NOT NULL,
    wrap_pw BYTEA NOT NULL,
    wrap_rec BYTEA NOT NULL,
    rec_auth TEXT NOT NULL,
    made BIGINT NOT NULL
);

-- The one-time codes' secret, sealed with the desk's key; `used` is the last time step taken.
CREATE TABLE totp (
    officer TEXT PRIMARY KEY REFERENCES officer (id),
    sealed BYTEA NOT NULL,
    used BIGINT NOT NULL
);

CREATE TABLE session (
    mark TEXT PRIMARY KEY,
    officer TEXT NOT NULL REFERENCES officer (id),
    made BIGINT NOT NULL,
    seen BIGINT NOT NULL
);
CREATE INDEX session_officer ON session (officer);

-- A one-time door: to set up an account, to mend it with the recovery code, or to bind a chat.
CREATE TABLE invite (
    mark TEXT PRIMARY KEY,
    officer TEXT NOT NULL REFERENCES officer (id),
    kind TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    until BIGINT NOT NULL
);

CREATE TABLE officer_chat (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    chat TEXT NOT NULL,
    officer TEXT NOT NULL REFERENCES officer (id),
    PRIMARY KEY (channel, account, chat)
);
CREATE INDEX officer_chat_officer ON officer_chat (officer);

CREATE TABLE unit_member_key (
    unit TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    officer TEXT NOT NULL REFERENCES officer (id),
    sealed_priv BYTEA NOT NULL,
    PRIMARY KEY (unit, epoch, officer)
);
CREATE INDEX unit_member_key_officer ON unit_member_key (officer);

-- The province's offline escrow key (public half), and each unit key sealed to it.
CREATE TABLE escrow (
    pub BYTEA PRIMARY KEY,
    made BIGINT NOT NULL
);
CREATE TABLE unit_escrow_key (
    unit TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    escrow BYTEA NOT NULL,
    sealed_priv BYTEA NOT NULL,
    PRIMARY KEY (unit, epoch, escrow)
);

-- A chain: each row's mark covers the row and the mark before; the head's mark covers how long the chain is.
CREATE TABLE audit (
    n BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    officer TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    mark TEXT NOT NULL
);
CREATE TABLE audit_head (
    one BIGINT PRIMARY KEY,
    n BIGINT NOT NULL,
    mark TEXT NOT NULL,
    proof TEXT NOT NULL
);
INSERT INTO audit_head (one, n, mark, proof) VALUES (1, 0, '', '');
