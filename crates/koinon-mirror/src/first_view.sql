-- What form 2 of a regional safety copy adds: a neighbour's first view, shown in reports until the own entries have come and say
-- the same. Everything here can be thrown away but the table of what was compared.

-- The one that is shown.
CREATE TABLE mirror.first_view (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  content bytea NOT NULL CHECK (octet_length(content) = 32),
  node bytea NOT NULL CHECK (octet_length(node) = 32),
  made timestamptz, -- by its maker's clock; null where that was beyond all calendars
  facts bigint NOT NULL CHECK (facts >= 0)
);

-- How far it covers each log; 0 for a log of which only what is newer is shown.
CREATE TABLE mirror.first_log (
  log bytea PRIMARY KEY CHECK (octet_length(log) = 16),
  node bytea NOT NULL CHECK (octet_length(node) = 32),
  stream smallint NOT NULL,
  covered bigint NOT NULL CHECK (covered >= 0)
);

-- What it still holds as it was written, and entries that are newer. The place is null where a view does not keep it, the
-- entry's own id where only the view stands for it.
CREATE TABLE mirror.first_row (
  log bytea,
  seq bigint,
  fact bytea,
  community text,
  kind bigint NOT NULL,
  recorded timestamptz,
  said jsonb NOT NULL,
  UNIQUE (log, seq, kind)
);
CREATE INDEX first_row_kind ON mirror.first_row (kind);

-- What stands in each batch.
CREATE TABLE mirror.first_stock (
  community text NOT NULL,
  batch text NOT NULL,
  item text NOT NULL,
  store text NOT NULL,
  printed text,
  expires date,
  amount numeric NOT NULL,
  unit text,
  held text,
  changed timestamptz,
  PRIMARY KEY (community, batch)
);

-- What came of comparing a first view with the own entries; `ours` is null where entries that it claims did not come.
CREATE TABLE mirror.first_check (
  content bytea NOT NULL CHECK (octet_length(content) = 32),
  node bytea NOT NULL CHECK (octet_length(node) = 32),
  made timestamptz,
  facts bigint NOT NULL,
  theirs bytea NOT NULL CHECK (octet_length(theirs) = 32),
  ours bytea CHECK (octet_length(ours) = 32),
  compared timestamptz NOT NULL,
  settled timestamptz, -- when people had looked into one that was wrong
  PRIMARY KEY (content, node)
);

-- By these the history of one batch, need, offer or transfer is found, when a first view is worked out.
CREATE INDEX fact_batch ON mirror.fact ((said ->> 'batch')) WHERE kind BETWEEN 64 AND 68;
CREATE INDEX fact_need ON mirror.fact ((said ->> 'need')) WHERE kind IN (70, 71);
CREATE INDEX fact_offer ON mirror.fact ((said ->> 'offer')) WHERE kind IN (72, 73);
CREATE INDEX fact_transfer ON mirror.fact ((said ->> 'transfer')) WHERE kind BETWEEN 74 AND 85;
CREATE INDEX fact_lines ON mirror.fact USING gin ((said -> 'lines') jsonb_path_ops) WHERE kind IN (81, 83, 84);

UPDATE mirror.version SET form = 2;
