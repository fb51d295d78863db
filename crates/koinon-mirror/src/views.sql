-- The views of a regional safety copy, as of form 2: made anew, in one transaction, whenever the tables change their form.
--
-- Schema `koinon` is for reporting tools, described in docs/handbook/mirror.md. Amounts there are whole base units, and the
-- unit stands beside them. Columns are only ever added, at the end.

-- Which node is taken to speak for which community: the first word of the copy's own operator on each.
CREATE OR REPLACE VIEW mirror.admitted AS
SELECT DISTINCT ON (f.said ->> 'node') f.said ->> 'node' AS node, f.said ->> 'community' AS community, f.recorded
FROM mirror.fact f JOIN mirror.log l ON l.number = f.log JOIN mirror.self s ON s.node = l.node
WHERE f.kind = 21 AND f.reading = 1
ORDER BY f.said ->> 'node', f.place;

-- Facts that count, with who wrote them. Of restatements of one thing the last recorded counts, then log and number.
CREATE OR REPLACE VIEW mirror.counts AS
SELECT f.place, a.community, encode(l.node, 'hex') AS node, encode(l.id, 'hex') COLLATE "C" AS log, f.seq,
  encode(f.id, 'hex') AS fact, f.kind, f.reading, f.recorded, f.said
FROM mirror.fact f
JOIN mirror.log l ON l.number = f.log
LEFT JOIN mirror.admitted a ON a.node = encode(l.node, 'hex')
WHERE l.counted IS NULL OR f.seq < l.counted;

-- The same where things stand now: while a first view is shown, what it covers is taken from it, and each of its rows says so.
-- What goes on where it ends is shown as it comes, and by the own entries once they have come.
CREATE OR REPLACE VIEW mirror.shown AS
SELECT a.community, encode(l.id, 'hex') COLLATE "C" AS log, f.seq, encode(f.id, 'hex') AS fact, f.kind, f.reading,
  f.recorded, f.said, NULL::text AS first_view_by, NULL::timestamptz AS first_view_at
FROM mirror.fact f
JOIN mirror.log l ON l.number = f.log
LEFT JOIN mirror.admitted a ON a.node = encode(l.node, 'hex')
LEFT JOIN mirror.first_log v ON v.log = l.id
WHERE (l.counted IS NULL OR f.seq < l.counted) AND f.seq >= coalesce(v.covered, 0)
UNION ALL
SELECT r.community, encode(r.log, 'hex') COLLATE "C", r.seq, encode(r.fact, 'hex'), r.kind, 1::smallint, r.recorded,
  r.said, coalesce(a.community, encode(v.node, 'hex')), v.made
FROM mirror.first_row r
CROSS JOIN mirror.first_view v
LEFT JOIN mirror.admitted a ON a.node = encode(v.node, 'hex')
LEFT JOIN mirror.first_log t ON t.log = r.log
LEFT JOIN mirror.log l ON l.id = r.log
WHERE r.seq IS NULL OR r.seq < coalesce(t.covered, 0) OR r.seq >= coalesce(l.height, 0);

-- First views: the one that is shown, and what came of those that were compared with the own entries.
CREATE OR REPLACE VIEW koinon.first_views AS
SELECT coalesce(a.community, encode(v.node, 'hex')) AS first_view_by, v.made AS first_view_at, v.facts AS entries,
  (SELECT coalesce(sum(least(t.covered, l.height)), 0)::bigint FROM mirror.first_log t JOIN mirror.log l ON l.id = t.log)
    AS entries_here,
  'shown' AS state, NULL::text AS check_number, NULL::text AS own_check_number, NULL::timestamptz AS compared,
  NULL::timestamptz AS looked_into
FROM mirror.first_view v LEFT JOIN mirror.admitted a ON a.node = encode(v.node, 'hex')
UNION ALL
SELECT coalesce(a.community, encode(c.node, 'hex')), c.made, c.facts, NULL,
  CASE WHEN c.ours = c.theirs THEN 'right' ELSE 'wrong' END, encode(c.theirs, 'hex'), encode(c.ours, 'hex'), c.compared,
  c.settled
FROM mirror.first_check c LEFT JOIN mirror.admitted a ON a.node = encode(c.node, 'hex');

CREATE OR REPLACE VIEW koinon.first_view_stock AS
SELECT s.community, s.batch, s.item, s.store, s.amount, s.unit, s.held, s.printed, s.expires, s.changed,
  coalesce(a.community, encode(v.node, 'hex')) AS first_view_by, v.made AS first_view_at
FROM mirror.first_stock s
CROSS JOIN mirror.first_view v
LEFT JOIN mirror.admitted a ON a.node = encode(v.node, 'hex');

CREATE OR REPLACE VIEW koinon.nodes AS
SELECT encode(l.node, 'hex') AS node, a.community, l.node = s.node AS this_copy, sum(l.height)::bigint AS facts,
  count(*) AS logs
FROM mirror.log l CROSS JOIN mirror.self s LEFT JOIN mirror.admitted a ON a.node = encode(l.node, 'hex')
GROUP BY l.node, a.community, s.node;

CREATE OR REPLACE VIEW koinon.communities AS
SELECT a.community, a.node, a.recorded AS admitted, coalesce(n.facts, 0)::bigint AS facts
FROM mirror.admitted a LEFT JOIN koinon.nodes n ON n.node = a.node;

CREATE OR REPLACE VIEW koinon.heads AS
SELECT encode(l.node, 'hex') AS node, a.community, encode(l.id, 'hex') AS log,
  CASE l.stream WHEN 0 THEN 'control' WHEN 1 THEN 'federation' WHEN 4 THEN 'aggregates'
    WHEN 5 THEN 'stock' ELSE l.stream::text END AS stream,
  l.height AS facts, least(coalesce(l.counted, l.height), l.height) AS counting, encode(l.head, 'hex') AS head
FROM mirror.log l LEFT JOIN mirror.admitted a ON a.node = encode(l.node, 'hex');

CREATE OR REPLACE VIEW koinon.receipts AS
SELECT encode(r.node, 'hex') AS held_by, a.community AS held_by_community, encode(r.log, 'hex') AS log,
  r.height AS facts, l.height AS facts_here
FROM mirror.receipt r LEFT JOIN mirror.log l ON l.id = r.log
LEFT JOIN mirror.admitted a ON a.node = encode(r.node, 'hex');

CREATE OR REPLACE VIEW koinon.facts AS
SELECT c.place, c.community, c.node, c.log, c.seq, c.fact, c.kind, k.name AS kind_name, c.recorded, c.said
FROM mirror.counts c LEFT JOIN mirror.kind k ON k.number = c.kind;

CREATE OR REPLACE VIEW koinon.not_read AS
SELECT f.kind, f.version, CASE f.reading WHEN 2 THEN 'newer' ELSE 'does not fit' END AS why, count(*) AS facts
FROM mirror.fact f WHERE f.reading IN (2, 3) GROUP BY f.kind, f.version, f.reading;

CREATE OR REPLACE VIEW koinon.batches AS
SELECT c.community, o.said ->> 'batch' AS batch, o.said ->> 'item' AS item, o.said ->> 'store' AS store,
  o.said ->> 'printed' AS printed, (o.said ->> 'expires')::date AS expires, o.said ->> 'owner' AS owner,
  o.said ->> 'from_community' AS from_community, o.said ->> 'from_batch' AS from_batch, c.recorded, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c
CROSS JOIN LATERAL (SELECT CASE c.kind WHEN 64 THEN c.said ELSE c.said -> 'opens' END AS said) o
WHERE c.kind IN (64, 66) AND o.said ->> 'batch' IS NOT NULL;

CREATE OR REPLACE VIEW koinon.entries AS
SELECT c.community, c.said ->> 'entry' AS entry, c.said ->> 'batch' AS batch, (c.said ->> 'amount')::bigint AS amount,
  c.said ->> 'unit' AS unit, c.said ->> 'reason' AS reason, c.said ->> 'way' AS way,
  (c.said ->> 'occurred')::timestamptz AS occurred, c.said ->> 'paper' AS paper, c.said ->> 'method' AS method,
  c.recorded, c.fact
FROM mirror.counts c WHERE c.kind = 65 AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.counts AS
SELECT c.community, c.said ->> 'entry' AS entry, c.said ->> 'batch' AS batch, (c.said ->> 'amount')::bigint AS amount,
  c.said ->> 'unit' AS unit, (c.said ->> 'occurred')::timestamptz AS occurred, c.said ->> 'method' AS method,
  c.recorded, c.fact
FROM mirror.counts c WHERE c.kind = 66 AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.corrections AS
SELECT c.community, c.said ->> 'corrects' AS corrects, c.said ->> 'batch' AS batch,
  (c.said ->> 'amount')::bigint AS amount, c.said ->> 'unit' AS unit, c.said ->> 'amount' IS NULL AS taken_back,
  c.said ->> 'reason' AS reason, c.recorded, c.fact
FROM mirror.counts c WHERE c.kind = 67 AND c.reading = 1;

-- Statements and closings of one thing stand in one window, in the order that counts: recorded, then log and number.
CREATE OR REPLACE VIEW koinon.needs AS
SELECT w.community, w.need, w.said ->> 'item' AS item, w.said ->> 'store' AS store,
  (w.said ->> 'amount')::bigint AS amount, w.said ->> 'unit' AS unit, w.said ->> 'urgency' AS urgency,
  (w.said ->> 'by')::date AS needed_by, (w.said ->> 'every_days')::integer AS every_days,
  (w.said ->> 'people')::bigint AS people, w.recorded, w.latest, w.closed, w.fact,
  w.first_view_by, w.first_view_at
FROM (
  SELECT c.community, c.said ->> 'need' AS need, c.said, c.kind, c.recorded, c.fact,
    c.first_view_by, c.first_view_at,
    row_number() OVER (PARTITION BY c.community, c.said ->> 'need', c.kind
      ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest,
    bool_or(c.kind = 71) OVER (PARTITION BY c.community, c.said ->> 'need' ORDER BY c.recorded, c.log, c.seq
      ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS closed
  FROM mirror.shown c WHERE c.kind IN (70, 71) AND c.reading = 1) w
WHERE w.kind = 70;

CREATE OR REPLACE VIEW koinon.offers AS
SELECT w.community, w.offer, w.said ->> 'item' AS item, w.said ->> 'store' AS store,
  (w.said ->> 'amount')::bigint AS amount, w.said ->> 'unit' AS unit, (w.said ->> 'from')::date AS from_day,
  (w.said ->> 'until')::date AS until_day, (w.said ->> 'take_please')::boolean AS take_please,
  (w.said ->> 'return_by')::date AS return_by, w.recorded, w.latest, w.closed, w.fact,
  w.first_view_by, w.first_view_at
FROM (
  SELECT c.community, c.said ->> 'offer' AS offer, c.said, c.kind, c.recorded, c.fact,
    c.first_view_by, c.first_view_at,
    row_number() OVER (PARTITION BY c.community, c.said ->> 'offer', c.kind
      ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest,
    bool_or(c.kind = 73) OVER (PARTITION BY c.community, c.said ->> 'offer' ORDER BY c.recorded, c.log, c.seq
      ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS closed
  FROM mirror.shown c WHERE c.kind IN (72, 73) AND c.reading = 1) w
WHERE w.kind = 72;

CREATE OR REPLACE VIEW koinon.transfers AS
SELECT c.community AS giver, c.said ->> 'transfer' AS transfer, c.said ->> 'taker' AS taker,
  c.said ->> 'from' AS from_place, c.said ->> 'to' AS to_place, (c.said ->> 'leaves')::date AS leaves,
  (c.said ->> 'arrives')::date AS arrives, c.said ->> 'need' AS need, (c.said ->> 'return_by')::date AS return_by,
  c.recorded,
  row_number() OVER (PARTITION BY c.community, c.said ->> 'transfer' ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest,
  c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c WHERE c.kind = 74 AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.transfer_lines AS
SELECT c.community AS giver, c.said ->> 'transfer' AS transfer, (n.line ->> 'line')::integer AS line,
  n.line ->> 'item' AS item, n.line ->> 'batch' AS batch, (n.line ->> 'amount')::bigint AS amount,
  n.line ->> 'unit' AS unit, (n.line ->> 'requested')::bigint AS requested,
  rank() OVER (PARTITION BY c.community, c.said ->> 'transfer' ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest,
  c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c CROSS JOIN LATERAL jsonb_array_elements(c.said -> 'lines') AS n (line)
WHERE c.kind = 74 AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.transfer_steps AS
SELECT coalesce(c.said ->> 'giver', c.community) AS giver, c.said ->> 'transfer' AS transfer, k.name AS step,
  c.community AS said_by, c.said ->> 'shipment' AS shipment, c.said ->> 'reason' AS reason,
  c.said ->> 'vehicle' AS vehicle, c.said ->> 'news' AS news, (c.said ->> 'occurred')::timestamptz AS occurred,
  c.recorded, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c JOIN mirror.kind k ON k.number = c.kind
WHERE (c.kind BETWEEN 75 AND 85 OR c.kind = 89) AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.shipment_lines AS
SELECT coalesce(c.said ->> 'giver', c.community) AS giver, c.said ->> 'transfer' AS transfer,
  c.said ->> 'shipment' AS shipment, k.name AS step, (n.line ->> 'line')::integer AS line,
  n.line ->> 'batch' AS batch, (n.line ->> 'amount')::bigint AS amount, (n.line ->> 'rejected')::bigint AS rejected,
  (n.line ->> 'missing')::bigint AS missing, (n.line ->> 'excess')::bigint AS excess, n.line ->> 'unit' AS unit,
  n.line ->> 'reason' AS reason,
  rank() OVER (PARTITION BY c.kind, c.community, c.said ->> 'giver', c.said ->> 'transfer', c.said ->> 'shipment'
    ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c JOIN mirror.kind k ON k.number = c.kind
CROSS JOIN LATERAL jsonb_array_elements(c.said -> 'lines') AS n (line)
WHERE c.kind IN (81, 83, 84) AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.holds AS
SELECT c.community, k.name AS what, c.said ->> 'batch' AS batch, c.said ->> 'item' AS item,
  c.said ->> 'printed' AS printed, coalesce(c.said ->> 'held', c.said ->> 'stands')::boolean AS stands,
  c.said ->> 'reason' AS reason, c.recorded, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c JOIN mirror.kind k ON k.number = c.kind WHERE c.kind IN (68, 69) AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.routes AS
SELECT c.community, c.said ->> 'corridor' AS corridor, (c.said ->> 'closed')::boolean AS closed,
  c.said ->> 'reason' AS reason, (c.said ->> 'from')::date AS from_day, (c.said ->> 'until')::date AS until_day,
  c.recorded,
  row_number() OVER (PARTITION BY c.community, c.said ->> 'corridor'
    ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c WHERE c.kind = 86 AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.pauses AS
SELECT c.community, c.said ->> 'place' AS place, c.said ->> 'item' AS item, (c.said ->> 'until')::date AS until_day,
  c.recorded,
  row_number() OVER (PARTITION BY c.kind, c.community, c.said ->> 'place', c.said ->> 'item'
    ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest, c.fact, c.first_view_by, c.first_view_at,
  k.name AS what
FROM mirror.shown c JOIN mirror.kind k ON k.number = c.kind WHERE c.kind IN (87, 90) AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.wishes AS
SELECT c.community, c.said ->> 'item' AS item, c.said ->> 'wish' AS wish, c.recorded,
  row_number() OVER (PARTITION BY c.community, c.said ->> 'item'
    ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c WHERE c.kind = 91 AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.standing AS
SELECT coalesce(c.said ->> 'proposer', c.community) AS proposer, c.said ->> 'standing' AS standing, k.name AS step, c.community,
  c.said ->> 'with' AS other, (c.said ->> 'first')::date AS first_day, (c.said ->> 'every_days')::integer AS every_days,
  (c.said ->> 'until')::date AS until_day, c.said ->> 'text' AS text, (c.said ->> 'yes')::boolean AS yes,
  c.said ->> 'reason' AS reason, c.recorded, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c JOIN mirror.kind k ON k.number = c.kind WHERE c.kind BETWEEN 92 AND 94 AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.standing_lines AS
SELECT c.community AS proposer, c.said ->> 'standing' AS standing, c.said ->> 'text' AS text, (line ->> 'line')::integer AS line,
  line ->> 'from' AS from_place, line ->> 'to' AS to_place, line ->> 'item' AS item, (line ->> 'amount')::bigint AS amount,
  line ->> 'unit' AS unit, c.recorded, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c CROSS JOIN LATERAL jsonb_array_elements(c.said -> 'lines') AS n (line) WHERE c.kind = 92 AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.joint_loads AS
SELECT c.community AS giver, c.said ->> 'joint' AS joint, transfer #>> '{}' AS transfer, c.recorded,
  rank() OVER (PARTITION BY c.community, c.said ->> 'joint' ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest,
  c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c CROSS JOIN LATERAL jsonb_array_elements(c.said -> 'transfers') AS n (transfer)
WHERE c.kind = 95 AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.teams AS
SELECT c.community, c.said ->> 'team' AS team, c.said ->> 'place' AS place, c.said -> 'components' AS components,
  (c.said ->> 'willing')::boolean AS willing, (c.said ->> 'from')::date AS from_day, (c.said ->> 'until')::date AS until_day,
  (c.said ->> 'way_minutes_max')::bigint AS way_minutes_max, (c.said ->> 'notice_minutes')::bigint AS notice_minutes,
  (c.said ->> 'closed')::boolean AS closed, c.recorded,
  row_number() OVER (PARTITION BY c.community, c.said ->> 'team'
    ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c WHERE c.kind = 104 AND c.reading = 1;

-- The last word of a community on a mission counts, be it that it asks or that it asks no more.
CREATE OR REPLACE VIEW koinon.missions AS
SELECT w.community, w.mission, w.said ->> 'place' AS place, w.said ->> 'urgency' AS urgency,
  (w.said ->> 'start')::timestamptz AS start_at, (w.said ->> 'end')::timestamptz AS end_at, (w.said ->> 'days')::integer AS days,
  w.said -> 'asks' AS asks, w.said ->> 'reason' AS reason, w.kind = 107 AS closed, w.recorded, w.latest, w.fact,
  w.first_view_by, w.first_view_at
FROM (
  SELECT c.community, c.said ->> 'mission' AS mission, c.said, c.kind, c.recorded, c.fact, c.first_view_by, c.first_view_at,
    row_number() OVER (PARTITION BY c.community, c.said ->> 'mission'
      ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest
  FROM mirror.shown c WHERE c.kind IN (106, 107) AND c.reading = 1
) w;

CREATE OR REPLACE VIEW koinon.team_steps AS
SELECT c.community, k.name AS step, c.said ->> 'promise' AS promise, coalesce(c.said ->> 'home', c.community) AS home,
  c.said ->> 'team' AS team, c.said ->> 'asker' AS asker, c.said ->> 'mission' AS mission, c.said -> 'serves' AS serves,
  (coalesce(c.said ->> 'at', c.said ->> 'leaves'))::timestamptz AS at, (c.said ->> 'home_again')::timestamptz AS home_again,
  c.said ->> 'reason' AS reason, c.recorded, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c JOIN mirror.kind k ON k.number = c.kind WHERE c.kind BETWEEN 108 AND 113 AND c.reading = 1;

-- Care and work for others. Counts of people are rounded to 5, and left out below 8.
CREATE OR REPLACE VIEW koinon.services AS
SELECT c.community, c.said ->> 'provider' AS provider, c.said ->> 'place' AS place, c.said ->> 'kind' AS kind,
  c.said -> 'services' AS services, (c.said ->> 'per_day')::bigint AS per_day, (c.said ->> 'closed')::boolean AS closed,
  c.recorded, row_number() OVER (PARTITION BY c.community, c.said ->> 'provider'
    ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c WHERE c.kind = 114 AND c.reading = 1;

-- The last word of a community on a request counts, be it that it asks or that it asks no more.
CREATE OR REPLACE VIEW koinon.service_requests AS
SELECT w.community, w.ask, w.said ->> 'place' AS place, w.said ->> 'kind' AS kind, w.said ->> 'service' AS service,
  (w.said ->> 'count')::bigint AS count, (w.said ->> 'each')::bigint AS each, w.said ->> 'urgency' AS urgency,
  (w.said ->> 'by')::date AS needed_by, w.said ->> 'reason' AS reason, w.kind = 116 AS closed, w.recorded, w.latest, w.fact,
  w.first_view_by, w.first_view_at
FROM (
  SELECT c.community, c.said ->> 'ask' AS ask, c.said, c.kind, c.recorded, c.fact, c.first_view_by, c.first_view_at,
    row_number() OVER (PARTITION BY c.community, c.said ->> 'ask'
      ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest
  FROM mirror.shown c WHERE c.kind IN (115, 116) AND c.reading = 1
) w;

CREATE OR REPLACE VIEW koinon.service_steps AS
SELECT c.community, k.name AS step, c.said ->> 'promise' AS promise, coalesce(c.said ->> 'home', c.community) AS home,
  c.said ->> 'provider' AS provider, c.said ->> 'asker' AS asker, c.said ->> 'ask' AS ask, c.said ->> 'kind' AS kind,
  c.said ->> 'service' AS service, (c.said ->> 'count')::bigint AS count,
  (coalesce(c.said ->> 'on', c.said ->> 'first'))::date AS first_day, (c.said ->> 'last')::date AS last_day,
  c.said ->> 'reason' AS reason, c.recorded, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c JOIN mirror.kind k ON k.number = c.kind WHERE c.kind BETWEEN 117 AND 121 AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.agreements AS
SELECT c.community, k.name AS step, c.said ->> 'text' AS agreement, c.recorded, c.fact
FROM mirror.counts c JOIN mirror.kind k ON k.number = c.kind WHERE c.kind IN (23, 24, 25) AND c.reading = 1;

CREATE OR REPLACE VIEW koinon.served AS
SELECT c.community, (c.said ->> 'month')::integer AS month, (c.said ->> 'people')::bigint AS people,
  (c.said ->> 'households')::bigint AS households, c.recorded,
  row_number() OVER (PARTITION BY c.community, c.said ->> 'month'
    ORDER BY c.recorded DESC, c.log DESC, c.seq DESC) = 1 AS latest, c.fact, c.first_view_by, c.first_view_at
FROM mirror.shown c WHERE c.kind = 96 AND c.reading = 1;

