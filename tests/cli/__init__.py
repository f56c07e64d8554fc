"""The command `faden`, asked the way a person asks it."""
