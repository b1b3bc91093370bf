-- What officers add to a tip, in clear only what the list and the clocks need; all words are sealed messages.

-- who works on a tip; a tip without a row is nobody's
CREATE TABLE tip_holder (
    tip TEXT PRIMARY KEY,
    officer TEXT NOT NULL,
    day TEXT NOT NULL
);

-- a tip handed to another unit; the reason is a sealed note
CREATE TABLE tip_referral (
    id TEXT PRIMARY KEY,
    tip TEXT NOT NULL,
    from_unit TEXT NOT NULL,
    to_unit TEXT NOT NULL,
    day TEXT NOT NULL
);
CREATE INDEX tip_referral_tip ON tip_referral (tip);

-- counts without content, by week: outcomes, kinds of matter, days until the first answer
CREATE TABLE tally (
    unit TEXT NOT NULL,
    week TEXT NOT NULL,
    key TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (unit, week, key)
);
