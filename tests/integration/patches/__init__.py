"""The smallest case of each fault of MiniStack that infra/local/cloud/patches mends."""
