"""The laptop cloud's own process: MiniStack with the patches in place.

Started by `server.running`, in a process group of its own. Reads nothing from standard input but its
end: when the process that started it lets go of it or is gone, it saves its state and ends its group.
MiniStack's own shutdown would wait for every Lambda invocation and execution under way.
"""

import os
import signal
import subprocess
import sys
import threading

from ministack import app

from infra.local.cloud import prefork
from infra.local.cloud.patches import install_all


def main() -> None:
    """Serve until standard input ends."""
    install_all()
    if prefork.FOLDER in os.environ:
        subprocess.Popen([sys.executable, prefork.__file__], stdin=subprocess.DEVNULL)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    app.main()


def _end_with_the_parent() -> None:
    sys.stdin.buffer.read()
    loop = app._MAIN_LOOP
    if loop is None:
        _end_group()
    loop.call_soon_threadsafe(_save_and_end)  # on the loop, so between two requests


def _save_and_end() -> None:
    try:
        app.save_all(app._build_persistence_save_dict())
    finally:
        _end_group()


def _end_group() -> None:
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
