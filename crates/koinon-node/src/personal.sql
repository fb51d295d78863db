-- The keys of personal texts. Nothing of it leaves the node but in a backup.
CREATE TABLE master (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  wrapped BLOB NOT NULL, -- under the key in a file of its own
  due INTEGER NOT NULL DEFAULT 0 -- 1 when a key was destroyed and the others are still to be wrapped anew
) STRICT;

CREATE TABLE key (
  subject BLOB PRIMARY KEY,
  wrapped BLOB NOT NULL -- under the master key
) STRICT, WITHOUT ROWID;
