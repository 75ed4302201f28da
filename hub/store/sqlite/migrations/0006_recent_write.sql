-- What was written within the window that thresholds look at, and that nobody approved.
CREATE TABLE recent_write (
    system   TEXT NOT NULL,
    kind     INTEGER NOT NULL,
    customer BLOB NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (system, kind, customer)
) WITHOUT ROWID;
