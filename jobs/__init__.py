"""Durable work: surveys are sent, reminded and closed, whatever happens to a process."""
