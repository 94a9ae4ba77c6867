"""From an image to probabilities, refined labels and confidence."""
