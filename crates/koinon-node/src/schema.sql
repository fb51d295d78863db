-- The store of one node. Bytes of facts are kept as they came; everything else can be made again from them.
CREATE TABLE self (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  node BLOB NOT NULL,
  network BLOB NOT NULL
) STRICT;

CREATE TABLE mark (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  node BLOB NOT NULL,
  stream INTEGER NOT NULL,
  incarnation BLOB NOT NULL,
  height INTEGER NOT NULL,
  head BLOB NOT NULL,
  mine INTEGER NOT NULL DEFAULT 0 -- how many of the facts this computer wrote itself
) STRICT;

-- Places count facts in the order in which this node took them in. A row holds those of `place` and the places after it, which
-- follow each other in one log too; how their bytes lie in it, `sqlite/rows.rs` says. Ids follow from the bytes.
CREATE TABLE facts (
  place INTEGER PRIMARY KEY, -- of its first fact
  log INTEGER NOT NULL, -- log.number
  seq INTEGER NOT NULL, -- of its first fact
  count INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (log, seq)
) STRICT;

-- Both indexes are cut into blocks of 8,192 places, so that a commit writes to a few pages only, however many facts there
-- are; a look-up asks each block.
CREATE TABLE fact_id (
  block INTEGER NOT NULL,
  prefix INTEGER NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (block, prefix, place)
) STRICT, WITHOUT ROWID;

-- What a fact is about, to find the history of one thing.
CREATE TABLE fact_key (
  block INTEGER NOT NULL,
  key BLOB NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (block, key, place)
) STRICT, WITHOUT ROWID;

-- The facts of each act of this node, so that a repeated act is recognised, with what the act said; empty where that was
-- not kept, as before format 2. Acts begin with their time.
CREATE TABLE act (
  act BLOB NOT NULL,
  place INTEGER NOT NULL,
  content BLOB,
  PRIMARY KEY (act, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE fork (
  log BLOB PRIMARY KEY,
  proof BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Facts of logs whose key was replaced, of a history that does not count: evidence only.
CREATE TABLE aside (
  log BLOB NOT NULL,
  seq INTEGER NOT NULL,
  id BLOB NOT NULL,
  header BLOB NOT NULL,
  sig BLOB,
  salt BLOB NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (log, seq, id)
) STRICT, WITHOUT ROWID;

-- The last word of each peer on how much of a log it holds.
CREATE TABLE receipt (
  by BLOB NOT NULL,
  log BLOB NOT NULL,
  height INTEGER NOT NULL,
  receipt BLOB NOT NULL,
  PRIMARY KEY (by, log)
) STRICT, WITHOUT ROWID;

-- Recoveries of keys by stewards: when this node first heard of each, and whether the waiting is over.
CREATE TABLE recovery (
  rotation BLOB PRIMARY KEY,
  node BLOB NOT NULL,
  announced INTEGER NOT NULL,
  heard INTEGER NOT NULL,
  run BLOB NOT NULL -- the message that brought it, to be passed on
) STRICT, WITHOUT ROWID;

-- What each peer said it holds of whose logs, in a bundle that it signed or that somebody admitted did.
CREATE TABLE holding (
  node BLOB PRIMARY KEY,
  at INTEGER NOT NULL,
  have BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshot (
  evolve INTEGER PRIMARY KEY,
  place INTEGER NOT NULL,
  heads BLOB NOT NULL,
  digest BLOB NOT NULL,
  book BLOB NOT NULL
) STRICT;

-- After which place the book's old history was folded away, and up to when.
CREATE TABLE fold (
  horizon INTEGER PRIMARY KEY,
  place INTEGER NOT NULL
) STRICT;

CREATE TABLE peer (
  node BLOB PRIMARY KEY,
  community TEXT,
  url TEXT,
  ca TEXT,
  heard INTEGER
) STRICT, WITHOUT ROWID;

-- Files of this node that neighbours keep: encrypted before they came here. `state`: 0 kept, 1 replaced by a newer one of the
-- same label, 2 released, 3 found at a neighbour and not listed here.
CREATE TABLE kept_file (
  digest BLOB PRIMARY KEY,
  placed INTEGER NOT NULL,
  label TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  state INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Each neighbour that keeps one of them, or was asked to. `said`: 0 it holds it, 1 to 6 why it does not, nothing before it said
-- anything.
CREATE TABLE kept_by (
  digest BLOB NOT NULL,
  keeper BLOB NOT NULL,
  asked INTEGER NOT NULL,
  said INTEGER,
  came INTEGER,
  heard INTEGER,
  proven INTEGER,
  wrong INTEGER,
  tried INTEGER,
  nonce BLOB,
  PRIMARY KEY (digest, keeper)
) STRICT, WITHOUT ROWID;

-- How many bytes this node agreed to keep for each neighbour, and what it keeps.
CREATE TABLE kept_allowed (
  owner BLOB PRIMARY KEY,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE kept_of (
  owner BLOB NOT NULL,
  digest BLOB NOT NULL,
  placed INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  came INTEGER NOT NULL,
  proved INTEGER,
  PRIMARY KEY (owner, digest)
) STRICT, WITHOUT ROWID;
