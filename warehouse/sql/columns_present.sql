-- Every table of the file and its columns in order, to tell a warehouse from a stranger's file.
SELECT schema_name, table_name, column_name, data_type
FROM duckdb_columns()
WHERE NOT internal AND database_name = current_database()
ORDER BY schema_name, table_name, column_index
