-- The fourth version seals names of people, devices and places; format.rs moves the rows, and these take the names of the old ones.
CREATE TABLE seal (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  proof BLOB NOT NULL,
  due INTEGER NOT NULL
) STRICT;

CREATE TABLE sealed_account (
  person BLOB PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  login BLOB NOT NULL,
  password BLOB NOT NULL,
  pin BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE sealed_session (
  hash BLOB PRIMARY KEY,
  person BLOB NOT NULL,
  device BLOB NOT NULL,
  shared INTEGER NOT NULL,
  made INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  standing BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sealed_device (
  hash BLOB PRIMARY KEY,
  label BLOB NOT NULL,
  made INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sealed_event (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  what INTEGER NOT NULL,
  person BLOB,
  by BLOB,
  place BLOB NOT NULL
) STRICT;
