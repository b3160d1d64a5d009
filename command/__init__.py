"""The program `hedui`: options in, one clear line or a summary out. What it does lives in the packages that it calls.

Each command imports what it drives when it is called, so that `--help` answers at once.
"""
