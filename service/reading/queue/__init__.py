"""The queue of applications: what is asked of it, and a page of the answer."""
