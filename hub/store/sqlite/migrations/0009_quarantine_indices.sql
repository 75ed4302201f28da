-- What is set aside is looked up by what it is about: a run with many bad records must not read all of
-- them for each good one.
CREATE INDEX quarantine_customer ON quarantine(customer);
CREATE INDEX quarantine_link ON quarantine(link);
CREATE INDEX quarantine_record ON quarantine(system, remote_id);

-- A hash of what a record said that nothing ever asked for.
ALTER TABLE link DROP COLUMN raw_hash;
