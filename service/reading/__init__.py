"""What API and pages show, read from the warehouse and the store: frames and plain dataclasses, no HTTP."""
