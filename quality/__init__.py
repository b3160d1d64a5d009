"""Quality of what arrives: rules for every row, a gate for every dataset, and the pages that show the results.

Great Expectations is imported nowhere else in the product, and here only through `warm`, when a gate is held.
"""
