"""The watch over households that draw: the calendar of what falls due, who was screened from what, what changed since the last look."""
