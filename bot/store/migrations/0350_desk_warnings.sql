-- What officers add to warnings at the desk: households told by word of mouth, who is on duty, a commune's own season.

CREATE TABLE hamlet_told (
    broadcast TEXT NOT NULL,
    hamlet TEXT NOT NULL,
    households BIGINT NOT NULL,
    officer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (broadcast, hamlet)
);

-- place: 0 answers first, 1 is the deputy, and so on.
CREATE TABLE duty_shift (
    id TEXT PRIMARY KEY,
    area TEXT NOT NULL,
    officer TEXT NOT NULL,
    place BIGINT NOT NULL,
    starts BIGINT NOT NULL,
    ends BIGINT NOT NULL
);
CREATE INDEX duty_shift_ends ON duty_shift (area, ends);

-- A campaign's warning that a commune leaves out (off: 1) or says in its own words (text and sms not empty).
CREATE TABLE season_choice (
    campaign TEXT NOT NULL,
    warning TEXT NOT NULL,
    area TEXT NOT NULL,
    off INTEGER NOT NULL,
    text TEXT NOT NULL,
    sms TEXT NOT NULL,
    officer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (campaign, warning, area)
);
