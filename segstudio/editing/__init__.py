"""Tools as state machines in image coordinates; they end in a patch."""
