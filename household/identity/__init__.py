"""Numbers and names: normal forms and validity. Nothing here decides who is who; that is linkage."""
