"""Income of the window, per person and kind (assessment §5 and §6). One module a kind."""
