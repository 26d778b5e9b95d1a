"""A profile's `api` chooses the adapter, and an address given beside it the place."""

import boto3
import pytest

from shared import catalogue
from shared.lake import Bucket
from shared.providers.aws import Bedrock
from shared.providers.factory import Rights, connect
from shared.providers.openai_compat import OpenAICompatible

HERE = "http://127.0.0.1:1/"


@pytest.fixture
def rights():
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    return Rights(Bucket(session.client("s3"), "lake"), "arn:aws:iam::1:role/training", session)


@pytest.mark.parametrize(
    ("name", "adapter"),
    [("openai", OpenAICompatible), ("nebius", OpenAICompatible), ("bedrock", Bedrock)],
)
def test_every_profile_gets_the_adapter_of_its_protocol_at_the_address_that_is_given(
    name, adapter, rights
):
    provider = connect(catalogue.packaged().provider(name), lambda renew: "sk-test", rights, HERE)
    assert type(provider) is adapter
    assert provider.base_url.rstrip("/") == HERE.rstrip("/")


def test_without_an_address_a_provider_is_asked_at_its_own(rights):
    profile = catalogue.packaged().provider("nebius")
    provider = connect(profile, lambda renew: "sk-test", rights)
    assert provider.base_url.rstrip("/") == profile.base_url.rstrip("/")
