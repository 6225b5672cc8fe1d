"""Looking for good settings: the learning-rate finder, and sweeps over any knobs."""
