"""The REST API of the approval system, version 1."""
