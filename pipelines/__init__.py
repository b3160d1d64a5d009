"""Driving everything: steps as plain functions, Dagster assets around them, and the run of the command line.

Only `defs/`, `definitions.py`, `guard.py`, `logs.py` and `drive.py` know Dagster; the steps are called by tests without it.
"""
