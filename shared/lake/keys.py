"""Where everything lies in the bucket: the names of objects, in one place."""

from datetime import datetime
from pathlib import PurePosixPath

CATALOGUE = "catalogue.yaml"
"""The user's own models and prices, if any, which go before the packaged ones."""
SHOWS = "shows/"
"""The folder of the profiles that runs may name by their `s3://` address."""
RAW = "raw/"
"""The folder of what was fetched, a folder a show."""
RUNS = "runs/"
"""The folder of what each run left, a folder a run."""
LAKE = "lake/"
"""The folder of the tables, a folder a table."""
CUSTOMIZATION = "customization/"
"""The folder that Bedrock reads training files from and writes its results to."""
QUERY_RESULTS = "athena/"
"""The folder that Athena writes to."""


def show(name: str) -> str:
    """A profile of the user's own."""
    return f"{SHOWS}{name}.yaml"


def run_of(key: str) -> str:
    """Return the id of the run that left an object of `RUNS`."""
    return key.split("/")[1]


def run_folder(run_id: str, name: str) -> str:
    """Return the prefix of one of the run's own folders."""
    return f"{RUNS}{run_id}/{name}/"


def manifest(run_id: str) -> str:
    """The run's frozen settings."""
    return f"{RUNS}{run_id}/manifest.json"


def discovery(run_id: str) -> str:
    """How many episodes the run found, and of which kind."""
    return f"{RUNS}{run_id}/discovery.json"


def batches(run_id: str) -> str:
    """The list of batches that the Distributed Map reads."""
    return f"{RUNS}{run_id}/batches.json"


def batch(run_id: str, name: str) -> str:
    """One batch's episodes."""
    return f"{RUNS}{run_id}/batches/{name}.json"


def batch_name(shard: str, part: int) -> str:
    """The name of a part of what is to be read of a shard."""
    return f"{shard}.{part}"


def shard_of_batch(name: str) -> str:
    """The shard that a batch belongs to."""
    return name.rpartition(".")[0]


def stopped(run_id: str) -> str:
    """Why a batch stopped the whole show, for the report."""
    return f"{RUNS}{run_id}/stopped.json"


def dataset(run_id: str) -> str:
    """The size of the usable corpus as this run saw it."""
    return f"{RUNS}{run_id}/dataset.json"


def evaluation_set(run_id: str) -> str:
    """The persona card and the exchanges that the prompted arm is shown, and the held-out items."""
    return f"{RUNS}{run_id}/evaluation.json"


def speech(run_id: str) -> str:
    """What the host and others say, in bags by which styles are told apart."""
    return f"{RUNS}{run_id}/speech.json"


def style(run_id: str) -> str:
    """The style of the run's answers, as rows of `metrics` without the run's own columns."""
    return f"{RUNS}{run_id}/style.json"


def training_file(run_id: str, model: str) -> str:
    """The JSONL that trains `model`."""
    return f"{RUNS}{run_id}/training/{model}.jsonl"


def validation_file(run_id: str, model: str) -> str:
    """The JSONL of held-out pairs that `model` is validated on as it learns."""
    return f"{RUNS}{run_id}/validation/{model}.jsonl"


def plan(run_id: str) -> str:
    """The run's plan, as rows of `plans`."""
    return f"{RUNS}{run_id}/plan.json"


def adapter(run_id: str, model: str) -> str:
    """Where what `model` learnt on one's own machine lies, with its model card; a prefix without a last slash."""
    return f"{RUNS}{run_id}/models/{model}"


def outcome(run_id: str, model: str) -> str:
    """How the fine-tune of `model` ended, as a row of `jobs`."""
    return f"{RUNS}{run_id}/jobs/{model}.json"


def deployment(purchase_id: str) -> str:
    """Under which name a bought model answers, for every run that finds it again."""
    return f"models/{purchase_id}.json"


def curve(run_id: str, model: str) -> str:
    """The training curve of `model`, as rows of `job_metrics`."""
    return f"{RUNS}{run_id}/curves/{model}.json"


def answers_of(run_id: str) -> str:
    """The folder of the answers that all arms gave so far."""
    return run_folder(run_id, "answers")


def answers(run_id: str, model: str, arm: str) -> str:
    """The answers one arm gave so far, as rows of `generations`."""
    return f"{answers_of(run_id)}{model}.{arm}.json"


def judgements(run_id: str, judge: str) -> str:
    """The votes one judge gave so far, as rows of `judgements`."""
    return f"{RUNS}{run_id}/judgements/{judge}.json"


def juror(run_id: str, judge: str) -> str:
    """What became of one judge: how many comparisons it was asked, and why no more."""
    return f"{jurors(run_id)}{judge}.json"


def jurors(run_id: str) -> str:
    """The folder of what became of each judge."""
    return run_folder(run_id, "jurors")


def summary(run_id: str) -> str:
    """The run in figures."""
    return f"{RUNS}{run_id}/summary.json"


def report(run_id: str) -> str:
    """The run as a page for a person."""
    return f"{RUNS}{run_id}/report.html"


def report_table(run_id: str, name: str) -> str:
    """The rows behind one of the report's tables, as a file."""
    return f"{RUNS}{run_id}/tables/{name}"


def quiz(run_id: str) -> str:
    """The page on which people tell the host from machines."""
    return f"{RUNS}{run_id}/quiz.html"


def bedrock_training_file(name: str) -> str:
    """A training file where Bedrock reads it."""
    return f"{CUSTOMIZATION}training/{name}"


def bedrock_output(job_name: str) -> str:
    """The folder of what a job of Bedrock's writes."""
    return f"{CUSTOMIZATION}output/{job_name}/"


def fetched(show: str) -> str:
    """The folder of everything that was fetched for a show."""
    return f"{RAW}{show}/"


def feed(show: str, page: int = 1) -> str:
    """A page of the feed as last fetched."""
    return f"{RAW}{show}/feed" + (f".{page}" if page > 1 else "")


def crawl_delay(domain: str) -> str:
    """When a domain may next be asked, by whichever run; no show's name begins with a mark."""
    return f"{RAW}_hosts/{domain.replace(':', '_')}.json"


def page(show: str, episode_id: str) -> str:
    """An episode's page as last fetched."""
    return f"{RAW}{show}/pages/{episode_id}"


def offered_transcript(show: str, episode_id: str, name: str) -> str:
    """A transcript that the feed offers besides the page, as last fetched."""
    return f"{RAW}{show}/pages/{episode_id}.{name}"


def erased(show: str) -> str:
    """Under which names episodes must not be read again."""
    return f"{RAW}{show}/forgotten.json"


def splits(show: str) -> str:
    """Which episodes of a show are held out, for all its runs."""
    return f"splits/{show}.json"


def boilerplate(show: str) -> str:
    """Which shingles recur in a show."""
    return f"splits/{show}.boilerplate.json"


PASSED_OVER = ".passed-over.json"
"""Beside a show's own files: how many of which kind on a laptop were no transcripts."""


def transcripts(show: str) -> str:
    """The folder of a show's own files, where `econchatr` puts what lies on a laptop."""
    return f"{RAW}{show}/transcripts/"


def table_files(table: str, prefix: str = "") -> str:
    """Return the prefix of all files of a table, or of those that begin with `prefix` in its folder."""
    return f"{LAKE}{table}/{prefix}"


def table_of(key: str) -> str:
    """Return the name of the table that a file of `LAKE` belongs to."""
    return key.split("/")[1]


def table_file(table: str, name: str) -> str:
    """One Parquet file of an unpartitioned table; a run's own file is named after the run."""
    return f"{LAKE}{table}/{name}.parquet"


def shard_of(show: str, published: datetime) -> str:
    """The file that an episode's rows live in: one per show and month, rewritten whole."""
    return f"{show}.{published:%Y-%m}"


def shard_file(table: str, shard: str) -> str:
    """The Parquet file of a shard in a table partitioned by year."""
    year = shard.rpartition(".")[2][:4]
    return f"{LAKE}{table}/year={year}/{shard}.parquet"


def pair_file(shard: str, made_from: str) -> str:
    """The Parquet file of a shard's pairs, which tells by its name what they were made from."""
    return f"{shard_file('pairs', shard).removesuffix('.parquet')}.{made_from}.parquet"


def shard_in(key: str) -> str:
    """The shard that a shard file holds."""
    return PurePosixPath(key).stem


def belongs_to(key: str, show: str) -> bool:
    """Whether a shard file is of `show`; show names hold no dots."""
    return PurePosixPath(key).name.split(".")[0] == show
