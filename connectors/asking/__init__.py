"""Asking institutions person by person: what a round does, the book it is kept in, and answers matched back. Their layouts have a room of their own."""
