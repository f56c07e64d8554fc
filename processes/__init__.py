"""What happens next after a purchase: steps, facts and reminders, as pure decisions."""
