"""Who may do what: roles, permissions, areas, the gate in front of every route, passwords, sessions, keys."""
