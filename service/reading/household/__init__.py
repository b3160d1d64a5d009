"""One household as pages show it: read from the newest run, one module a part. Nothing here knows of HTTP."""
