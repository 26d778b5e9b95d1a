"""Each patch of MiniStack is needed and does its part: the same cases, on the patched cloud and on MiniStack as it is.

After an update of MiniStack, a case that fails on it as it is names a patch that is no longer needed, or a fault that
has changed.
"""

from collections.abc import Iterator
from functools import partial

import pytest

from infra.local.cloud import Cloud, patches, running
from tests.integration.patches import machines, services, state
from tests.integration.patches.fault import Fault

WAIT_SCALE = 0.1
OF_A_RUNNING_CLOUD = [*machines.FAULTS, *services.FAULTS]


def each(faults: list[Fault]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", faults, ids=lambda fault: f"{fault.patch}-{fault.name}")


@pytest.fixture(scope="module", params=[False, True], ids=["patched", "as it is"])
def cloud(request, tmp_path_factory) -> Iterator[tuple[Cloud, bool]]:
    folder = tmp_path_factory.mktemp("cloud")
    with running(folder, wait_scale=WAIT_SCALE, unpatched=request.param) as cloud:
        yield cloud, request.param


@each(OF_A_RUNNING_CLOUD)
def test_the_patched_cloud_does_as_aws_documents_and_ministack_as_it_is_does_not(cloud, fault):
    running_cloud, unpatched = cloud
    assert fault.case(running_cloud) == (fault.ministack if unpatched else fault.aws)


@pytest.mark.parametrize("unpatched", [False, True], ids=["patched", "as it is"])
@each(state.FAULTS)
def test_so_does_what_is_left_in_its_folder(tmp_path, fault, unpatched):
    start = partial(running, tmp_path, wait_scale=WAIT_SCALE, unpatched=unpatched)
    assert fault.case(start) == (fault.ministack if unpatched else fault.aws)


def test_every_patch_has_a_case_and_names_each_of_its_own():
    faults = [*OF_A_RUNNING_CLOUD, *state.FAULTS]
    assert {fault.patch for fault in faults} == {
        patch.__name__.removeprefix(f"{patches.__name__}.") for patch in patches.all_patches()
    }
    for patch in patches.all_patches():
        named = {f.name for f in faults if patch.__name__.endswith(f".{f.patch}")}
        for part in ("AWS: ", f"MiniStack {patches.MINISTACK_VERSION}: ", "Here: ", "Case: "):
            assert part in patch.__doc__, patch.__name__
        assert {name for name in named if name not in patch.__doc__} == set()
