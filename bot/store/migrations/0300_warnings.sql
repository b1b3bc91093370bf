-- Warnings: who takes them, what officers wrote, what became of each recipient.

-- Only what is needed to send. id: where a step of an expansion stopped; topics: words, "all" for every one.
CREATE TABLE subscriber (
    id BIGINT PRIMARY KEY,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    chat TEXT NOT NULL,
    topics TEXT NOT NULL,
    party INTEGER NOT NULL,
    since BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    UNIQUE (channel, account, chat)
);

CREATE TABLE subscription (
    area TEXT NOT NULL,
    subscriber BIGINT NOT NULL,
    PRIMARY KEY (area, subscriber)
);
CREATE INDEX subscription_subscriber ON subscription (subscriber);

-- Whoever said /dung, by a mark that names nobody: a restored database is held against it.
CREATE TABLE stop (
    mark TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);

-- mark: of the chat, so that it can be withdrawn; whose it is can't be told from it.
CREATE TABLE pledge (
    mark TEXT PRIMARY KEY,
    area TEXT NOT NULL,
    kind TEXT NOT NULL,
    day TEXT NOT NULL
);
CREATE INDEX pledge_area ON pledge (area, day);

CREATE TABLE paper_pledge (
    area TEXT PRIMARY KEY,
    count BIGINT NOT NULL,
    officer TEXT NOT NULL,
    day TEXT NOT NULL
);

CREATE TABLE broadcast (
    id TEXT PRIMARY KEY,
    author TEXT NOT NULL,
    title TEXT NOT NULL,
    topic TEXT NOT NULL,
    areas TEXT NOT NULL,
    channels TEXT NOT NULL,
    text TEXT NOT NULL,
    sms TEXT NOT NULL,
    urgent INTEGER NOT NULL,
    at BIGINT,
    moment TEXT NOT NULL,
    stage TEXT NOT NULL,
    approver TEXT,
    glass INTEGER NOT NULL,
    corrects TEXT,
    source TEXT NOT NULL,
    unmet TEXT,
    made BIGINT,
    submitted BIGINT,
    approved BIGINT,
    started BIGINT,
    ended BIGINT,
    -- how far its audience is expanded: the place among its communes, the last subscriber; done: 1
    place BIGINT NOT NULL DEFAULT 0,
    last BIGINT NOT NULL DEFAULT -1,
    expanded INTEGER NOT NULL DEFAULT 0,
    -- 0: its deliveries no longer say whose they were
    named INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX broadcast_stage ON broadcast (stage);

-- rank: the place within the own commune; turn: the place in the queue, at first the same, so that no commune waits
-- for another's end. due: milliseconds.
-- claim: who has it in hand. message: the platform's id of what was sent; mends: of the wrong one that this corrects.
CREATE TABLE delivery (
    broadcast TEXT NOT NULL,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    chat TEXT NOT NULL,
    area TEXT NOT NULL,
    rank BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    state TEXT NOT NULL,
    due BIGINT NOT NULL,
    at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    claim TEXT NOT NULL,
    message TEXT,
    mends TEXT,
    reason TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (broadcast, channel, account, chat)
);
CREATE INDEX delivery_queue ON delivery (broadcast, channel, account, turn) WHERE state = 'queued';
CREATE INDEX delivery_claimed ON delivery (broadcast, channel, account) WHERE state = 'claimed';
CREATE INDEX delivery_area ON delivery (broadcast, area, rank);

-- Which accounts a broadcast goes out by.
CREATE TABLE recipient_account (
    broadcast TEXT NOT NULL,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (broadcast, channel, account)
);

-- One machine at a time speaks warnings for an account; until: milliseconds of the database's clock.
CREATE TABLE lease (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (channel, account)
);

-- The message by which an officer's chat follows a broadcast, and what it says.
CREATE TABLE progress (
    broadcast TEXT NOT NULL,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    chat TEXT NOT NULL,
    message TEXT,
    words TEXT NOT NULL,
    PRIMARY KEY (broadcast, channel, account, chat)
);

-- What the clock has done, once for all machines: a campaign's warning in a year, an officer asked.
CREATE TABLE tick (
    name TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
