"""DuckDB: what is published, how it is swapped in whole, read and exported. Only this package imports duckdb."""
