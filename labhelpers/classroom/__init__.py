"""What a teacher does: mark exercises, hand data to a class."""
