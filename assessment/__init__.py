"""The maturity rules: pure, synchronous, no clock, no I/O, standard library only."""
