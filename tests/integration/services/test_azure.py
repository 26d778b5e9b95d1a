"""A whole run at Azure, which a person deploys by hand."""

import re
from decimal import Decimal

import pytest

from shared import catalogue
from tests.integration.services.service import TABLES, serving
from tests.places import ROOT

GUIDE = (ROOT / "docs" / "adding-a-provider.md").read_text("utf-8")

pytestmark = pytest.mark.integration


def azure():
    """The packaged catalogue and the guide's Azure."""
    (text,) = (
        block for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) if "azure" in block
    )
    return catalogue.extended(text, "the guide")


def test_a_run_at_azure_asks_for_a_hand_and_goes_on_with_what_it_bought(tmp_path):
    with serving(tmp_path, "azure", azure(), "azure-gpt-4.1-mini") as service:
        ended = service.run()
        assert ended.returncode == 1, ended.stdout + ended.stderr
        found = re.search(r"DeployByHand: .*job (\S+) there under the name (\S+)", ended.stderr)
        assert found, ended.stderr
        job_id, name = found.groups()
        service.asked("/_deployments", {"job_id": job_id, "name": name})
        again = service.run()
        assert again.returncode == 0, again.stdout + again.stderr
        meter = service.asked("/_meter")
        assert len(meter["jobs"]) == 1
        assert service.settled() == Decimal(meter["exact_usd"]) > 0
        assert service.summary("SUCCEEDED")["models"][0]["fine_tuned_model"] == name
        assert {path.name for path in (service.folder / "out/lake").iterdir()} >= TABLES
