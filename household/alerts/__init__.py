"""Alerts (预警): what a person should look at, one module a family (assessment §10). They point; they decide nothing."""
