"""Where Athena differs: its SQL, its tables, its result files, and saved queries."""
