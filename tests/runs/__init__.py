"""The running parts: what becomes of a message when things go wrong between the steps."""
