-- The newest run.
CREATE SCHEMA IF NOT EXISTS "current"
