"""Starting a run and watching it, so that the browser may be closed meanwhile."""
