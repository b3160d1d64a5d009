"""Dagster definitions, one folder a step. An asset is wiring and metadata; what it does is a function of `pipelines`."""
