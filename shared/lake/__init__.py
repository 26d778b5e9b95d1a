"""The bucket: where everything lies in it, and the Parquet tables of the lake with a type for the rows of each.

`tables` and `schemas` need pyarrow, so who reads or writes Parquet imports them by name.
"""

from shared.lake import keys, rows
from shared.lake.bucket import TROUBLE, Bucket, contended
from shared.lake.columns import from_json

__all__ = ["TROUBLE", "Bucket", "contended", "from_json", "keys", "rows"]
