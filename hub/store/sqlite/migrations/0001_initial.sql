-- hub.db, schema 1. Values of customers are in envelopes (docs/explanation/encryption.md); columns in
-- clear are ids, versions, states, times and texts without personal data. Times are Unix milliseconds,
-- zero is "never"; ids are 16 bytes.

CREATE TABLE migration (
    version    INTEGER PRIMARY KEY,
    applied_at INTEGER NOT NULL
);

CREATE TABLE hub_state (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    high_water INTEGER NOT NULL  -- of the hybrid clock
);
INSERT INTO hub_state VALUES (1, 0);

-- Numbers of concrete paths. Bound into ciphertexts, so a row is never deleted or renumbered.
CREATE TABLE field_number (
    number INTEGER PRIMARY KEY,
    path   TEXT NOT NULL UNIQUE
);

-- Which data key of keys.db a subject's ciphertexts are under. A subject is a customer, or one
-- quarantine item whose customer is not known.
CREATE TABLE data_key (
    subject BLOB PRIMARY KEY,
    dek_id  INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE customer (
    id          BLOB PRIMARY KEY REFERENCES data_key(subject),
    state       INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    created     INTEGER NOT NULL,
    fields      BLOB NOT NULL  -- stored fields, each sensitive leaf an envelope of its own
);

CREATE TABLE link (
    id          BLOB PRIMARY KEY,
    system      TEXT NOT NULL,
    entity      TEXT NOT NULL,
    remote_id   TEXT NOT NULL,
    customer    BLOB NOT NULL REFERENCES data_key(subject),  -- provisional while unassociated
    state       INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    read_at     INTEGER NOT NULL,
    raw_hash    BLOB NOT NULL,  -- keyed hash of the raw mapped fields
    sealed      BLOB NOT NULL,  -- token, shadows, contributions
    UNIQUE (system, entity, remote_id)
);
CREATE INDEX link_customer ON link(customer);
CREATE INDEX link_unassociated ON link(id) WHERE state = 0;

CREATE TABLE attempt (
    id          BLOB PRIMARY KEY,
    kind        INTEGER NOT NULL,
    state       INTEGER NOT NULL,
    system      TEXT NOT NULL,
    entity      TEXT NOT NULL,
    customer    BLOB NOT NULL REFERENCES data_key(subject),
    link        BLOB,           -- NULL: a create whose record is not known yet
    planned_id  TEXT NOT NULL,
    issued_at   INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    sealed      BLOB NOT NULL   -- expected token, values sent
);
CREATE INDEX attempt_link ON attempt(link);
CREATE INDEX attempt_unsettled ON attempt(id) WHERE link IS NULL OR state = 0;

CREATE TABLE change (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    customer BLOB NOT NULL REFERENCES data_key(subject),
    run      BLOB NOT NULL,
    at       INTEGER NOT NULL,
    sealed   BLOB NOT NULL      -- fields with before and after
);
CREATE INDEX change_customer ON change(customer);

CREATE TABLE review_case (
    id          BLOB PRIMARY KEY,
    kind        INTEGER NOT NULL,
    customer    BLOB NOT NULL,
    link        BLOB NOT NULL,
    system      TEXT NOT NULL,
    field       INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    candidates  BLOB NOT NULL,
    opened_at   INTEGER NOT NULL,
    resolved_at INTEGER NOT NULL,
    resolution  TEXT NOT NULL
);
CREATE INDEX review_case_open ON review_case(kind) WHERE resolved_at = 0;

-- The customers an open case names, as candidates too.
CREATE TABLE case_customer (
    customer    BLOB NOT NULL,
    review_case BLOB NOT NULL REFERENCES review_case(id),
    PRIMARY KEY (customer, review_case)
) WITHOUT ROWID;
CREATE INDEX case_customer_case ON case_customer(review_case);

CREATE TABLE quarantine (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    about           BLOB NOT NULL UNIQUE,  -- keyed hash of system, record, field and direction
    subject         BLOB NOT NULL REFERENCES data_key(subject),
    system          TEXT NOT NULL,
    direction       INTEGER NOT NULL,
    remote_id       TEXT NOT NULL,
    link            BLOB NOT NULL,
    customer        BLOB NOT NULL,
    field           INTEGER NOT NULL,
    code            INTEGER NOT NULL,
    reason          TEXT NOT NULL,
    first_at        INTEGER NOT NULL,
    last_at         INTEGER NOT NULL,
    tries           INTEGER NOT NULL,
    retry_requested INTEGER NOT NULL,
    sealed          BLOB NOT NULL          -- the offending remote fields
);

-- Match keys as keyed tags: equality only.
CREATE TABLE link_tag (
    tag  BLOB NOT NULL,
    link BLOB NOT NULL REFERENCES link(id),
    PRIMARY KEY (tag, link)
) WITHOUT ROWID;
CREATE INDEX link_tag_link ON link_tag(link);

CREATE TABLE customer_tag (
    tag      BLOB NOT NULL,
    customer BLOB NOT NULL REFERENCES customer(id),
    PRIMARY KEY (tag, customer)
) WITHOUT ROWID;
CREATE INDEX customer_tag_customer ON customer_tag(customer);

CREATE TABLE read_cursor (
    system            TEXT NOT NULL,
    entity            TEXT NOT NULL,
    value             TEXT NOT NULL,
    listed_completely INTEGER NOT NULL,
    listed_at         INTEGER NOT NULL,
    PRIMARY KEY (system, entity)
) WITHOUT ROWID;

CREATE TABLE system_state (
    system     TEXT PRIMARY KEY,
    paused     INTEGER NOT NULL,
    paused_by  TEXT NOT NULL,
    last_error TEXT NOT NULL,
    last_pull  INTEGER NOT NULL,
    last_push  INTEGER NOT NULL,
    retry_at   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE run (
    id         BLOB PRIMARY KEY,
    kind       TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    pulled     INTEGER NOT NULL,
    changed    INTEGER NOT NULL,
    created    INTEGER NOT NULL,
    updated    INTEGER NOT NULL,
    refused    INTEGER NOT NULL
);
CREATE INDEX run_started ON run(started_at);

-- Customers whose deliveries must be derived again.
CREATE TABLE work (
    customer BLOB PRIMARY KEY
) WITHOUT ROWID;
