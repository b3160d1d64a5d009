"""Whom to ask where and when, what state each request is in, and how fast institutions answer. Pure: frames in, frames out."""
