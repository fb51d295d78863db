-- The third version notes what was done at the door; the secrets of second steps are sealed while it is made.
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  what INTEGER NOT NULL,
  person BLOB,
  by BLOB,
  place TEXT NOT NULL
) STRICT;
