-- The fewest bytes that the file can have by its own account: three headers of 4,096 bytes and the blocks in use. Free blocks
-- at the end may have been cut off by DuckDB itself.
SELECT 3 * 4096 + used_blocks * block_size FROM pragma_database_size() WHERE database_name = current_database()
