"""The independent calculator: the contract read aloud, row by row, in whole fractions.

Nothing here may import the engine (only `household.schema`, which says what a column is). It is slow on purpose: each module
is one section of the contract, in the contract's order of words, so that a person can hold the two side by side.
"""
