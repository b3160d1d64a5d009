-- Lines of digest and lookup column.
COPY pg_temp.closing (row_digest, lookup) FROM STDIN
