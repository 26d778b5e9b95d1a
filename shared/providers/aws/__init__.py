"""Amazon Bedrock, asked in AWS's own way."""

from shared.providers.aws.bedrock import Bedrock, Rights

__all__ = ["Bedrock", "Rights"]
