"""The bucket: where everything lies in it, and the Parquet tables of the lake.

`tables` and `schemas` need pyarrow, so who reads or writes Parquet imports them by name.
"""

from shared.lake import keys
from shared.lake.bucket import TROUBLE, Bucket, contended

__all__ = ["TROUBLE", "Bucket", "contended", "keys"]
