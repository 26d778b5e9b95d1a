import re
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.cloud import running, server
from infra.local.cloud.errors import StateFolderUnusable


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / "file" / "state"
    with pytest.raises(StateFolderUnusable, match=re.escape(str(folder))), running(folder):
        pass


def test_a_folder_is_in_use_for_as_long_as_a_cloud_holds_it_and_says_since_when(tmp_path):
    folder = tmp_path / "state"
    assert server.in_use_since(folder) is None
    assert not folder.exists()
    for _ in range(2):
        before = datetime.now(UTC) - timedelta(seconds=1)
        with server._locked(folder):
            assert before < server.in_use_since(folder) <= datetime.now(UTC)
        assert server.in_use_since(folder) is None


def test_who_asks_whether_a_folder_is_in_use_does_not_hold_it(tmp_path):
    with server._locked(tmp_path):
        pass
    assert server.in_use_since(tmp_path) is None
    with server._locked(tmp_path):
        assert server.in_use_since(tmp_path)
