"""Where everything lies in the bucket: the names of objects, in one place."""

from datetime import datetime
from pathlib import PurePosixPath

CATALOGUE = "catalogue.yaml"
"""The user's own models and prices, if any, which go before the packaged ones."""
SHOWS = "shows/"
"""The folder of the profiles that runs may name by their `s3://` address."""


def show(name: str) -> str:
    """A profile of the user's own."""
    return f"{SHOWS}{name}.yaml"


def run_folder(run_id: str, name: str) -> str:
    """Return the prefix of one of the run's own folders."""
    return f"runs/{run_id}/{name}/"


def manifest(run_id: str) -> str:
    """The run's frozen settings."""
    return f"runs/{run_id}/manifest.json"


def discovery(run_id: str) -> str:
    """How many episodes the run found, and of which kind."""
    return f"runs/{run_id}/discovery.json"


def batches(run_id: str) -> str:
    """The list of batches that the Distributed Map reads."""
    return f"runs/{run_id}/batches.json"


def batch(run_id: str, name: str) -> str:
    """One batch's episodes."""
    return f"runs/{run_id}/batches/{name}.json"


def batch_name(shard: str, part: int) -> str:
    """The name of a part of what is to be read of a shard."""
    return f"{shard}.{part}"


def shard_of_batch(name: str) -> str:
    """The shard that a batch belongs to."""
    return name.rpartition(".")[0]


def stopped(run_id: str) -> str:
    """Why a batch stopped the whole show, for the report."""
    return f"runs/{run_id}/stopped.json"


def dataset(run_id: str) -> str:
    """The size of the usable corpus as this run saw it."""
    return f"runs/{run_id}/dataset.json"


def evaluation_set(run_id: str) -> str:
    """The persona card and the exchanges that the prompted arm is shown, and the held-out items."""
    return f"runs/{run_id}/evaluation.json"


def speech(run_id: str) -> str:
    """What the host and others say, in bags by which styles are told apart."""
    return f"runs/{run_id}/speech.json"


def style(run_id: str) -> str:
    """The style of the run's answers, as rows of `metrics` without the run's own columns."""
    return f"runs/{run_id}/style.json"


def training_file(run_id: str, model: str) -> str:
    """The JSONL that trains `model`."""
    return f"runs/{run_id}/training/{model}.jsonl"


def validation_file(run_id: str, model: str) -> str:
    """The JSONL of held-out pairs that `model` is validated on as it learns."""
    return f"runs/{run_id}/validation/{model}.jsonl"


def plan(run_id: str) -> str:
    """The run's plan, as rows of `plans`."""
    return f"runs/{run_id}/plan.json"


def outcome(run_id: str, model: str) -> str:
    """How the fine-tune of `model` ended, as a row of `jobs`."""
    return f"runs/{run_id}/jobs/{model}.json"


def deployment(purchase_id: str) -> str:
    """Under which name a bought model answers, for every run that finds it again."""
    return f"models/{purchase_id}.json"


def curve(run_id: str, model: str) -> str:
    """The training curve of `model`, as rows of `job_metrics`."""
    return f"runs/{run_id}/curves/{model}.json"


def answers_of(run_id: str) -> str:
    """The folder of the answers that all arms gave so far."""
    return f"runs/{run_id}/answers/"


def answers(run_id: str, model: str, arm: str) -> str:
    """The answers one arm gave so far, as rows of `generations`."""
    return f"{answers_of(run_id)}{model}.{arm}.json"


def judgements(run_id: str, judge: str) -> str:
    """The votes one judge gave so far, as rows of `judgements`."""
    return f"runs/{run_id}/judgements/{judge}.json"


def juror(run_id: str, judge: str) -> str:
    """What became of one judge: how many ballots it was asked, and why no more."""
    return f"{jurors(run_id)}{judge}.json"


def jurors(run_id: str) -> str:
    """The folder of what became of each judge."""
    return f"runs/{run_id}/jurors/"


def summary(run_id: str) -> str:
    """The run in figures."""
    return f"runs/{run_id}/summary.json"


def report(run_id: str) -> str:
    """The run as a page for a person."""
    return f"runs/{run_id}/report.html"


def report_table(run_id: str, name: str) -> str:
    """The rows behind one of the report's tables, as a file."""
    return f"runs/{run_id}/tables/{name}"


def quiz(run_id: str) -> str:
    """The page on which people tell the host from machines."""
    return f"runs/{run_id}/quiz.html"


def feed(show: str, page: int = 1) -> str:
    """A page of the feed as last fetched."""
    return f"raw/{show}/feed" + (f".{page}" if page > 1 else "")


def host_slots(host: str) -> str:
    """When a host may next be asked, by whichever run; no show's name begins with a mark."""
    return f"raw/_hosts/{host.replace(':', '_')}.json"


def page(show: str, episode_id: str) -> str:
    """An episode's page as last fetched."""
    return f"raw/{show}/pages/{episode_id}"


def offered_transcript(show: str, episode_id: str, name: str) -> str:
    """A transcript that the feed offers besides the page, as last fetched."""
    return f"raw/{show}/pages/{episode_id}.{name}"


def forgotten(show: str) -> str:
    """Under which names episodes must not be read again."""
    return f"raw/{show}/forgotten.json"


def splits(show: str) -> str:
    """Which episodes of a show are held out, for all its runs."""
    return f"splits/{show}.json"


def boilerplate(show: str) -> str:
    """Which spans recur in a show."""
    return f"splits/{show}.boilerplate.json"


PASSED_OVER = ".passed-over.json"
"""Beside a show's own files: how many of which kind on a laptop were no transcripts."""


def transcripts(show: str) -> str:
    """The folder of a show's own files, where `econchatr` puts what lies on a laptop."""
    return f"raw/{show}/transcripts/"


def table_file(table: str, name: str) -> str:
    """One Parquet file of an unpartitioned table; a run's own file is named after the run."""
    return f"lake/{table}/{name}.parquet"


def shard_of(show: str, published: datetime) -> str:
    """The file that an episode's rows live in: one per show and month, rewritten whole."""
    return f"{show}.{published:%Y-%m}"


def shard_file(table: str, shard: str) -> str:
    """The Parquet file of a shard in a table partitioned by year."""
    year = shard.rpartition(".")[2][:4]
    return f"lake/{table}/year={year}/{shard}.parquet"


def shard_in(key: str) -> str:
    """The shard that a shard file holds."""
    return PurePosixPath(key).stem


def belongs_to(key: str, show: str) -> bool:
    """Whether a shard file is of `show`; show names hold no dots."""
    return PurePosixPath(key).name.split(".")[0] == show
