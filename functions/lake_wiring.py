"""What the handlers that read and write tables need besides."""

from functools import cache

import boto3

from shared.lake.tables import Lake
from shared.run.environment import environment


@cache
def lake() -> Lake:
    """Return the lake."""
    return Lake(boto3.client("s3"), environment().bucket)
