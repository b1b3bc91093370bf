-- What one message needs: was it seen, what was its chat about, what is still to be said.

CREATE TABLE inbox (
    key TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE INDEX inbox_at ON inbox (at);

CREATE TABLE talk (
    chat TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX talk_at ON talk (at);

-- due and claimed are in milliseconds: a piece of a sentence waits two seconds
CREATE TABLE outgoing (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    chat TEXT NOT NULL,
    seq BIGINT NOT NULL,
    cause TEXT NOT NULL,
    key TEXT NOT NULL,
    vals TEXT NOT NULL,
    presses TEXT NOT NULL,
    urgent INTEGER NOT NULL,
    due BIGINT NOT NULL,
    claimed BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);
CREATE INDEX outgoing_claimed ON outgoing (claimed);
CREATE INDEX outgoing_chat ON outgoing (channel, account, chat, seq);
CREATE INDEX outgoing_cause ON outgoing (cause);

CREATE TABLE unanswered (
    id TEXT PRIMARY KEY,
    masked TEXT NOT NULL,
    day TEXT NOT NULL
);

CREATE TABLE judged (
    article TEXT NOT NULL,
    day TEXT NOT NULL,
    helpful INTEGER NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (article, day, helpful)
);
