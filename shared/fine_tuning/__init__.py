"""The states that buy a model: submit, poll, settle, deploy and cancel."""
