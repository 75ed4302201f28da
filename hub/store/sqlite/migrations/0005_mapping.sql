-- By which mapping the records of a system were read last ('': not known): one line for each field.
ALTER TABLE system_state ADD COLUMN mapping TEXT NOT NULL DEFAULT '';
