"""What becomes of an alert from run to run: its state, decisions of people, silence, doubt about the number, and differences."""
