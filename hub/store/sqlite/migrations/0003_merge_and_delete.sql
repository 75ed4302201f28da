-- Merged and deleted customers, several records of one customer in a system, ids that are used again, and
-- what is needed to take a merge or a run back.

ALTER TABLE customer ADD COLUMN alias_of BLOB;  -- of state 1: the customer it was merged into
CREATE INDEX customer_alias ON customer(alias_of) WHERE alias_of IS NOT NULL;

CREATE TABLE new_link (
    id          BLOB PRIMARY KEY,
    system      TEXT NOT NULL,
    entity      TEXT NOT NULL,
    remote_id   TEXT NOT NULL,
    generation  INTEGER NOT NULL,  -- of the records that bore this id, one after the other
    customer    BLOB NOT NULL REFERENCES data_key(subject),
    state       INTEGER NOT NULL,
    role        INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    read_at     INTEGER NOT NULL,
    raw_hash    BLOB NOT NULL,
    sealed      BLOB NOT NULL,
    UNIQUE (system, entity, remote_id, generation)
);
INSERT INTO new_link SELECT id, system, entity, remote_id, 0, customer, state, 0, row_version,
    modified_at, read_at, raw_hash, sealed FROM link;
CREATE TABLE new_link_tag (
    tag  BLOB NOT NULL,
    link BLOB NOT NULL REFERENCES new_link(id),
    PRIMARY KEY (tag, link)
) WITHOUT ROWID;
INSERT INTO new_link_tag SELECT tag, link FROM link_tag;
DROP TABLE link_tag;
DROP TABLE link;
ALTER TABLE new_link RENAME TO link;
ALTER TABLE new_link_tag RENAME TO link_tag;
CREATE INDEX link_customer ON link(customer);
CREATE INDEX link_unassociated ON link(id) WHERE state = 0;
CREATE INDEX link_tag_link ON link_tag(link);

CREATE TABLE merge_event (
    id        BLOB PRIMARY KEY,
    winner    BLOB NOT NULL REFERENCES data_key(subject),
    loser     BLOB NOT NULL REFERENCES data_key(subject),
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    undone_at INTEGER NOT NULL,
    undone_by TEXT NOT NULL,
    links     BLOB NOT NULL,  -- the loser's records, and what they were there
    before    BLOB NOT NULL   -- what the winner was: stored fields
);
CREATE INDEX merge_event_winner ON merge_event(winner);
CREATE INDEX merge_event_loser ON merge_event(loser);

CREATE INDEX change_run ON change(run);

ALTER TABLE run ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN undoes BLOB;
