"""By when: business hours, targets and the ladder of escalation, as pure decisions."""
