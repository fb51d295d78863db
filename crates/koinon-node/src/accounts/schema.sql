-- Who may sign in at this node. Nothing of it ever leaves the node.
CREATE TABLE account (
  person BLOB PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  password BLOB NOT NULL,
  pin BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
  hash BLOB PRIMARY KEY,
  person BLOB NOT NULL,
  expires INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  hash BLOB PRIMARY KEY,
  person BLOB NOT NULL,
  device TEXT NOT NULL,
  shared INTEGER NOT NULL,
  made INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  standing BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  hash BLOB PRIMARY KEY,
  label TEXT NOT NULL,
  made INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
