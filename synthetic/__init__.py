"""Synthetic counties.

An inbox in the form of the contract, made from a seed, with the truth about it. Knows only
`household`.
"""
