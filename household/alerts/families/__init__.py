"""One module a family of alerts: what is raised, of whom, and when. They read `watch` and give `raised.RAISED`."""
