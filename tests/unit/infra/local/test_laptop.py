"""What the laptop stands in for."""

from infra.local.laptop import BEHAVIOUR
from infra.local.provider.behaviours import BEHAVIOURS
from shared import catalogue, shows


def test_the_stand_in_behaves_like_the_service_of_the_demos_models() -> None:
    models = shows.packaged("demo").models
    assert {catalogue.packaged().model(model).provider for model in models} == {BEHAVIOUR}
    assert BEHAVIOUR in BEHAVIOURS
