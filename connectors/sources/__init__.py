"""A source as its department agreed to it: one folder with a source.yaml, read strictly. Nothing is connected here."""
