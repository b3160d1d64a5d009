-- The version and the digest of the declarations.
SELECT version, shape FROM hedui_mirror.mirror
