"""Declared once: what arrives and what is published."""
