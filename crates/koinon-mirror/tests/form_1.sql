-- A regional safety copy on PostgreSQL, form 1. Run once, in one transaction, by the role that owns the copy.
--
-- Schema `mirror` belongs to the program. Bytes of facts are kept as they came; every other column can be made again
-- from them. Schema `koinon` is for reporting tools: views only, described in docs/handbook/mirror.md. Amounts there are
-- whole base units, and the unit stands beside them.

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

-- Which node is taken to speak for which community: the first word of the copy's own operator on each.
CREATE VIEW mirror.admitted AS
SELECT DISTINCT ON (f.said ->> 'node') f.said ->> 'node' AS node, f.said ->> 'community' AS community, f.recorded
FROM mirror.fact f JOIN mirror.log l ON l.number = f.log JOIN mirror.self s ON s.node = l.node
WHERE f.kind = 21 AND f.reading = 1
ORDER BY f.said ->> 'node', f.place;

-- Facts that count, with who wrote them. Of restatements of one thing the last recorded counts, then log and number.
CREATE VIEW mirror.counts AS
SELECT f.place, a.community, encode(l.node, 'hex') AS node, encode(l.id, 'hex') COLLATE "C" AS log, f.seq,
  encode(f.id, 'hex') AS fact, f.kind, f.reading, f.recorded, f.said
FROM mirror.fact f
JOIN mirror.log l ON l.number = f.log
LEFT JOIN mirror.admitted a ON a.node = encode(l.node, 'hex')
WHERE l.counted IS NULL OR f.seq < l.counted;

CREATE VIEW koinon.nodes AS
SELECT encode(l.node, 'hex') AS node, a.community, l.node = s.node AS this_copy, sum(l.height)::bigint AS facts,
  count(*) AS logs
FROM mirror.log l CROSS JOIN mirror.self s LEFT JOIN mirror.admitted a ON a.node = encode(l.node, 'hex')
GROUP BY l.node, a.community, s.node;

CREATE VIEW koinon.communities AS
SELECT a.community, a.node, a.recorded AS admitted, coalesce(n.facts, 0)::bigint AS facts
FROM mirror.admitted a LEFT JOIN koinon.nodes n ON n.node = a.node;

CREATE VIEW koinon.heads AS
SELECT encode(l.node, 'hex') AS node, a.community, encode(l.id, 'hex') AS log,
  CASE l.stream WHEN 0 THEN 'control' WHEN 1 THEN 'federation' WHEN 4 THEN 'aggregates'
    WHEN 5 THEN 'stock' ELSE l.stream::text END AS stream,
  l.height AS facts, least(coalesce(l.counted, l.height), l.height) AS counting, encode(l.head, 'hex') AS head
FROM mirror.log l LEFT JOIN mirror.admitted a ON a.node = encode(l.node, 'hex');

CREATE VIEW koinon.receipts AS
SELECT encode(r.node, 'hex') AS held_by, a.community AS held_by_community, encode(r.log, 'hex') AS log,
  r.height AS facts, l.height AS facts_here
FROM mirror.receipt r LEFT JOIN mirror.log l ON l.id = r.log
LEFT JOIN mirror.admitted a ON a.node = encode(r.node, 'hex');

CREATE VIEW koinon.facts AS
SELECT c.place, c.community, c.node, c.log, c.seq, c.fact, c.kind, k.name AS kind_name, c.recorded, c.said
FROM mirror.counts c LEFT JOIN mirror.kind k ON k.number = c.kind;

CREATE VIEW koinon.not_read AS
SELECT f.kind, f.version, CASE f.reading WHEN 2 THEN 'newer' ELSE 'does not fit' END AS why, count(*) AS facts
FROM mirror.fact f WHERE f.reading IN (2, 3) GROUP BY f.kind, f.version, f.reading;

CREATE VIEW koinon.batches AS
SELECT c.community, o.said ->> 'batch' AS batch, o.said ->> 'item' AS item, o.said ->> 'store' AS store,
  o.said ->> 'printed' AS printed, (o.said ->> 'expires')::date AS expires, o.said ->> 'owner' AS owner,
  o.said ->> 'from_community' AS from_community, o.said ->> 'from_batch' AS from_batch, c.recorded, c.fact
FROM mirror.counts c
CROSS JOIN LATERAL (SELECT CASE c.kind WHEN 64 THEN c.said ELSE c.said -> 'opens' END AS said) o
WHERE c.kind IN (64, 66) AND o.said ->> 'batch' IS NOT NULL;

CREATE VIEW koinon.entries AS
SELECT c.community, c.said ->> 'entry' AS entry, c.said ->> 'batch' AS batch, (c.said ->> 'amount')::bigint AS amount,
  c.said ->> 'unit' AS unit, c.said ->> 'reason' AS reason, c.said ->> 'way' AS way,
  (c.said ->> 'occurred')::timestamptz AS occurred, c.said ->> 'paper' AS paper, c.said ->> 'method' AS method,
  c.recorded, c.fact
FROM mirror.counts c WHERE c.kind = 65 AND c.reading = 1;

CREATE VIEW koinon.counts AS
SELECT c.community, c.said ->> 'entry' AS entry, c.said ->> 'batch' AS batch, (c.said ->> 'amount')::bigint AS amount,
  c.said ->> 'unit' AS unit, (c.said ->> 'occurred')::timestamptz AS occurred, c.said ->> 'method' AS method,
  c.recorded, c.fact
FROM mirror.counts c WHERE c.kind = 66 AND c.reading = 1;

CREATE VIEW koinon.corrections AS
SELECT c.community, c.said ->> 'corrects' AS corrects, c.said ->> 'batch' AS batch,
  (c.said ->> 'amount')::bigint AS amount, c.said ->> 'unit' AS unit, c.said ->> 'amount' IS NULL AS taken_back,
  c.said ->> 'reason' AS reason, c.recorded, c.fact
FROM mirror.counts c WHERE c.kind = 67 AND c.reading = 1;

-- Statements and closings of one thing stand in one window, in the order that counts: recorded, then log and number.
CREATE VIEW koinon.needs AS
SELECT w.community, w.need, w.said ->> 'item' AS item, w.said ->> 'store' AS store,
  (w.said ->> 'amount')::bigint AS amount, w.said ->> 'unit' AS unit, w.said ->> 'urgency' AS urgency,
  (w.said ->> 'by')::date AS needed_by, (w.said ->> 'every_days')::integer AS every_days,
  (w.said ->> 'people')::bigint AS people, w.recorded, w.latest, w.closed, w.fact
FROM (
  SELECT c.community, c.said ->> 'need' AS need, c.said, c.kind, c.recorded, c.fact,
    row_number() OVER (PARTITION BY c.community, c.said ->> 'need', c.kind
      ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest,
    bool_or(c.kind = 71) OVER (PARTITION BY c.community, c.said ->> 'need' ORDER BY c.recorded, c.log, c.seq
      ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS closed
  FROM mirror.counts c WHERE c.kind IN (70, 71) AND c.reading = 1) w
WHERE w.kind = 70;

CREATE VIEW koinon.offers AS
SELECT w.community, w.offer, w.said ->> 'item' AS item, w.said ->> 'store' AS store,
  (w.said ->> 'amount')::bigint AS amount, w.said ->> 'unit' AS unit, (w.said ->> 'from')::date AS from_day,
  (w.said ->> 'until')::date AS until_day, (w.said ->> 'take_please')::boolean AS take_please,
  (w.said ->> 'return_by')::date AS return_by, w.recorded, w.latest, w.closed, w.fact
FROM (
  SELECT c.community, c.said ->> 'offer' AS offer, c.said, c.kind, c.recorded, c.fact,
    row_number() OVER (PARTITION BY c.community, c.said ->> 'offer', c.kind
      ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest,
    bool_or(c.kind = 73) OVER (PARTITION BY c.community, c.said ->> 'offer' ORDER BY c.recorded, c.log, c.seq
      ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS closed
  FROM mirror.counts c WHERE c.kind IN (72, 73) AND c.reading = 1) w
WHERE w.kind = 72;

CREATE VIEW koinon.transfers AS
SELECT c.community AS giver, c.said ->> 'transfer' AS transfer, c.said ->> 'taker' AS taker,
  c.said ->> 'from' AS from_place, c.said ->> 'to' AS to_place, (c.said ->> 'leaves')::date AS leaves,
  (c.said ->> 'arrives')::date AS arrives, c.said ->> 'need' AS need, (c.said ->> 'return_by')::date AS return_by,
  c.recorded,
  row_number() OVER (PARTITION BY c.community, c.said ->> 'transfer' ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest,
  c.fact
FROM mirror.counts c WHERE c.kind = 74 AND c.reading = 1;

CREATE VIEW koinon.transfer_lines AS
SELECT c.community AS giver, c.said ->> 'transfer' AS transfer, (n.line ->> 'line')::integer AS line,
  n.line ->> 'item' AS item, n.line ->> 'batch' AS batch, (n.line ->> 'amount')::bigint AS amount,
  n.line ->> 'unit' AS unit, (n.line ->> 'requested')::bigint AS requested, t.latest, c.fact
FROM mirror.counts c JOIN koinon.transfers t ON t.fact = c.fact
CROSS JOIN LATERAL jsonb_array_elements(c.said -> 'lines') AS n (line)
WHERE c.kind = 74 AND c.reading = 1;

CREATE VIEW koinon.transfer_steps AS
SELECT coalesce(c.said ->> 'giver', c.community) AS giver, c.said ->> 'transfer' AS transfer, k.name AS step,
  c.community AS said_by, c.said ->> 'shipment' AS shipment, c.said ->> 'reason' AS reason,
  c.said ->> 'vehicle' AS vehicle, c.said ->> 'news' AS news, (c.said ->> 'occurred')::timestamptz AS occurred,
  c.recorded, c.fact
FROM mirror.counts c JOIN mirror.kind k ON k.number = c.kind
WHERE c.kind BETWEEN 75 AND 85 AND c.reading = 1;

CREATE VIEW koinon.shipment_lines AS
SELECT coalesce(c.said ->> 'giver', c.community) AS giver, c.said ->> 'transfer' AS transfer,
  c.said ->> 'shipment' AS shipment, k.name AS step, (n.line ->> 'line')::integer AS line,
  n.line ->> 'batch' AS batch, (n.line ->> 'amount')::bigint AS amount, (n.line ->> 'rejected')::bigint AS rejected,
  (n.line ->> 'missing')::bigint AS missing, (n.line ->> 'excess')::bigint AS excess, n.line ->> 'unit' AS unit,
  n.line ->> 'reason' AS reason,
  rank() OVER (PARTITION BY c.kind, c.community, c.said ->> 'giver', c.said ->> 'transfer', c.said ->> 'shipment'
    ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest, c.fact
FROM mirror.counts c JOIN mirror.kind k ON k.number = c.kind
CROSS JOIN LATERAL jsonb_array_elements(c.said -> 'lines') AS n (line)
WHERE c.kind IN (81, 83, 84) AND c.reading = 1;

CREATE VIEW koinon.holds AS
SELECT c.community, k.name AS what, c.said ->> 'batch' AS batch, c.said ->> 'item' AS item,
  c.said ->> 'printed' AS printed, coalesce(c.said ->> 'held', c.said ->> 'stands')::boolean AS stands,
  c.said ->> 'reason' AS reason, c.recorded, c.fact
FROM mirror.counts c JOIN mirror.kind k ON k.number = c.kind WHERE c.kind IN (68, 69) AND c.reading = 1;

CREATE VIEW koinon.routes AS
SELECT c.community, c.said ->> 'corridor' AS corridor, (c.said ->> 'closed')::boolean AS closed,
  c.said ->> 'reason' AS reason, (c.said ->> 'from')::date AS from_day, (c.said ->> 'until')::date AS until_day,
  c.recorded,
  row_number() OVER (PARTITION BY c.community, c.said ->> 'corridor'
    ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest, c.fact
FROM mirror.counts c WHERE c.kind = 86 AND c.reading = 1;

CREATE VIEW koinon.pauses AS
SELECT c.community, c.said ->> 'place' AS place, c.said ->> 'item' AS item, (c.said ->> 'until')::date AS until_day,
  c.recorded,
  row_number() OVER (PARTITION BY c.community, c.said ->> 'place', c.said ->> 'item'
    ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest, c.fact
FROM mirror.counts c WHERE c.kind = 87 AND c.reading = 1;

CREATE VIEW koinon.agreements AS
SELECT c.community, k.name AS step, c.said ->> 'text' AS agreement, c.recorded, c.fact
FROM mirror.counts c JOIN mirror.kind k ON k.number = c.kind WHERE c.kind IN (23, 24, 25) AND c.reading = 1;

CREATE VIEW koinon.served AS
SELECT c.community, (c.said ->> 'month')::integer AS month, (c.said ->> 'people')::bigint AS people,
  (c.said ->> 'households')::bigint AS households, c.recorded,
  row_number() OVER (PARTITION BY c.community, c.said ->> 'month'
    ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest, c.fact
FROM mirror.counts c WHERE c.kind = 96 AND c.reading = 1;

INSERT INTO mirror.version (form) VALUES (1);
INSERT INTO mirror.pulse (beats) VALUES (0);
