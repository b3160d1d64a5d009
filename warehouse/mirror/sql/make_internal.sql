-- Where the rows stand; nobody but its owner reads it.
CREATE SCHEMA IF NOT EXISTS hedui_mirror
