"""Questions to one net: what a weight joins, what a neuron listens to, and what the loss is without it."""
