"""The audit log: who looked at what, when and why, as a chain that shows every later change; its anchors, its proof, its readers."""
