"""Asking institutions person by person: request files in their own layout, and their answers matched back."""
