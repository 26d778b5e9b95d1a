"""The files of an export: training files in every format, a recipe, a model card, and what to do with them."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

from infra.cli.export.pairs import FORMATS, Part
from infra.local.folder import taken
from infra.local.provider.training import recipe
from shared import templates
from shared.errors import BadInput
from shared.providers import examples
from shared.shows import ShowProfile

HERE = Path(__file__).parent
LIST = "export.json"  # of an earlier release
# Names by which model hubs know the licences that a profile's `rights` may name.
LICENCES = frozenset(
    {
        *("apache-2.0", "cc-by-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-sa-4.0", "cc0-1.0"),
        "mit",
    }
)


class NotOurs(BadInput):
    """A file of the user's lies where the export would go."""


def write_files(into: Path, files: Mapping[str, bytes]) -> None:
    """Write an export's files by their names below a folder; raises NotOurFolder or NotOurs with nothing written."""
    folder = taken(into, option="--into", earlier=_listed(into))
    if blocked := folder.blocked(files):
        raise NotOurs(
            f"{into / blocked[0]} is not as an export left it; move it, or name another folder with --into"
        )
    for name, body in files.items():
        folder.write(name, body)


def export_files(
    profile: str, show: ShowProfile, out: Path, train: Part, held_out: Part
) -> dict[str, bytes]:
    """Return the content of each file of an export by its name; `profile` and `out` are named in the README."""
    files = {
        f"{name}.{data_format}.jsonl": part.encoded(data_format)
        for name, part in (("train", train), ("held_out", held_out))
        for data_format in FORMATS
    }
    files["questions.json"] = _questions(show)
    for name in recipe.FILES:
        files[f"recipe/{name}"] = (recipe.FOLDER / name).read_bytes()
    context = {
        "show": show,
        "title": show.title or show.name,
        "profile": shlex.quote(profile),
        "out": shlex.quote(str(out)),
        "train": train,
        "held_out": held_out,
        "license": _licence(show.rights.basis if show.rights else ""),
    }
    for name in ("README.md", "MODEL_CARD.md"):
        page = templates.environment(HERE, html=False).get_template(
            f"{name}.j2"
        )  # Markdown for a person
        files[name] = page.render(context).encode()
    return files


def _questions(show: ShowProfile) -> bytes:
    items = []
    for question in show.questions:
        message = examples.prompt_message(question, show.prompt_suffix)
        sent = [{"role": message.role, "content": message.content}]
        items.append({"question": question, "messages": sent})
    return json.dumps(items, ensure_ascii=False, indent=1).encode()


def _licence(basis: str) -> str:
    """The basis in the hubs' words, or "other"."""
    named = basis.partition(",")[0].strip().lower().replace(" ", "-")
    return named if named in LICENCES else "other"


def _listed(into: Path) -> dict[str, str]:
    """The SHA-256 of each file that an earlier release exported there, by the list that it left beside them."""
    try:
        listed = json.loads((into / LIST).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(listed, dict) or f"recipe/{recipe.FILES[0]}" not in listed:
        return {}
    return {name: digest for name, digest in listed.items() if isinstance(digest, str)}
