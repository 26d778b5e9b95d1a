"""What the stand-in answers to, a module for each kind of thing asked for."""
