-- The review history and what it refers to. Rows of these tables are facts: they are added, and
-- never changed. docs/history.md says the same in sentences.

-- Facts about this home that are no events: learner, device, and what imports last brought.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;

-- Cards are named by their text id once, and by a small number in the history.
CREATE TABLE card (
    key INTEGER PRIMARY KEY CHECK (key > 0),
    id  TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE device (
    key     INTEGER PRIMARY KEY CHECK (key > 0),
    id      BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    learner BLOB CHECK (length(learner) = 16)    -- whose device it is; NULL: a source of imports
) STRICT;

-- Each text that a card was ever asked with, written with the first event that names its rev.
CREATE TABLE wording (
    card   INTEGER NOT NULL REFERENCES card (key),
    rev    INTEGER NOT NULL,                     -- made of the texts: the same on every machine
    front  TEXT    NOT NULL,
    back   TEXT    NOT NULL,                     -- JSON: a text or a list of texts
    accept TEXT    NOT NULL,                     -- JSON: a list of texts
    deck   TEXT,                                 -- name of the deck that it stood in
    PRIMARY KEY (card, rev)
) STRICT, WITHOUT ROWID;

CREATE INDEX wording_deck ON wording (deck, card);

CREATE TABLE history (
    seq          INTEGER PRIMARY KEY CHECK (seq > 0),     -- order of arrival on this machine
    id           BLOB    NOT NULL UNIQUE CHECK (length(id) = 16), -- hash of the facts
    device       INTEGER NOT NULL REFERENCES device (key),
    device_seq   INTEGER NOT NULL CHECK (device_seq BETWEEN 0 AND 9007199254740992), -- dense from 1; 0: imported
    card         INTEGER REFERENCES card (key),           -- NULL: about no card
    rev          INTEGER,                                 -- the wording that was asked
    at_ms        INTEGER NOT NULL,                        -- Unix time, milliseconds
    utc_offset_s INTEGER NOT NULL,                        -- wall clock minus UTC, seconds
    day          INTEGER NOT NULL,                        -- study day since 1970-01-01
    kind         TEXT    NOT NULL,                        -- new ones need no rebuild
    rating       INTEGER,                                 -- 1 again … 4 easy
    quality      INTEGER,                                 -- 0 … 5, where chosen among six
    took_ms      INTEGER,                                 -- from question to rating
    extra        TEXT,                                    -- JSON, kept as it came
    -- Bound are the kinds that this version knows, and no other.
    CHECK (kind NOT IN ('reviewed', 'practised')
        OR (card IS NOT NULL AND rating IS NOT NULL AND rating BETWEEN 1 AND 4
            AND (quality IS NULL OR quality BETWEEN 0 AND 5)
            AND (took_ms IS NULL OR took_ms >= 0))),
    CHECK (kind NOT IN ('reset', 'suspended', 'resumed', 'buried', 'linked', 'placed')
        OR card IS NOT NULL),
    CHECK (kind NOT IN ('retracted', 'buried', 'linked', 'placed', 'parameters')
        OR (extra IS NOT NULL AND json_valid(extra)))
) STRICT;

CREATE INDEX history_card ON history (card);
CREATE INDEX history_device ON history (device, device_seq);
CREATE INDEX history_rare ON history (kind) WHERE kind NOT IN ('reviewed', 'practised');
-- The keys under which scripts make their grades idempotent.
CREATE INDEX history_key ON history (CASE WHEN json_valid(extra) THEN extra ->> '$.key' END)
    WHERE instr(extra, '"key":') > 0;

CREATE TRIGGER history_keeps_rows BEFORE DELETE ON history
BEGIN SELECT RAISE(ABORT, 'the review history is append-only'); END;

CREATE TRIGGER history_keeps_facts BEFORE UPDATE ON history
BEGIN SELECT RAISE(ABORT, 'the review history is append-only'); END;

-- A known event is skipped, so that a union is a plain INSERT. A place that is taken or passed is
-- refused, so that INSERT OR REPLACE cannot put another event there and `seq` is the order of
-- arrival; so is one far ahead, behind which nothing could follow. Not every shell that writes here
-- looks after foreign keys: what is not in the dictionaries is refused, too.
CREATE TRIGGER history_takes_each_once BEFORE INSERT ON history
BEGIN
    SELECT RAISE(IGNORE) WHERE EXISTS (SELECT 1 FROM history WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'the review history is append-only')
        WHERE NEW.seq > 0 AND NEW.seq <= (SELECT max(seq) FROM history);
    SELECT RAISE(ABORT, 'the review history is append-only: this seq is too far ahead')
        WHERE NEW.seq > 1000000 + (SELECT coalesce(max(seq), 0) FROM history);
    SELECT RAISE(ABORT, 'the history names a card or a device that is not there')
        WHERE NOT EXISTS (SELECT 1 FROM device WHERE key = NEW.device)
           OR (NEW.card IS NOT NULL AND NOT EXISTS (SELECT 1 FROM card WHERE key = NEW.card));
END;

CREATE TRIGGER wording_keeps_rows BEFORE DELETE ON wording
BEGIN SELECT RAISE(ABORT, 'the wordings are append-only'); END;
CREATE TRIGGER wording_keeps_facts BEFORE UPDATE ON wording
BEGIN SELECT RAISE(ABORT, 'the wordings are append-only'); END;
CREATE TRIGGER wording_takes_each_once BEFORE INSERT ON wording
BEGIN
    SELECT RAISE(IGNORE)
        WHERE EXISTS (SELECT 1 FROM wording WHERE card = NEW.card AND rev = NEW.rev);
END;

CREATE TRIGGER card_keeps_rows BEFORE DELETE ON card
BEGIN SELECT RAISE(ABORT, 'the cards of the history are append-only'); END;
CREATE TRIGGER card_keeps_facts BEFORE UPDATE ON card
BEGIN SELECT RAISE(ABORT, 'the cards of the history are append-only'); END;
CREATE TRIGGER card_takes_each_once BEFORE INSERT ON card
BEGIN
    SELECT RAISE(IGNORE) WHERE EXISTS (SELECT 1 FROM card WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'the cards of the history are append-only')
        WHERE EXISTS (SELECT 1 FROM card WHERE key = NEW.key);
END;

CREATE TRIGGER device_keeps_rows BEFORE DELETE ON device
BEGIN SELECT RAISE(ABORT, 'the devices of the history are append-only'); END;
CREATE TRIGGER device_keeps_facts BEFORE UPDATE ON device
BEGIN SELECT RAISE(ABORT, 'the devices of the history are append-only'); END;
CREATE TRIGGER device_takes_each_once BEFORE INSERT ON device
BEGIN
    SELECT RAISE(IGNORE) WHERE EXISTS (SELECT 1 FROM device WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'the devices of the history are append-only')
        WHERE EXISTS (SELECT 1 FROM device WHERE key = NEW.key);
END;
