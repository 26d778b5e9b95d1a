"""The stand-in and the laptop's cloud without the rest of this repository."""
