"""How far a rule can be trusted: precision from decisions, stepping back, people without alerts and what was missed."""
