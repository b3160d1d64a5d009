"""Rigid spending of the twelve months before the application (assessment §7; 民发〔2024〕57号)."""
