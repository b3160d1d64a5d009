"""Who is counted, and what is so of them: death, custody, disability, what they draw (assessment §4, §7, §9)."""
