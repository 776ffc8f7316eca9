-- Caches: droppable at any moment, made again from the decks and the history.

-- Up to where the caches are true.
CREATE TABLE cache_stamp (
    name  TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;

-- Each file below the deck folders, as it was when it was read.
CREATE TABLE cache_file (
    key      INTEGER PRIMARY KEY,
    path     TEXT NOT NULL UNIQUE,    -- the real file
    shown    TEXT NOT NULL,           -- as commands show it
    deck     TEXT NOT NULL,           -- name for commands and JSON
    state    TEXT NOT NULL,           -- device, inode, size, mtime and ctime
    settled  INTEGER NOT NULL,        -- whether it was at rest when it was read
    hash     BLOB NOT NULL,           -- SHA-256 of its bytes
    is_deck  INTEGER NOT NULL,
    head     TEXT,                    -- JSON of what the deck says for all its notes
    findings TEXT,                    -- JSON of what is wrong in it
    first    INTEGER,                 -- keys of its first and last card: all between are its own
    last     INTEGER
) STRICT;

CREATE TABLE cache_card (
    key      INTEGER PRIMARY KEY,
    file     INTEGER NOT NULL,
    place    INTEGER NOT NULL,        -- order within its file
    id       TEXT NOT NULL,
    note     TEXT NOT NULL,
    side     INTEGER NOT NULL,        -- 0 for the first card of its note
    front    TEXT,                    -- key of the note's front, where no id is written
    shadowed INTEGER NOT NULL,        -- whether an earlier card has its id
    rev      INTEGER NOT NULL,        -- its present wording
    content  TEXT NOT NULL            -- JSON of the card
) STRICT;

CREATE TABLE cache_tag (
    card INTEGER NOT NULL,            -- key in cache_card
    tag  TEXT NOT NULL,
    PRIMARY KEY (card, tag)
) STRICT, WITHOUT ROWID;

-- The keys of notes that stand in a file and are left out for a mistake: they are not gone.
CREATE TABLE cache_left_out (
    note TEXT NOT NULL,
    file INTEGER NOT NULL,
    line INTEGER NOT NULL
) STRICT;

-- The schedule in force of each card of the decks. A new card has stage 0 and no days.
CREATE TABLE cache_schedule (
    card         INTEGER PRIMARY KEY, -- key in cache_card
    file         INTEGER NOT NULL,
    place        INTEGER NOT NULL,
    note         INTEGER NOT NULL,    -- the same for all sides of a note
    stage        INTEGER NOT NULL,
    due          INTEGER,             -- study day
    interval     INTEGER,             -- days
    ease         INTEGER,             -- hundredths
    repetitions  INTEGER,
    lapses       INTEGER,
    reviews      INTEGER,             -- counted answers
    stability    REAL,
    difficulty   REAL,
    decay        REAL,
    first_day    INTEGER,             -- study day of the first counted answer
    last_day     INTEGER,             -- study day of the last counted answer
    last_ms      INTEGER,             -- time of the last counted answer
    last_offset  INTEGER,             -- and its offset from UTC, seconds
    repeat_on    INTEGER,             -- study day on which it is asked once more
    suspended    INTEGER NOT NULL,
    buried_until INTEGER,             -- study day
    changed      INTEGER,             -- study day of the pass since which the answer was changed
    answers      INTEGER              -- where its answers are in cache_answers
) STRICT;

-- The answers that stand, packed, also those to cards that stand in no deck.
CREATE TABLE cache_answers (
    card    INTEGER PRIMARY KEY,      -- the smallest key in card of those that are one
    answers BLOB NOT NULL
) STRICT;

CREATE TABLE cache_mistyped (
    seq          INTEGER PRIMARY KEY  -- of a typed answer that was graded again
) STRICT;

-- The figures of everything, under a hash of all that they are made of.
CREATE TABLE cache_figures (
    key     BLOB PRIMARY KEY,
    figures TEXT NOT NULL             -- JSON
) STRICT, WITHOUT ROWID;

-- Few cards are in these; looking for them among all would cost more than keeping them.
CREATE INDEX cache_card_shifted ON cache_card (key) WHERE note <> front;
CREATE INDEX cache_card_shadowed ON cache_card (key) WHERE shadowed = 1;
CREATE INDEX cache_left_out_note ON cache_left_out (note);
CREATE INDEX cache_schedule_repeat ON cache_schedule (repeat_on) WHERE repeat_on IS NOT NULL;
CREATE INDEX cache_schedule_changed ON cache_schedule (changed) WHERE changed IS NOT NULL;
CREATE INDEX cache_schedule_last ON cache_schedule (last_day) WHERE last_day IS NOT NULL;
-- All that the queue must know of a due card, so that it need not look the card up.
CREATE INDEX cache_schedule_due ON cache_schedule (due, card, note, file, place, stage,
    interval, first_day, last_day, repeat_on, changed, suspended, buried_until) WHERE due IS NOT NULL;
