"""What a person puts into a stack: keys, shows, transcripts, prices."""

import json
from pathlib import Path

from infra.cli import inputs
from infra.cli.arguments import Where
from infra.cli.aws.stack import deployed
from infra.cli.keys.commands import known, typed_key
from infra.machine.upload import address_of, upload
from shared import shows
from shared.errors import InvalidField
from shared.lake import keys

SECRET = "ProviderSecret"  # noqa: S105 - the name of an output


def put_key(where: Where, provider: str, own: Path | None) -> int:
    """Keep a provider's key in the stack's secret, beside those of the others; 0."""
    name = known(provider, inputs.models_and_prices(own))
    stack = deployed(where)
    key = typed_key(name)
    secrets = stack.client("secretsmanager")
    kept = json.loads(secrets.get_secret_value(SecretId=stack.outputs[SECRET])["SecretString"])
    kept[name] = key
    secrets.put_secret_value(SecretId=stack.outputs[SECRET], SecretString=json.dumps(kept))
    print(f"The key for {name} is in the stack's secret; runs that start now use it.")
    return 0


def put_show(where: Where, file: Path) -> int:
    """Put a profile where runs find it by its name; a folder of transcripts goes with it. 0."""
    show = inputs.show_profile(str(file))
    stack = deployed(where)
    if show.transcripts and "://" not in show.transcripts:
        folder = Path(show.transcripts)
        brought = upload(stack.bucket, show.name, folder)
        address = address_of(stack.bucket, show.name)
        show = show.model_copy(update={"transcripts": address})
        print(f"{brought:,} files of {folder} are new or changed in {address}")
    body = json.dumps(inputs.inline(show), ensure_ascii=False, indent=1)  # JSON is YAML
    shows.parse_yaml(body, str(file))
    stack.bucket.write(keys.show(show.name), body.encode(), "application/yaml")
    print(f"{show.display_title} is there; `econchatr aws start {show.name}` runs it.")
    return 0


def put_transcripts(where: Where, name: str, folder: Path) -> int:
    """Make a show's own prefix hold exactly the transcripts of a folder; 0."""
    if not folder.is_dir():
        raise InvalidField(f"{folder} is no folder; name a folder of transcript files")
    stack = deployed(where)
    brought = upload(stack.bucket, name, folder)
    print(
        f"{brought:,} files of {folder} are new or changed in "
        f"{address_of(stack.bucket, name)}; name that as `transcripts` in the profile"
    )
    return 0


def put_catalogue(where: Where, file: Path) -> int:
    """Put models and prices of one's own before the packaged ones; 0."""
    models = inputs.models_and_prices(file)
    deployed(where).bucket.write(keys.CATALOGUE, file.read_bytes(), "application/yaml")
    print(
        f"{len(models.models)} models at {len(models.providers)} providers; runs that start now use them."
    )
    return 0
