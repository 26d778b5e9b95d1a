"""What a person types and sees: whole sessions in a terminal, and every line that README and docs show."""
