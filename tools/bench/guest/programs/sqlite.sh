# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
rm -f /tmp/bench.db
sqlite3 /tmp/bench.db >/tmp/sqlite.out <<'EOS'
CREATE TABLE t (id INTEGER PRIMARY KEY, key INTEGER, text TEXT);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
	INSERT INTO t SELECT i, (i * 7919) % 6007, 'row number ' || i FROM n;
COMMIT;
CREATE INDEX k ON t (key);
SELECT count(*), sum(length(text)) FROM t WHERE key BETWEEN 100 AND 4000;
UPDATE t SET text = text || '!' WHERE key % 3 = 0;
SELECT key % 100 AS g, count(*), max(text) FROM t GROUP BY g ORDER BY 2 DESC, 1;
DELETE FROM t WHERE key % 5 = 0;
EOS
