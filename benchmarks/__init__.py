"""What surveys cost and how fast they are; README.md says how to measure it, and what came out."""
