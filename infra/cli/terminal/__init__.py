"""What a person sees in the terminal: a run as it goes on, what it came to, tables, wrapped text."""
