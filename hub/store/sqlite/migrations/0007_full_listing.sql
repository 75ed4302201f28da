-- When everything of a system was listed last; 0: not known.
ALTER TABLE system_state ADD COLUMN listed_at INTEGER NOT NULL DEFAULT 0;
