"""Whatever AWS or its client says against a command becomes one of our errors."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from shared.errors import EconChatRError


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what AWS or its client raises in the block into NotConnected, NotAllowed or AwsFailed."""
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit, EconChatRError):
        raise
    except Exception as error:
        from infra.cli.aws.stack import sentence_of

        if (sentence := sentence_of(error)) is None:
            raise
        raise sentence from error
