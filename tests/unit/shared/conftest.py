"""A lake on an S3 in memory."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from shared.lake.tables import Lake


@pytest.fixture
def lake() -> Iterator[Lake]:
    with mock_aws():
        client = boto3.client(
            "s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        client.create_bucket(Bucket="porch-lake")
        yield Lake(client, "porch-lake")
