-- A regional safety copy on PostgreSQL, as of form 1. Run once, in one transaction, by the role that owns the copy; what later
-- forms add stands in files of their own, and the views in views.sql.
--
-- Schema `mirror` belongs to the program. Bytes of facts are kept as they came; every other column can be made again
-- from them. Schema `koinon` is for reporting tools: views only.

CREATE SCHEMA mirror;
CREATE SCHEMA koinon;

CREATE TABLE mirror.version (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  form integer NOT NULL,
  since timestamptz NOT NULL DEFAULT now()
);

-- Whose copy it is, and of which federation.
CREATE TABLE mirror.self (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  node bytea NOT NULL CHECK (octet_length(node) = 32),
  network bytea NOT NULL CHECK (octet_length(network) = 16)
);

-- Written to before receipts are given: when that commit returns, everything before it is as safe as it is.
CREATE TABLE mirror.pulse (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  beats bigint NOT NULL
);

CREATE TABLE mirror.log (
  number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id bytea NOT NULL UNIQUE CHECK (octet_length(id) = 16),
  node bytea NOT NULL CHECK (octet_length(node) = 32),
  stream smallint NOT NULL,
  incarnation bytea NOT NULL CHECK (octet_length(incarnation) = 8),
  height bigint NOT NULL CHECK (height >= 0),
  head bytea NOT NULL CHECK (octet_length(head) = 32),
  counted bigint -- how many facts count, where the log ended before what is held of it; null: all
);

-- `place` counts facts in the order of arrival. `reading` says how the body was read for the views:
-- 0 the log's own kinds, 1 known, 2 a newer kind or version, 3 a known kind whose bytes do not fit it.
CREATE TABLE mirror.fact (
  place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  log integer NOT NULL REFERENCES mirror.log (number),
  seq bigint NOT NULL CHECK (seq >= 0),
  id bytea NOT NULL CHECK (octet_length(id) = 32),
  header bytea NOT NULL,
  sig bytea CHECK (octet_length(sig) = 64),
  salt bytea NOT NULL CHECK (octet_length(salt) = 16),
  body bytea NOT NULL,
  kind bigint NOT NULL,
  version smallint NOT NULL,
  reading smallint NOT NULL,
  recorded timestamptz, -- null where the writer's clock was beyond all calendars
  said jsonb,
  UNIQUE (log, seq)
);
CREATE INDEX fact_kind ON mirror.fact (kind, place);
CREATE INDEX fact_newer ON mirror.fact (place) WHERE reading = 2;

CREATE TABLE mirror.fork (
  log bytea PRIMARY KEY,
  proof bytea NOT NULL
);

-- Facts of logs whose key was replaced, of a history that does not count: evidence only.
CREATE TABLE mirror.aside (
  log bytea NOT NULL,
  seq bigint NOT NULL,
  id bytea NOT NULL,
  header bytea NOT NULL,
  sig bytea,
  salt bytea NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (log, seq, id)
);

-- The last word of each node on how much of a log it holds.
CREATE TABLE mirror.receipt (
  node bytea NOT NULL,
  log bytea NOT NULL,
  height bigint NOT NULL,
  receipt bytea NOT NULL,
  PRIMARY KEY (node, log)
);

-- Recoveries of keys by stewards: when each was first heard of here, and the message that brought it.
CREATE TABLE mirror.recovery (
  rotation bytea PRIMARY KEY,
  node bytea NOT NULL,
  announced bigint NOT NULL, -- milliseconds since 1970
  heard bigint NOT NULL,
  run bytea NOT NULL
);

-- The kinds that the newest program that opened the copy could read.
CREATE TABLE mirror.kind (
  number bigint PRIMARY KEY,
  name text NOT NULL
);

INSERT INTO mirror.version (form) VALUES (1);
INSERT INTO mirror.pulse (beats) VALUES (0);
