-- Made after the tables were filled: a first reading is a bulk load.
CREATE INDEX IF NOT EXISTS cache_card_id ON cache_card (id);
CREATE INDEX IF NOT EXISTS cache_schedule_new ON cache_schedule (file, place) WHERE stage = 0;
