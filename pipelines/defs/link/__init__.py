"""Step link: who is who."""
