"""Pages of the data-quality dashboard."""
