"""Builds what is deployed: the layers from the lock file, and the code of the functions."""
