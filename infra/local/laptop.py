"""The deployed product on this machine, for as long as a block lasts: cloud, provider, demo site, stack."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import urllib3

from infra import encodings
from infra.local.cloud import Cloud, CloudError, CloudMisused, Preload, deploy, running
from infra.local.demo.site import demo_site
from infra.local.folder import check, claim, state_dir
from infra.local.keys import VARIABLE, in_variable, key_for
from infra.local.provider.process import ProviderDidNotStart
from infra.local.provider.process import start as start_provider
from infra.machine.stack import DeployedStack
from infra.machine.upload import address_of, upload
from shared import catalogue
from shared.catalogue import Catalogue
from shared.errors import BadInput, EconChatRError
from shared.lake import Bucket, keys
from shared.providers import FineTuningProvider, ModelProvider
from shared.providers.aws import Rights
from shared.purchases import PurchaseContext
from shared.shows import ShowProfile
from shared.text import on_own_machine

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATE = REPOSITORY / "template.yaml"
DEMO_FEED = "http://127.0.0.1:0/feed.xml"  # what the demo profile says until its site has a port
STAND_IN_KEY = "stand-in"
BEHAVIOUR = "nebius"  # the service of the model that a run trains unless told otherwise
POLL_SECONDS = 30
POLL_SECONDS_HERE = 1  # a provider on this machine
POLL_SECONDS_OWN = 10  # where real weights train, which needs the processors


# What functions import, in the order in which a run needs it.
PRELOAD = Preload(
    modules=(
        *("boto3", "pydantic", "yaml", "aws_lambda_powertools"),
        *("openai", "urllib3", "feedparser", "lxml.html", "ftfy", "protego", "tiktoken"),
        *("pyarrow.parquet", "jinja2", "pandas", "pygal", "sklearn.feature_extraction.text"),
        *("sklearn.svm", "sklearn.linear_model"),
    ),
    services=("s3", "dynamodb", "secretsmanager", "sns"),
)


class LaptopUnusable(BadInput):
    """The embedded cloud cannot work with the folder or template that it was given."""


class LaptopFailed(EconChatRError):
    """The embedded cloud or the stand-in did not start, or refused the stack."""


class FolderInTheWay(BadInput):
    """The user's transcripts lie where the run's results go."""


@dataclass(frozen=True, slots=True)
class Laptop:
    """A deployed stack on this machine. `meter_url` tells the stand-in's bill, None with another provider.

    `provider_of` is the door to a provider by its name, with the machine's own address and key.
    """

    cloud: Cloud
    outputs: dict[str, str]
    meter_url: str | None
    provider_of: Callable[[str], FineTuningProvider]

    @property
    def stack(self) -> DeployedStack:
        """What was deployed here."""
        return DeployedStack(self.cloud.client, self.outputs)

    @property
    def bucket_dir(self) -> Path:
        """The folder in which the bucket's objects lie under their keys."""
        return self.cloud.bucket_dir(self.outputs["LakeBucket"])

    @property
    def context(self) -> PurchaseContext:
        """Where a purchase from the command line is made, by the machine's own rules."""
        return PurchaseContext(self.stack.ledger, self.provider_of)

    def bill(self) -> dict[str, Any] | None:
        """What the stand-in charged so far, from its own counts; None with another provider."""
        if self.meter_url is None:
            return None
        answer = urllib3.request("GET", self.meter_url, timeout=30)
        return dict(answer.json())


def api_key(base_url: str, models: Catalogue) -> str:
    """The key for the provider at an address, empty for the stand-in; raises NoApiKey.

    A provider on this machine may do without.
    """
    if not base_url:
        return STAND_IN_KEY
    if on_own_machine(base_url):
        return in_variable(VARIABLE) or STAND_IN_KEY
    return key_for(base_url, models)


def check_usable(out: Path, *, real: bool, dry_run: bool) -> None:
    """Raise BadInput unless a run, of a real provider or the stand-in, may leave its results in `out`.

    Nothing is touched.
    """
    check(out, _answered_by(real, dry_run))


@contextmanager
def laptop(
    out: Path,
    *,
    month_ceiling_usd: str,
    models: Catalogue | None = None,
    openai_base_url: str | None = None,
    behaviour: str = BEHAVIOUR,
    bases: Mapping[str, str] = MappingProxyType({}),
    dry_run: bool = False,
    wait_scale: float = 1.0,
) -> Iterator[Laptop]:
    """The same template as in the cloud, deployed here; everything is stopped at the end, and kept in `out`.

    `models` are the models and prices in force, for the machine and for the stand-in's own bill;
    `behaviour` names the service that the stand-in behaves like; with `bases`, where each model lies by its
    `base_model`, this machine tunes real weights and nobody stands in; with `dry_run` nobody
    will be asked, so that the folder stays open to any provider.

    Raises BadInput for a folder that cannot be used, NoApiKey for a provider without a key.
    """
    state = state_dir(out)
    real = bool(openai_base_url or bases)
    check_usable(out, real=real, dry_run=dry_run)
    models = models or catalogue.packaged()
    key = api_key(openai_base_url or "", models)
    prices = catalogue.dump(models)
    vocabularies = {"TIKTOKEN_CACHE_DIR": str(encodings.cache_dir())}
    with _own_errors(), ExitStack() as stack:
        environment = {
            **vocabularies,
            "REACH_PRIVATE_ADDRESSES": "yes",
            "STAND_IN": "no" if real else "yes",
        }
        cloud = stack.enter_context(
            running(
                state / "cloud", wait_scale=wait_scale, environment=environment, preload=PRELOAD
            )
        )
        claim(cloud, out, _answered_by(real, dry_run))
        base_url, meter_url = openai_base_url, None
        if base_url is None:
            price_list = state / keys.CATALOGUE
            price_list.write_text(prices, encoding="utf-8")
            started = stack.enter_context(
                start_provider(
                    price_list,
                    state / "provider",
                    api_key=STAND_IN_KEY,
                    behaviour=behaviour,
                    s3_endpoint=cloud.endpoint_url,
                    bases=bases,
                    environment=vocabularies,
                )
            )
            base_url = started.base_url
            meter_url = None if real else f"{started.root_url}/_meter"
        parameters = _parameters(base_url, month_ceiling_usd, POLL_SECONDS_OWN if bases else None)
        outputs = _deployed(cloud, parameters)
        rights = _supplied(cloud, outputs, models, prices, key)
        yield Laptop(cloud, outputs, meter_url, partial(_provider, models, base_url, key, rights))


def _deployed(cloud: Cloud, parameters: Mapping[str, str]) -> dict[str, str]:
    """Deploy the template with the code of this checkout; return the stack's outputs."""
    return deploy(
        cloud,
        TEMPLATE,
        parameters,
        stack_name="econchatr",
        code_folders=("functions", "shared"),
    )


def _supplied(
    cloud: Cloud, outputs: Mapping[str, str], models: Catalogue, prices: str, key: str
) -> Rights:
    """Put keys and prices where the stack reads them; return what a provider on AWS may do there."""
    cloud.client("secretsmanager").put_secret_value(
        SecretId=outputs["ProviderSecret"],
        SecretString=json.dumps({entry.provider: key for entry in models.providers}),
    )
    bucket = Bucket(cloud.client("s3"), outputs["LakeBucket"])
    bucket.write(keys.CATALOGUE, prices.encode())
    return Rights(bucket, outputs["TrainingRole"], cloud.session)


@contextmanager
def _own_errors() -> Iterator[None]:
    """Raise what the cloud and the stand-in say as this project's errors, with the same words."""
    try:
        yield
    except CloudMisused as error:
        raise LaptopUnusable(str(error)) from error
    except (CloudError, ProviderDidNotStart) as error:
        raise LaptopFailed(str(error)) from error


def _provider(
    models: Catalogue, base_url: str, key: str, rights: Rights, name: str
) -> ModelProvider:
    from shared.providers import (
        factory,  # with the openai client, which takes as long as all the rest
    )

    return factory.connect(models.provider(name), lambda _anew: key, rights, base_url)


@contextmanager
def served(show: ShowProfile, out: Path, here: Laptop) -> Iterator[ShowProfile]:
    """The show with a source that the machine can read.

    The demo's site is served here while the block lasts; a folder of transcripts is brought into
    the bucket. Raises FolderInTheWay.
    """
    if show.transcripts and "://" not in show.transcripts:
        yield brought(show, Path(show.transcripts), out, here)
        return
    if show.feed != DEMO_FEED:
        yield show
        return
    with demo_site(state_dir(out) / "site") as base_url:
        yield show.model_copy(update={"feed": f"{base_url}/feed.xml"})


def brought(show: ShowProfile, folder: Path, out: Path, here: Laptop) -> ShowProfile:
    """The show with its folder of transcripts in the bucket; raises FolderInTheWay."""
    if folder.is_relative_to(out.resolve()):
        raise FolderInTheWay(
            f"{folder} lies inside --out {out}, which is rewritten after a run; "
            "move the transcripts, or name another --out"
        )
    bucket = here.stack.bucket
    upload(bucket, show.name, folder)
    return show.model_copy(update={"transcripts": address_of(bucket, show.name)})


def _parameters(base_url: str, month_ceiling_usd: str, poll_seconds: int | None) -> dict[str, str]:
    usual = POLL_SECONDS_HERE if on_own_machine(base_url) else POLL_SECONDS
    return {
        "Stage": "laptop",
        "MonthCeilingUsd": month_ceiling_usd,
        "ProviderBaseUrl": base_url,
        "PollSeconds": str(poll_seconds or usual),
    }


def _answered_by(real: bool, dry_run: bool) -> str | None:
    if dry_run:
        return None
    return "provider" if real else "stand-in"
