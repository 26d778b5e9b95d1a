"""A test is found by the path of what it tests."""

import pytest

from tests.places import ROOT
from tests.unit.infra.house.source import PACKAGES, files_below

TESTS = ROOT / "tests"
UNIT = TESTS / "unit"
ELSEWHERE = {
    # They put parts together: whole runs exercise them.
    "functions/*.py": "integration/test_machine.py",
    "functions/*/handler.py": "integration/test_machine.py",
    "infra/cli/local_run.py": "integration/test_cli.py",
    "infra/cli/commands/*": "integration/test_cli.py",
    "infra/cli/results/mirror.py": "integration/test_cli.py",
    "infra/cli/aws/*": "integration/remote/test_a_stack.py",
    "infra/cli/commands/aws/*": "integration/remote/test_a_stack.py",
    "infra/machine/stack.py": "integration/remote/test_a_stack.py",
    # They start processes, or are started as one.
    "infra/local/cloud/*": "integration/test_embedded_cloud.py",
    "infra/local/cloud/patches/athena/*": "integration/patches/test_patches.py",
    "infra/local/provider/routes/*": "unit/infra/local/provider/test_provider.py",
    "infra/local/provider/training/*": "tuner/test_training.py",
    "infra/local/provider/training/worker/*": "tuner/test_training.py",
    "infra/local/provider/training/recipe/*": "export/test_recipe.py",
    # They are tested with what uses them.
    "infra/encodings.py": "unit/infra/layers/test_layers.py",
    "infra/cli/lazy.py": "unit/infra/cli/test_main.py",
    "infra/cli/results/outcome.py": "unit/infra/cli/test_main.py",
    "infra/local/keys.py": "unit/infra/cli/commands/test_keys.py",
    "infra/local/lake.py": "unit/infra/cli/query/test_query.py",
    "shared/errors.py": "unit/infra/house/test_machine.py",
    "shared/catalogue/*": "unit/shared/catalogue/test_prices.py",
    "shared/dataset/comparisons/*": "unit/shared/evaluation/test_judging.py",
    "shared/dataset/files/provider_files.py": "unit/shared/dataset/test_stages.py",
    "shared/dataset/plans/*": "unit/shared/dataset/test_stages.py",
    "shared/evaluation/verdicts/*": "unit/shared/evaluation/test_verdicts.py",
    "shared/providers/contract.py": "unit/shared/providers/test_openai_compat.py",
    "shared/providers/error_mapping.py": "unit/shared/providers/test_openai_compat.py",
    "shared/providers/token_counts.py": "unit/shared/providers/test_examples.py",
    "shared/purchases/context.py": "unit/shared/purchases/test_training.py",
    "shared/purchases/steps.py": "unit/shared/purchases/test_training.py",
    "shared/transcripts/speakers/*": "unit/shared/transcripts/test_labels.py",
}


def modules():
    """Return every module of the product as a path from the root, without the faces of packages."""
    return sorted(
        path.relative_to(ROOT) for path in files_below(*PACKAGES) if path.name != "__init__.py"
    )


def is_by_path(module):
    """Return whether a module has a test by its own name, or its package by the package's or that of its stages."""
    names = (module.stem, module.parent.name, "stages")
    return any((UNIT / module.parent / f"test_{name}.py").is_file() for name in names)


def test_every_module_has_its_own_test_or_its_packages_or_a_row_of_the_table():
    untested = [
        module.as_posix()
        for module in modules()
        if not is_by_path(module) and not any(module.match(row) for row in ELSEWHERE)
    ]
    assert untested == []


@pytest.mark.parametrize("row", ELSEWHERE)
def test_the_table_names_tests_that_are_there_for_modules_that_have_none_by_path(row):
    assert (TESTS / ELSEWHERE[row]).is_file()
    assert [module for module in modules() if module.match(row) and not is_by_path(module)]


def test_a_folder_of_unit_tests_is_named_as_a_folder_of_the_product():
    own = {UNIT, UNIT / "repository", UNIT / "infra" / "house"}
    for folder in {path.parent for path in UNIT.rglob("test_*.py")} - own:
        assert (ROOT / folder.relative_to(UNIT)).is_dir(), folder
