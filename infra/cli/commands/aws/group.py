"""`econchatr aws`: the group, whose commands are loaded when they are called."""

from typing import Any

import click

from infra.cli.aws.sentences import sentences
from infra.cli.lazy import LazyCommands


class SpeaksInSentences(click.Group):
    """A group in whose commands whatever AWS says against them becomes one of our errors."""

    def invoke(self, ctx: click.Context) -> Any:
        with sentences():
            return super().invoke(ctx)


@click.group(
    "aws",
    cls=SpeaksInSentences,
    commands=LazyCommands(
        {
            "check": "infra.cli.commands.aws.stacks:check",
            "deploy": "infra.cli.commands.aws.stacks:deploy",
            "keys": "infra.cli.commands.aws.put:keys",
            "put-show": "infra.cli.commands.aws.put:put_show",
            "put-transcripts": "infra.cli.commands.aws.put:put_transcripts",
            "put-catalogue": "infra.cli.commands.aws.put:put_catalogue",
            "start": "infra.cli.commands.aws.runs:start",
            "watch": "infra.cli.commands.aws.runs:watch",
            "stop": "infra.cli.commands.aws.runs:stop",
            "runs": "infra.cli.commands.aws.runs:runs",
            "report": "infra.cli.commands.aws.results:report",
            "query": "infra.cli.commands.aws.results:query",
            "schedule": "infra.cli.commands.aws.stacks:schedule",
            "destroy": "infra.cli.commands.aws.stacks:destroy",
        }
    ),
    short_help="A stack on AWS, from nothing to gone.",
    epilog="""\b
Example:
  econchatr aws check
  econchatr aws deploy --month-ceiling-usd 40
  econchatr aws keys set nebius
  econchatr aws put-show mine.yaml
  econchatr aws start mine --ceiling 10
  econchatr aws report""",
)
def aws() -> None:
    """A stack on AWS, from nothing to gone. Credentials are those that boto3 finds."""
