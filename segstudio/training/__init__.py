"""Training and evaluating networks on labelled images."""
