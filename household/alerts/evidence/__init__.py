"""What an alert stands on, as it is published: rows, links, words of a row, amounts by month."""
