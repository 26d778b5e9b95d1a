"""What a person puts into a stack: a key into its secret, a show with its transcripts into its bucket."""

import json
from pathlib import Path

from infra.cli import inputs
from infra.machine.stack import DeployedStack
from infra.machine.upload import address_of, upload
from shared import shows
from shared.lake import keys
from shared.shows import ShowProfile

SECRET = "ProviderSecret"  # noqa: S105 - the name of an output


def put_key(stack: DeployedStack, provider: str, key: str) -> None:
    """Keep a provider's key in the stack's secret, beside those of the others."""
    secrets = stack.client("secretsmanager")
    kept = json.loads(secrets.get_secret_value(SecretId=stack.outputs[SECRET])["SecretString"])
    kept[provider] = key
    secrets.put_secret_value(SecretId=stack.outputs[SECRET], SecretString=json.dumps(kept))


def put_profile(stack: DeployedStack, show: ShowProfile) -> None:
    """Put a profile where runs find it by its name; a folder of transcripts goes with it."""
    if show.transcripts and "://" not in show.transcripts:
        folder = Path(show.transcripts)
        brought = upload(stack.bucket, show.name, folder)
        address = address_of(stack.bucket, show.name)
        show = show.model_copy(update={"transcripts": address})
        print(f"{brought:,} files of {folder} are new or changed in {address}")
    body = json.dumps(inputs.inline(show), ensure_ascii=False, indent=1)  # JSON is YAML
    shows.parse_yaml(body, show.name)
    stack.bucket.write(keys.show(show.name), body.encode(), "application/yaml")
