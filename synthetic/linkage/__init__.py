"""A labelled corpus for identity linkage: a roster, five registers, and who every row is of.

Flat and large, for the tests and the benchmark of linkage; the county of the whole pipeline is
`synthetic.county`'s. `corpus.write_corpus` is the way in.
"""

from __future__ import annotations

from synthetic.linkage.corpus import SOURCES, write_corpus

__all__ = ["SOURCES", "write_corpus"]
