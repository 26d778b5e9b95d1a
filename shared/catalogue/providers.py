"""Services that fine-tune, as data: what each speaks, takes, calls things, and charges time by."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from shared.catalogue.record import Record
from shared.text import on_own_machine

JobField = Literal["metadata", "suffix", "seed", "validation_file"]
DataFormat = Literal["chat", "prompt_completion", "bedrock_conversation"]
JobState = Literal["queued", "running", "paused", "succeeded", "failed", "cancelled"]


class Hyperparameters(Record):
    """How a provider wants hyper-parameters sent, and those it must always be sent.

    Bedrock takes them as `strings`, and calls the epochs `epochCount`.
    """

    style: Literal["method", "top_level", "strings"]
    extra: Mapping[str, bool | int | float | str]

    @field_validator("extra")
    @classmethod
    def _leaves_the_epochs(cls, extra: Mapping[str, Any]) -> Mapping[str, Any]:
        """More epochs than the run reserved money for would be billed all the same."""
        if {"n_epochs", "epochCount"} & set(extra):
            raise ValueError("n_epochs belongs to the run, which pays for it; leave it out")
        return extra


class TimeBilling(Record):
    """How a service that charges training by time is held to a limit, and says what it took, as fields on the wire.

    `limit`, in a job's creation, is after how many seconds the service itself stops, whatever becomes of
    us; `billed`, in a job, how many seconds it charges.
    """

    limit: str = Field(min_length=1)
    billed: str = Field(min_length=1)


def key_variable(provider: str) -> str:
    """Return the environment's variable for a provider's key."""
    return re.sub(r"\W", "_", provider).upper() + "_API_KEY"


class Provider(Record):
    """One fine-tuning service.

    `api`: what it speaks: OpenAI's protocol, or AWS's own for Bedrock, which has no `base_url`: it is
    asked in the region of the stack, with the stack's own rights and no key.
    `deploy`: what must happen between a finished job and its first answer: nothing, a call of
    Nebius's or of Bedrock's, or a person's hand. `idle_costs`: whether a deployed model costs while
    nobody asks it; then a run retires at its end what it deployed.
    `byte_order_mark`: whether training files must begin with one. `data_format`: how a training file
    says an example; `weighs`: whether a message in it may say that it is not to be learnt.
    `fields`: what it takes in a job's creation beyond the protocol's least; `validation_file` only
    where it keeps the names of uploads and bills nothing for validation; `job_fields`: what it wants
    there of its own. `tunes_until`: the last day that it creates jobs. `statuses`: its own words for a
    job's states as the protocol's; a word that neither knows is unknown, and waited for as long as a
    job may last. `time_billing`: how prices by time are held to a limit; without it no model of the
    service that charges so is bought. `at_once`: how many questions of an arm it is asked at the same time, for one
    that answers several together sooner than one after the other.
    """

    provider: str
    api: Literal["openai", "bedrock"] = "openai"
    base_url: str = ""
    hyperparameters: Hyperparameters
    deploy: Literal["none", "nebius_v0", "on_demand", "by_hand"]
    byte_order_mark: bool = False
    data_format: DataFormat = "chat"
    weighs: bool = False
    idle_costs: bool = False
    fields: tuple[JobField, ...] = ("metadata", "suffix", "seed")
    job_fields: Mapping[str, bool | int | str] = Field(default_factory=dict)
    statuses: Mapping[str, JobState] = Field(default_factory=dict)
    tunes_until: date | None = None
    time_billing: TimeBilling | None = None
    at_once: int = Field(default=1, ge=1, le=16)

    @model_validator(mode="after")
    def _has_an_address(self) -> Self:
        """OpenAI's protocol is spoken at an address; what Bedrock's region says, nobody else may."""
        if (self.api == "openai") != bool(self.base_url):
            wanted = "needs a base_url" if self.api == "openai" else "takes no base_url"
            raise ValueError(f"a provider with api {self.api} {wanted}")
        if self.base_url and not hides_keys(self.base_url):
            raise ValueError(
                f"base_url {self.base_url} would carry the API key in the clear; write https://"
            )
        return self


def hides_keys(url: str) -> bool:
    """Return whether an address may be sent an API key: over TLS, or on this machine."""
    scheme = urlsplit(url).scheme
    return scheme == "https" or (scheme == "http" and on_own_machine(url))
