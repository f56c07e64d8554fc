"""kill -9 at any moment, and nothing is lost, doubled or silently sent twice."""
