-- Whole alerts by where they are: read without looking through the others. Whoever asks checks that they are those meant.
SELECT * FROM publish.alert WHERE rowid IN (SELECT unnest($rows))
