"""Adaptive Cards as values: pure functions from facts to card dicts, and what their buttons say."""
