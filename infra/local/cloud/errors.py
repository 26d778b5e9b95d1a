"""What can go wrong with the laptop cloud itself, each with what to do about it."""


class CloudError(Exception):
    """Whatever goes wrong with the cloud itself."""


class CloudMisused(CloudError):
    """What was asked of it cannot be done; the message says what to change."""


class UnsupportedMiniStack(CloudError):
    """The installed MiniStack is not the one the patches were written for."""


class StateFolderUnusable(CloudMisused):
    """The folder that should hold the cloud's state cannot be written."""


class StateFolderInUse(CloudMisused):
    """Another laptop cloud is running on the same folder."""


class CloudNotStarted(CloudError):
    """MiniStack ended, or stayed silent, before it answered."""


class PackagingFailed(CloudMisused):
    """The template names a local file or folder that cannot be packaged."""


class DeployFailed(CloudError):
    """CloudFormation refused the stack; the message lists its reasons."""
