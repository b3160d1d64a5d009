"""Files into the store: which lie in the inbox, how they are read to texts, and the log of what arrived."""
