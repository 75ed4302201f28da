-- When a batch was committed last, by a clock that could be believed; 0: not known.
ALTER TABLE hub_state ADD COLUMN committed_at INTEGER NOT NULL DEFAULT 0;
-- By which connector, of which version, a system was read last ('': not known).
ALTER TABLE system_state ADD COLUMN connector TEXT NOT NULL DEFAULT '';
