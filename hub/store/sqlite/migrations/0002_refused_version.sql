-- Which version of a value a system refused: a later one is tried without being asked. 0 in rows from
-- before this column: not known, so that the write is tried once more.
ALTER TABLE quarantine ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
