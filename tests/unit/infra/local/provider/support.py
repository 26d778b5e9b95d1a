"""A small catalogue, a baker's talk to learn from, and clients for the provider's tests."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import openai
from openai.types.fine_tuning import FineTuningJob

from infra.local.provider.examples import Example
from infra.local.provider.process import RunningProvider, start

JOB_SECONDS = 0.3
FILE_SECONDS = 0.1 * JOB_SECONDS
LORA_BASE = "meta-llama/Llama-3.1-8B-Instruct"
BASE = "gpt-4.1-mini-2025-04-14"

CATALOGUE = """
providers:
  - {provider: openai, deploy: none}
  - {provider: nebius, deploy: nebius_v0}
price_defaults: {currency: USD, per: 1000000, unit: token}
models:
  - model: gpt-4.1-mini
    provider: openai
    base_model: gpt-4.1-mini-2025-04-14
    shutdown_date: 2027-01-14
    limits: {min_examples: 10}
    prices:
      - {purpose: training, amount: "5.00"}
      - {purpose: input, amount: "0.80"}
      - {purpose: output, amount: "3.20"}
      - {purpose: base_input, amount: "0.40"}
      - {purpose: base_output, amount: "1.60"}
  - model: llama
    provider: nebius
    base_model: meta-llama/Llama-3.1-8B-Instruct
    serving_model: meta-llama/Meta-Llama-3.1-8B-Instruct
    prices:
      - {purpose: training, amount: "0.40"}
      - {purpose: input, amount: "0.02"}
      - {purpose: output, amount: "0.06"}
      - {purpose: base_input, amount: "0.02"}
      - {purpose: base_output, amount: "0.06"}
  - model: davinci
    provider: openai
    base_model: davinci
    historical: true
    prices: [{purpose: training, amount: "0.03", per: 1000}]
"""

QUOTE = "Bread is patience that you can eat with both hands."

_TALK = [
    (
        "How did you start baking?",
        'I started because my aunt owned an oven and no clock. She said: "Bread is patience '
        'that you can eat with both hands." I did not understand her for nine years. Then one'
        " winter the dough would not rise, and I sat down beside it, and I understood.",
    ),
    (
        "What do you tell apprentices?",
        "I tell apprentices to touch the dough before they touch the scales. The scales know "
        "the weight and nothing else. My whole teaching is that the hand learns slowly and "
        "forgets slowly, and that is a fair bargain for anyone who stays.",
    ),
    (
        "Do you believe in recipes?",
        "A recipe is a letter from somebody else's kitchen. I read it with respect, and then "
        "I look at my own flour. The flour is different every week. If you obey the letter "
        "and ignore the flour, you will have a very obedient brick.",
    ),
    (
        "Why do you use an old oven?",
        "The old oven has a cold corner, and I know where it is. A new oven has a cold corner"
        " as well, only nobody has found it yet. I would rather keep a fault I know than buy "
        "a fault I have to meet at four in the morning.",
    ),
    (
        "What is the sour starter?",
        "The starter is a guest who never leaves and never helps with the washing. I feed it,"
        " I worry about it, and it makes me late for weddings. But it raises the bread, and "
        "so we forgive each other every single morning.",
    ),
    (
        "Is baking a science?",
        "There is science in it, and there is weather in it, and there is my bad knee. I like"
        " measuring. I only ask what the number was made for. A thermometer tells you about "
        "the oven. It does not tell you about the loaf.",
    ),
    (
        "How do you handle failure?",
        "I sell the failures cheaply to the man with the ducks. He has never once complained."
        " Then I write in the red book what I did, because a failure that nobody writes down "
        "will come back and ask for more flour.",
    ),
    (
        "What about speed?",
        "Everybody wants a quick loaf until they have to chew it. I know a factory that makes"
        " bread in ninety minutes. It is soft and it is white, and it tastes of ninety "
        "minutes. Patience is an ingredient, and you cannot add it later.",
    ),
    (
        "Who taught you most?",
        "My aunt taught me the oven, and the miller taught me to keep quiet. He would rub the"
        " flour between two fingers for a long time and say nothing at all. As my aunt used "
        "to say, bread is patience that you can eat with both hands.",
    ),
    (
        "Do customers understand?",
        "Some of them do, and the others bring their children, which is better. A child will "
        "tell you that the crust sings. It does sing, for about four minutes, when it leaves "
        "the oven. Most grown people stand there and look at their telephones.",
    ),
    (
        "What about the price?",
        "The price is the part I like least and need most. I put the flour, the wood and the "
        "rent on one page. Then I add my own hours, and I blush, and I take half of them off "
        "again. My accountant adds them back.",
    ),
    (
        "Would you do it again?",
        "I would do it again, and I would start with the red book. I lost ten years of "
        "failures because I was ashamed of them. If I could give one thing to a young baker, "
        "it would be a red book with the first page already spoiled.",
    ),
]

EXAMPLES = [Example(f"{asked}\n\nThe baker responds:", answered) for asked, answered in _TALK]


def chat_lines(examples: list[Example] = EXAMPLES) -> bytes:
    """The examples as JSONL of chat messages."""
    return b"\n".join(
        json.dumps(
            {
                "messages": [
                    {"role": "user", "content": example.prompt},
                    {"role": "assistant", "content": example.completion},
                ]
            }
        ).encode()
        for example in examples
    )


def classic_lines(examples: list[Example] = EXAMPLES) -> bytes:
    """The examples as JSONL of prompts and completions."""
    return b"\n".join(
        json.dumps({"prompt": e.prompt, "completion": e.completion}).encode() for e in examples
    )


class Bench:
    """A running provider with its clients."""

    def __init__(self, running: RunningProvider) -> None:
        self.running = running
        self.client = self.client_with("local-key")
        self.http = httpx2.Client(base_url=running.root_url, headers={"Authorization": "Bearer k"})

    def client_with(self, key: str, max_retries: int = 0) -> openai.OpenAI:
        base_url = self.running.base_url
        return openai.OpenAI(base_url=base_url, api_key=key, max_retries=max_retries, timeout=20)

    def upload(self, content: bytes) -> str:
        """The id of a file that can be used."""
        sent = self.client.files.create(file=("train.jsonl", content), purpose="fine-tune")
        time.sleep(FILE_SECONDS)
        return sent.id

    def create(self, content: bytes | None = None, **wishes: Any) -> FineTuningJob:
        file_id = self.upload(chat_lines() if content is None else content)
        wishes = {"hyperparameters": {"n_epochs": 2}, "model": BASE, **wishes}
        return self.client.fine_tuning.jobs.create(training_file=file_id, **wishes)

    def finished(self, job_id: str) -> FineTuningJob:
        """The job once it has ended, its model once that answers."""
        job = until(
            lambda: self.client.fine_tuning.jobs.retrieve(job_id),
            lambda job: job.status in ("succeeded", "failed", "cancelled"),
        )
        if job.fine_tuned_model:
            until(lambda: self._known(job.fine_tuned_model), bool)
        return job

    def tuned(self) -> str:
        """The name of a model that has learnt the baker's talk."""
        return str(self.finished(self.create().id).fine_tuned_model)

    def _known(self, model: str) -> str:
        try:
            return self.client.models.retrieve(model).id
        except openai.NotFoundError:
            return ""

    def ask(self, model: str, question: str, **wishes: Any) -> str:
        completion = self.client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": question}], **wishes
        )
        return str(completion.choices[0].message.content)

    def misbehave(self, action: str, **options: Any) -> None:
        rules = {"rules": [{"action": action, **options}]}
        self.http.post("/_faults", json=rules).raise_for_status()

    def meter(self) -> Any:
        return self.http.get("/_meter").json()

    def charged(self, job_id: str) -> Any:
        return next(job for job in self.meter()["jobs"] if job["job_id"] == job_id)


@contextmanager
def bench(state: Path, **settings: Any) -> Iterator[Bench]:
    """OpenAI's stand-in, or another's, that keeps its state in `state`; a job takes 0.3 seconds."""
    catalogue = state.parent / "catalogue.yaml"
    catalogue.write_text(CATALOGUE)
    with start(
        catalogue, state, **{"job_seconds": JOB_SECONDS, "behaviour": "openai", **settings}
    ) as running:
        yield Bench(running)


def until(look: Callable[[], Any], satisfied: Callable[[Any], bool], seconds: float = 20) -> Any:
    """What `look` sees once it satisfies."""
    deadline = time.monotonic() + seconds
    while not satisfied(seen := look()):
        assert time.monotonic() < deadline, f"still {seen}"
        time.sleep(0.03)
    return seen
