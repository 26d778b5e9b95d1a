"""The domain: rules as pure functions, and one module for each outside world."""
