import re

import pytest

from infra.local.cloud import running
from infra.local.cloud.errors import StateFolderUnusable


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / "file" / "state"
    with pytest.raises(StateFolderUnusable, match=re.escape(str(folder))), running(folder):
        pass
