"""Doors to the outside: what arrives, how it is read, and which of it stands. No rule of the domain lives here."""
