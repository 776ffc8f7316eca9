-- Made after the tables were filled: a first reading is a bulk load.
CREATE INDEX IF NOT EXISTS cache_card_id ON cache_card (id);
CREATE INDEX IF NOT EXISTS cache_card_file ON cache_card (file, place);
CREATE INDEX IF NOT EXISTS cache_card_front ON cache_card (front, side) WHERE front IS NOT NULL;
CREATE INDEX IF NOT EXISTS cache_card_shifted ON cache_card (key) WHERE note <> front;
CREATE INDEX IF NOT EXISTS cache_card_shadowed ON cache_card (key) WHERE shadowed = 1;
-- All that the queue must know of a due card, so that it need not look the card up.
CREATE INDEX IF NOT EXISTS cache_schedule_due ON cache_schedule (due, card, note, file, place, stage,
    interval, first_day, last_day, repeat_on, changed, suspended, buried_until) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS cache_schedule_last ON cache_schedule (last_day) WHERE last_day IS NOT NULL;
CREATE INDEX IF NOT EXISTS cache_schedule_repeat ON cache_schedule (repeat_on) WHERE repeat_on IS NOT NULL;
CREATE INDEX IF NOT EXISTS cache_schedule_new ON cache_schedule (file, place) WHERE stage = 0;
CREATE INDEX IF NOT EXISTS cache_schedule_changed ON cache_schedule (changed) WHERE changed IS NOT NULL;
CREATE INDEX IF NOT EXISTS cache_left_out_note ON cache_left_out (note);
