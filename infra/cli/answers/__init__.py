"""The answers of finished models: asked for one by one, and laid out side by side in a terminal."""
