"""What can go wrong with the laptop cloud itself, each with what to do about it."""

from shared.errors import BadInput, EconChatRError


class UnsupportedMiniStack(EconChatRError):
    """The installed MiniStack is not the one the seams were written for."""


class StateFolderUnusable(BadInput):
    """The folder that should hold the cloud's state cannot be written."""


class StateFolderInUse(BadInput):
    """Another laptop cloud is running on the same folder."""


class CloudNotStarted(EconChatRError):
    """MiniStack ended, or stayed silent, before it answered."""


class PackagingFailed(BadInput):
    """The template names a local file or folder that cannot be packaged."""


class DeployFailed(EconChatRError):
    """CloudFormation refused the stack; the message lists its reasons."""
