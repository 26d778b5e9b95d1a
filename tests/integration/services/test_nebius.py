"""A whole run at Nebius, as if a tuned model cost by the hour."""

from decimal import Decimal
from urllib.error import HTTPError
from urllib.parse import quote

import pytest

from shared import catalogue
from tests.integration.services.service import serving

pytestmark = pytest.mark.integration


def hosted():
    """The packaged catalogue, as if Nebius hosted tuned models by the hour."""
    known = catalogue.packaged()
    hourly = known.provider("nebius").model_copy(update={"idle_costs": True})
    providers = (hourly, *(one for one in known.providers if one != known.provider("nebius")))
    return known.model_copy(update={"providers": providers})


def test_a_model_that_costs_while_nobody_asks_is_taken_down_at_the_end(tmp_path):
    with serving(tmp_path, "nebius", hosted(), "llama-3.1-8b") as service:
        ended = service.run()
        assert ended.returncode == 0, ended.stdout + ended.stderr
        name = service.summary("SUCCEEDED")["models"][0]["fine_tuned_model"]
        assert service.settled() == Decimal(service.asked("/_meter")["exact_usd"]) > 0
        with pytest.raises(HTTPError, match="404"):
            service.asked(f"/v0/models/{quote(name, safe='')}")
