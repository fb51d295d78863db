-- The second version adds a second step, recovery by two stewards, and notices to the person.
CREATE TABLE second (
  person BLOB PRIMARY KEY,
  secret BLOB NOT NULL,
  step INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery (
  hash BLOB PRIMARY KEY,
  person BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE asked (
  person BLOB PRIMARY KEY,
  by BLOB NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
  id INTEGER PRIMARY KEY,
  person BLOB NOT NULL,
  at INTEGER NOT NULL,
  first BLOB NOT NULL,
  second BLOB
) STRICT;
