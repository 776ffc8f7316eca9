-- The history again, row by row as it is, in a table whose rules cost less: a list that a text is
-- not in is made anew for every row that is added, unless something before it settles the matter. What
-- keeps an event from being there twice has a name, so that a load into an empty history can make it
-- behind itself, and what was imported is in one index less. docs/history.md says the same in
-- sentences.

CREATE TABLE history_2 (
    seq          INTEGER PRIMARY KEY CHECK (seq > 0),     -- order of arrival on this machine
    id           BLOB    NOT NULL CHECK (length(id) = 16), -- hash of the facts; each once
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
    -- Bound are the kinds that are known, and no other. Nearly all are answers: those come first.
    CHECK (kind NOT IN ('reviewed', 'practised')
        OR (card IS NOT NULL AND rating IS NOT NULL AND rating BETWEEN 1 AND 4
            AND (quality IS NULL OR quality BETWEEN 0 AND 5)
            AND (took_ms IS NULL OR took_ms >= 0))),
    CHECK (card IS NOT NULL
        OR kind NOT IN ('reset', 'suspended', 'resumed', 'buried', 'linked', 'placed')),
    CHECK (kind IN ('reviewed', 'practised')
        OR kind NOT IN ('retracted', 'buried', 'linked', 'placed', 'parameters')
        OR (extra IS NOT NULL AND json_valid(extra)))
) STRICT;

INSERT INTO history_2 (seq, id, device, device_seq, card, rev, at_ms, utc_offset_s, day, kind,
                       rating, quality, took_ms, extra)
SELECT seq, id, device, device_seq, card, rev, at_ms, utc_offset_s, day, kind,
       rating, quality, took_ms, extra
  FROM history ORDER BY seq;

-- All of them, or no step at all.
CREATE TEMP TABLE copied (whole INTEGER CHECK (whole));
INSERT INTO copied SELECT (SELECT count(*) FROM history) = (SELECT count(*) FROM history_2);
DROP TABLE copied;

-- Its indexes and triggers go with it.
DROP TABLE history;
ALTER TABLE history_2 RENAME TO history;

CREATE UNIQUE INDEX history_id ON history (id);
CREATE INDEX history_card ON history (card);
-- What a device counted: nothing that was imported.
CREATE INDEX history_device ON history (device, device_seq) WHERE device_seq > 0;
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
