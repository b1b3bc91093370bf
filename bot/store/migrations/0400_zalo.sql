-- The tokens of each Official Account, sealed; the version counts rotations, the holder is who is
-- refreshing, lost is since when the refresh token is refused.
CREATE TABLE zalo_token (
    account TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    holder TEXT NOT NULL DEFAULT '',
    lost BIGINT
);

-- When an account's webhook was last heard: silence means that it was switched off.
CREATE TABLE zalo_heard (
    account TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);

-- Marks of chats, never their names: until when a person of the office is writing there (the
-- assistant is silent), and the last follow or unfollow that was acted on (they come in any order).
CREATE TABLE zalo_chat (
    chat TEXT PRIMARY KEY,
    quiet BIGINT NOT NULL,
    member BIGINT NOT NULL
);
CREATE INDEX zalo_chat_quiet ON zalo_chat (quiet);
