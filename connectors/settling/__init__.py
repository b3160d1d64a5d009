"""Which rows stand across all files that ever arrived. The outcome hangs on the files, never on the order of their arrival."""
