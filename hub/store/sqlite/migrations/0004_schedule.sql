-- How often a system failed in a row, and when somebody asked to read all of it again (0: nobody).
ALTER TABLE system_state ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE system_state ADD COLUMN listing_wanted_at INTEGER NOT NULL DEFAULT 0;
