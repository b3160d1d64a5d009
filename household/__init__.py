"""The core: law and arithmetic, pure. No database, no orchestration, no web."""
