"""The answers of finished models: asked for one by one, laid out side by side, and what people took them for."""
