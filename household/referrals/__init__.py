"""Whom other departments and, with consent, charities should hear of: lists by department, each line with its ground."""
