"""The laptop: an embedded cloud, a model provider stand-in, the demo show, and all three put together."""
