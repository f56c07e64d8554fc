"""Who should answer: pure decisions about identity, threads and teams."""
