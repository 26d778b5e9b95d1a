"""What this machine learnt, taken home into the run that bought it: adapters with a model card."""

import json
from collections.abc import Iterator
from pathlib import Path

from infra.local.provider.training.progress import Training, lines_of
from shared import templates
from shared.lake import Bucket, keys
from shared.run import RunSettings

CONFIG = "adapter_config.json"
FILES = (CONFIG, "adapter_model.safetensors")


def take_home(bucket: Bucket, trainings: Path, settings: RunSettings) -> list[str]:
    """Put the adapter of each model that was tuned here into the run's part of the bucket; return their keys.

    `trainings` has a folder for each job. A model that has none, because it was never trained or another run's
    is used, is passed over.
    """
    taken = []
    for model, job in _trained(bucket, settings):
        folder = trainings / job
        if (folder / "adapter" / FILES[-1]).exists():
            home = keys.adapter(settings.run_id, model)
            for name, content in _files(folder, settings, model).items():
                bucket.write(f"{home}/{name}", content)
            taken.append(home)
    return taken


def _trained(bucket: Bucket, settings: RunSettings) -> Iterator[tuple[str, str]]:
    for model in settings.models:
        outcome = bucket.read_json(keys.outcome(settings.run_id, model.model)) or {}
        if outcome.get("job_id"):
            yield model.model, outcome["job_id"]


def _files(folder: Path, settings: RunSettings, model: str) -> dict[str, bytes]:
    base = settings.model(model).base_model
    config = json.loads((folder / "adapter" / CONFIG).read_bytes())
    config["base_model_name_or_path"] = base  # not a folder of this machine
    training = Training(lines_of((folder / "progress.jsonl").read_text("utf-8")))
    held_out = [line["loss"] for line in training.lines if line["what"] == "held_out"]
    card = templates.environment(Path(__file__).parent, html=False).get_template("MODEL_CARD.md.j2")
    told = {
        "base": base,
        "show": settings.show,
        "disclosure": settings.disclosure,
        "run_id": settings.run_id,
        "rank": config["r"],
        "weights": (training.last("started") or {}).get("weights", 0),
        "steps": training.step,
        "held_out": held_out,
    }
    return {
        CONFIG: json.dumps(config, indent=1).encode(),
        FILES[-1]: (folder / "adapter" / FILES[-1]).read_bytes(),
        "README.md": card.render(told).encode(),
    }
