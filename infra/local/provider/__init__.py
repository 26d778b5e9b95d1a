"""A model provider on loopback: OpenAI's wire protocol, models that learn, a bill of its own."""
