-- Every run that is kept.
CREATE SCHEMA IF NOT EXISTS publish
