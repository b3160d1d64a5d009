-- Quarantined cells of the newest run by dataset, region, column and reason, with the first run kept that had such.
SELECT ledger.dataset, ledger.region_code, cell."column", cell.reason_code,
       any_value(cell.reason_zh) AS reason_zh,
       count(*) FILTER (cell.run_id = newest.run_id) AS cells,
       count(DISTINCT (cell.file, cell.line)) FILTER (cell.run_id = newest.run_id) AS lines,
       count(DISTINCT cell.file) FILTER (cell.run_id = newest.run_id) AS files,
       min(cell.run_id) AS first_run
FROM publish.quarantine AS cell
JOIN (SELECT DISTINCT run_id, file, dataset, region_code FROM publish.intake_ledger) AS ledger USING (run_id, file)
CROSS JOIN (SELECT max(run_id) AS run_id FROM publish.run) AS newest
GROUP BY ledger.dataset, ledger.region_code, cell."column", cell.reason_code
HAVING count(*) FILTER (cell.run_id = newest.run_id) > 0
ORDER BY cells DESC, ledger.dataset, ledger.region_code, cell."column", cell.reason_code
