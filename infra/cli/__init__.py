"""The `econchatr` command: `main` knows the options, and each command has a module."""
