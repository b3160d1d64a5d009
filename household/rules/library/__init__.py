"""The rules, by topic. A rule is an expression over the judged frame (`judge.ground`); amounts and dates come from the packs."""
