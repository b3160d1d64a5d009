-- One row: the version of the layout, and a digest of everything that was declared when the views were made.
CREATE TABLE hedui_mirror.mirror (one boolean PRIMARY KEY DEFAULT true CHECK (one), version integer NOT NULL, shape text NOT NULL)
