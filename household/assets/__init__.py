"""Assets of the counted members (assessment §7). One module a kind."""
