"""Measurements of what surveys cost and how fast they are; README.md says how to run them and what came out."""
