"""Published record of how rows were linked: the parameters of each dataset. Declarations only."""

from __future__ import annotations

from household.schema.datasets import DATASETS
from household.schema.published.column import Held, PublishedColumn, PublishedTable

LINK_MODEL = PublishedTable(
    "link_model",
    "关联模型",
    "one row a dataset that is linked: by which parameters rows without a deciding number were, and what they decided",
    (
        PublishedColumn("dataset", "数据集", Held.TEXT, required=True, values=tuple(DATASETS)),
        PublishedColumn(
            "model_digest",
            "模型摘要",
            Held.TEXT,
            required=True,
            note="first 12 hexadecimal digits of the SHA-256 of the model's text",
        ),
        PublishedColumn(
            "is_pinned",
            "是否为本地估计",
            Held.FLAG,
            required=True,
            note="true: estimated from this county's rows and pinned; false: shipped with the program",
        ),
        PublishedColumn(
            "origin",
            "来源",
            Held.TEXT,
            required=True,
            note="how it came about: shipped, or dataset, run and counts of the rows that taught it",
        ),
        PublishedColumn(
            "accept",
            "接受阈值",
            Held.SCORE,
            required=True,
            note="score from which a link is tier C",
        ),
        PublishedColumn(
            "review", "复核阈值", Held.SCORE, required=True, note="score from which it is tier D"
        ),
        PublishedColumn(
            "matched",
            "有主比例",
            Held.SCORE,
            required=True,
            note="share of rows expected to belong to somebody of the population",
        ),
        PublishedColumn(
            "population", "人口", Held.COUNT, required=True, note="people that a row may belong to"
        ),
        PublishedColumn(
            "links_accepted",
            "接受数",
            Held.COUNT,
            required=True,
            note="links of tier C that the score decided, before what may be read is cut out",
        ),
        PublishedColumn(
            "links_proposed", "待判数", Held.COUNT, required=True, note="likewise of tier D"
        ),
    ),
    key=("dataset",),
)
