"""Does what the event asks, so that a state machine in a test can ask for anything."""

import os
import time

import boto3
from shared.failures import CeilingReached


def handler(event, context):
    """Acts on `do`; the rest of the event are its arguments."""
    return _ACTIONS[event["do"]](event)


def _fail(event):
    raise CeilingReached(event["message"])


def _sleep(event):
    time.sleep(event["seconds"])
    return {"slept": event["seconds"]}


def _store(event):
    boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key=event["key"], Body=b"stored")
    return {"key": event["key"]}


_ACTIONS = {
    "echo": lambda event: {"said": event.get("say", "")},
    "fail": _fail,
    "sleep": _sleep,
    "store": _store,
    "fill": lambda event: {"filling": "x" * event["bytes"]},
    "environment": lambda event: {name: os.environ.get(name, "") for name in event["names"]},
}
