"""How each institution wants to be asked and how it answers: its page (`institutions/<code>.yaml`), and files in that layout, both ways."""
