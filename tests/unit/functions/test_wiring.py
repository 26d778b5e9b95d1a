"""What boto3 raises becomes one error that every Retry knows, where another try may cure it."""

from types import SimpleNamespace

import pytest
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore import exceptions

from functions.wiring import aws_trouble, logged
from shared.errors import AwsUnavailable, NoApiKey
from shared.providers import ProviderUnavailable


def answered(code, status):
    details = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return exceptions.ClientError(details, "Any")


TROUBLE = [
    answered("SlowDown", 503),
    answered("InternalError", 500),
    answered("ThrottlingException", 400),
    answered("ProvisionedThroughputExceededException", 400),
    answered("Anything", 429),
    answered("BadGateway", 502),
    exceptions.EndpointConnectionError(endpoint_url="https://s3.example.org"),
    exceptions.ConnectTimeoutError(endpoint_url="https://s3.example.org"),
    exceptions.ReadTimeoutError(endpoint_url="https://s3.example.org"),
    exceptions.ConnectionClosedError(endpoint_url="https://s3.example.org"),
    exceptions.ResponseStreamingError(error="reset"),
    exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2),
    exceptions.SSLError(endpoint_url="https://s3.example.org", error=OSError("eof")),
]
OTHERS = [
    answered("AccessDenied", 403),
    answered("NoSuchKey", 404),
    answered("ValidationException", 400),
    exceptions.ParamValidationError(report="x"),
    exceptions.NoCredentialsError(),
    ValueError("our own"),
]


@pytest.mark.parametrize("error", TROUBLE, ids=repr)
def test_trouble_is_worth_another_try(error):
    with pytest.raises(AwsUnavailable, match="AWS is in trouble"), aws_trouble():
        raise error


@pytest.mark.parametrize("error", OTHERS, ids=repr)
def test_what_no_other_try_cures_is_raised_as_it_is(error):
    with pytest.raises(type(error)), aws_trouble():
        raise error


@pytest.mark.parametrize("error", [ProviderUnavailable("away"), NoApiKey("none")])
def test_an_error_of_our_own_keeps_its_name_whatever_it_came_from(error):
    with pytest.raises(type(error)), aws_trouble():
        raise error from TROUBLE[0]


def test_trouble_behind_another_librarys_error_is_found():
    with pytest.raises(AwsUnavailable), aws_trouble():
        raise GetParameterError("no secret") from answered("ThrottlingException", 400)
    with pytest.raises(GetParameterError), aws_trouble():
        raise GetParameterError("no secret") from answered("AccessDeniedException", 400)


def test_a_handler_fails_with_the_name_that_the_machine_retries():
    @logged
    def handler(event, context):
        raise TROUBLE[0]

    context = SimpleNamespace(
        function_name="f", memory_limit_in_mb=1, invoked_function_arn="a", aws_request_id="r"
    )
    with pytest.raises(AwsUnavailable):
        handler({}, context)
