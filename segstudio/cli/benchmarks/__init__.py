"""What `segstudio benchmark` measures, one module each."""
