-- What was imported is known by its card, its time and its id, which is a hash of the other two as well: one
-- index in the order in which the events of a card are folded keeps each of them once. An index over ids,
-- which lie in no order, is left for what was made by a device, and for what is about no card. docs/history.md
-- says the same in sentences.

DROP INDEX history_card;
CREATE UNIQUE INDEX history_card ON history (card, at_ms, id);

DROP INDEX history_id;
CREATE UNIQUE INDEX history_id ON history (id) WHERE device_seq > 0 OR card IS NULL;

DROP TRIGGER history_takes_each_once;

-- A known event is skipped, so that a union is a plain INSERT. A place that is taken or passed is
-- refused, so that INSERT OR REPLACE cannot put another event there and `seq` is the order of
-- arrival; so is one far ahead, behind which nothing could follow. Not every shell that writes here
-- looks after foreign keys: what is not in the dictionaries is refused, too.
CREATE TRIGGER history_takes_each_once BEFORE INSERT ON history
BEGIN
    SELECT RAISE(IGNORE)
        WHERE EXISTS (SELECT 1 FROM history
                       WHERE card = NEW.card AND at_ms = NEW.at_ms AND id = NEW.id)
           OR EXISTS (SELECT 1 FROM history
                       WHERE id = NEW.id AND (device_seq > 0 OR card IS NULL));
    SELECT RAISE(ABORT, 'the review history is append-only')
        WHERE NEW.seq > 0 AND NEW.seq <= (SELECT max(seq) FROM history);
    SELECT RAISE(ABORT, 'the review history is append-only: this seq is too far ahead')
        WHERE NEW.seq > 1000000 + (SELECT coalesce(max(seq), 0) FROM history);
    SELECT RAISE(ABORT, 'the history names a card or a device that is not there')
        WHERE NOT EXISTS (SELECT 1 FROM device WHERE key = NEW.device)
           OR (NEW.card IS NOT NULL AND NOT EXISTS (SELECT 1 FROM card WHERE key = NEW.card));
END;

-- A name is looked for among names alone. In a table without row ids it was held against whole rows, and what
-- an import brought is as large as its decks.
CREATE TABLE meta_3 (
    name  TEXT NOT NULL PRIMARY KEY,
    value ANY
) STRICT;

INSERT INTO meta_3 (name, value) SELECT name, value FROM meta ORDER BY name;

DROP TABLE meta;
ALTER TABLE meta_3 RENAME TO meta;
