"""The pages of docs/reference, written from what they are about, so that they cannot tell otherwise."""
