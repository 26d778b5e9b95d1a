"""The caller's own AWS settings, right or wrong, mean nothing to the cloud on this machine."""

import botocore.session
import pytest
from botocore.exceptions import BotoCoreError

from infra.local.cloud import cloud

ODD = {
    "AWS_PROFILE": "no-such-profile",
    "AWS_DEFAULT_PROFILE": "no-such-profile",
    "AWS_DEFAULTS_MODE": "odd",
    "AWS_MAX_ATTEMPTS": "many",
    "AWS_RETRY_MODE": "odd",
    "AWS_STS_REGIONAL_ENDPOINTS": "odd",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": "lots",
    "AWS_RESPONSE_CHECKSUM_VALIDATION": "odd",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "odd",
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "odd",
    "AWS_ENDPOINT_URL": "odd",
    "AWS_ENDPOINT_URL_S3": "http://elsewhere.example",
    "AWS_CA_BUNDLE": "/nonexistent",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_DEFAULT_REGION": "",
}


@pytest.fixture
def own(tmp_path):
    """A cloud whose clients are of a session that begins now."""
    cloud._session.cache_clear()
    yield cloud.Cloud("http://127.0.0.1:1", tmp_path)
    cloud._session.cache_clear()


def works(own):
    for service in ("s3", "dynamodb", "stepfunctions", "secretsmanager"):
        client = own.client(service)
        assert client.meta.endpoint_url == "http://127.0.0.1:1"
        assert client.meta.region_name == cloud.REGION
    return True


@pytest.mark.parametrize("name", ODD)
def test_a_variable_of_aws_changes_nothing(own, monkeypatch, name):
    monkeypatch.setenv(name, ODD[name])
    assert works(own)


def test_a_broken_file_of_settings_changes_nothing(own, monkeypatch, tmp_path):
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        broken = tmp_path / variable
        broken.write_text("[default\nnonsense")
        monkeypatch.setenv(variable, str(broken))
    assert works(own)


def test_the_same_settings_break_a_session_of_boto3s(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    with pytest.raises(BotoCoreError):
        botocore.session.Session().create_client("s3", region_name=cloud.REGION)
