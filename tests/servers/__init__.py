"""Real servers on loopback, started by tests: one module a kind. What a Debian package lacks is told by skipping, never mocked."""
