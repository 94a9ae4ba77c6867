"""Qt widgets: they show, and they ask the session."""
