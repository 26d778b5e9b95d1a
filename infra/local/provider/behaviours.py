"""How services that speak one wire protocol behave where it leaves them a choice, as data.

Each is written from its service's own words. `openai`: OpenAI's API reference and fine-tuning guide. `nebius`:
Token Factory's API reference, whose job shows no metadata and no model name, and whose listings take no cursor.
`azure`: Microsoft's REST reference and fine-tuning guide. `bare`: what the typed models of the `openai` client
cannot do without.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from infra.local.provider.wire import ApiError


@dataclass(frozen=True, slots=True)
class Counting:
    """The tokens of a chat: those of its texts and roles, and what a model's template puts around them.

    `text_permille`: how many tokens the model's own tokenizer makes of 1,000 of o200k_base's.
    """

    per_message: int
    per_example: int
    per_prompt: int
    text_permille: int = 1000

    def of_text(self, tokens: int) -> int:
        """Return what `tokens` of o200k_base are in the model's own tokens."""
        return -(-tokens * self.text_permille // 1000)

    def in_text(self, own_tokens: int) -> int:
        """Return the most tokens of o200k_base that are not more than `own_tokens`."""
        return own_tokens * 1000 // self.text_permille


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error that a service answers with; `name` in the message stands for what was asked for."""

    status: int
    code: str | int | None
    message: str

    def error(self, name: object) -> ApiError:
        """Return the error for what was asked for by this name."""
        return ApiError(self.status, self.message.format(name=name), code=self.code)


# OpenAI's cookbook: three tokens a message, three an example, and three before an answer.
COOKBOOK = Counting(per_message=3, per_example=3, per_prompt=3)
# Llama 3's template: four marks a message, a system message with two dates before every chat, four
# marks before an answer; its tokenizer makes 3.6 % more of 50 real interviews.
LLAMA = Counting(per_message=4, per_example=28, per_prompt=32, text_permille=1036)
# How Nova counts is not published: a tenth more than o200k_base, and a template such as Llama's, are a guess.
NOVA = Counting(per_message=4, per_example=28, per_prompt=32, text_permille=1100)

_STILL_PROCESSED = Refusal(
    400, None, "File '{name}' is still being processed and is not ready. Please try again later."
)


_BY_FAMILY = {"meta-llama/": LLAMA, "amazon.": NOVA, "": COOKBOOK}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a service does where the protocol leaves it a choice.

    `echoes`: what of a request a job shows, by the name on the wire. `words`: its own job statuses.
    `file_wait` and `model_wait` are shares of the time that a job takes. `counting` is chosen by how
    the base model's name begins, the first that fits. A listing that does not `page` shows
    everything each time and says there is more.
    """

    name: str
    echoes: Mapping[str, str]
    counting: Mapping[str, Counting]
    file_unready: Refusal
    model_unready: Refusal
    file_wait: float = 0.1
    model_wait: float = 0.25
    file_done: str = "processed"
    words: Mapping[str, str] = field(default_factory=dict)
    filters_by_metadata: bool = False
    pages: bool = True
    keeps_file_names: bool = True
    tells_steps: bool = False
    tells_estimate: bool = False
    tells_failed_tokens: bool = False
    cuts_long_examples: bool = False
    suffixes: str = r"(?s).{0,64}"
    needs_byte_order_mark: bool = False

    def counts(self, base_model: str) -> Counting:
        """Return how this service counts for a model, by its name on the wire."""
        return next(how for start, how in self.counting.items() if base_model.startswith(start))

    def word(self, status: str) -> str:
        """Return the service's own word for a status."""
        return self.words.get(status, status)


OPENAI = Behaviour(
    name="openai",
    echoes={
        "metadata": "metadata",
        "user_provided_suffix": "suffix",
        "seed": "seed",
        "method": "method",
        "hyperparameters": "hyperparameters",
    },
    counting={"": COOKBOOK},
    file_unready=_STILL_PROCESSED,
    model_unready=Refusal(
        404, "model_not_found", "The model '{name}' does not exist or you do not have access to it."
    ),
    filters_by_metadata=True,
    tells_estimate=True,
    cuts_long_examples=True,
)

NEBIUS = Behaviour(
    name="nebius",
    echoes={"suffix": "suffix", "seed": "seed", "hyperparameters": "hyperparameters"},
    counting=_BY_FAMILY,
    file_unready=_STILL_PROCESSED,
    model_unready=Refusal(404, 404, "The model `{name}` does not exist."),
    pages=False,
    tells_steps=True,
    tells_estimate=True,
    tells_failed_tokens=True,
)

AZURE = Behaviour(
    name="azure",
    echoes={
        "user_provided_suffix": "suffix",
        "seed": "seed",
        "method": "method",
        "hyperparameters": "hyperparameters",
    },
    counting=_BY_FAMILY,
    file_unready=Refusal(
        400, "invalidPayload", "The specified file reference must point to a completed file import."
    ),
    model_unready=Refusal(
        404,
        "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within "
        "the last 5 minutes, please wait a moment and try again.",
    ),
    words={"validating_files": "pending", "queued": "pending"},
    cuts_long_examples=True,
    suffixes=r"[A-Za-z0-9_-]{0,40}",
    needs_byte_order_mark=True,
)

BARE = Behaviour(
    name="bare",
    echoes={},
    counting=_BY_FAMILY,
    file_unready=_STILL_PROCESSED,
    model_unready=Refusal(404, 404, "The model `{name}` does not exist."),
    pages=False,
    keeps_file_names=False,
)

OWN = replace(
    OPENAI, name="own", file_wait=0.0, model_wait=0.0, tells_steps=True, tells_failed_tokens=True
)
"""One's own machine: nothing is hidden, and nothing is waited for that is not work."""

BEHAVIOURS: Mapping[str, Behaviour] = {
    behaviour.name: behaviour for behaviour in (OPENAI, NEBIUS, AZURE, BARE)
}
"""Of the services that a stand-in stands in for, by name."""
