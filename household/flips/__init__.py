"""Flip facts: which single line of evidence decides a suggestion."""
