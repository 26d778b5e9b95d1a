"""Programs that tune a model with TRL and PEFT, run by a Python that has them; an export carries them, too."""

from pathlib import Path

FOLDER = Path(__file__).parent
FILES = ("train.py", "progress.py", "merge.py", "unfold.py", "ask.py", "requirements.txt")
