-- Rows that the run no longer has, by digest and the column that finds them quickly.
CREATE TEMPORARY TABLE closing (row_digest uuid NOT NULL, lookup text NOT NULL) ON COMMIT DROP
