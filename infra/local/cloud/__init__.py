"""An AWS on the laptop: MiniStack on loopback, made to behave as AWS documents where it does not.

`running` starts and stops it, `deploy` puts the SAM template on it.
"""

from infra.local.cloud.cloud import Cloud
from infra.local.cloud.deploy import deploy
from infra.local.cloud.errors import CloudError, CloudMisused
from infra.local.cloud.prefork import Preload
from infra.local.cloud.server import running

__all__ = ["Cloud", "CloudError", "CloudMisused", "Preload", "deploy", "running"]
