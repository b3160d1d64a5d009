-- Note the version and the digest of the declarations.
INSERT INTO hedui_mirror.mirror (version, shape) VALUES (%(version)s, %(shape)s)
ON CONFLICT (one) DO UPDATE SET version = excluded.version, shape = excluded.shape
