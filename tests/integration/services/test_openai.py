"""A whole run at OpenAI, as it was while it tuned: no deployment, a validation file, the meter's books."""

from decimal import Decimal

import pandas as pd
import pytest

from shared import catalogue
from tests.integration.services.service import TABLES, serving

pytestmark = pytest.mark.integration


def openai_for_ever():
    """The packaged catalogue as it is while OpenAI tunes, whatever the day."""
    known = catalogue.packaged()
    return known.model_copy(
        update={
            "providers": tuple(
                one.model_copy(update={"tunes_until": None}) for one in known.providers
            ),
            "models": tuple(one.model_copy(update={"shutdown_date": None}) for one in known.models),
        }
    )


def test_a_run_at_openai_needs_no_deployment_and_its_books_are_the_meters(tmp_path):
    with serving(tmp_path, "openai", openai_for_ever(), "gpt-4.1-mini") as service:
        ended = service.run()
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert service.summary("SUCCEEDED")["models"][0]["fine_tuned_model"].startswith(
            "ft:gpt-4.1-mini"
        )
        assert service.settled() == Decimal(service.asked("/_meter")["exact_usd"]) > 0
        assert {path.name for path in (service.folder / "out/lake").iterdir()} >= TABLES
        assert (service.folder / "out" / "report.html").is_file()
        curve = pd.read_parquet(service.folder / "out" / "lake" / "job_metrics")
        assert curve[curve.step.notna()].valid_loss.notna().all()
        assert "Fine-tuning job started" in set(curve.message)
        assert service.asked("/v1/files?purpose=fine-tune")["data"] == []
