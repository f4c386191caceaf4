"""Tables that people and banks write as CSV: bytes to rows whose columns are known, days and sums among them.

Pure: what the columns are called is handed in (`rules/columns.yaml`). Nothing in a cell is ever evaluated.
"""

from cancelproof.tables.days import day_order, read_day
from cancelproof.tables.sums import decimal_mark, read_sum
from cancelproof.tables.table import Layout, NoTable, Row, Table, read_table

__all__ = [
    "Layout",
    "NoTable",
    "Row",
    "Table",
    "day_order",
    "decimal_mark",
    "read_day",
    "read_sum",
    "read_table",
]
