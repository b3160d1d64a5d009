"""Pages for analysts, stewards and auditors, in Chinese and English, drawn on the server."""
