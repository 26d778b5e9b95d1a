"""The `econchatr` command: `main` knows where each command is, `commands` has a module for each of them."""
