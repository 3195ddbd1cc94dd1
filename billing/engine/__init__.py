"""The arithmetic of billing: pure Python. No Django, no clock, no rows; days and prices are passed in.

Where to begin: `lines` (a charge, and the changes that are made to charges), `terms` (what was agreed), `rules` (the
questions that every billing type answers), `types` (which types there are). Then one type whole: `csp_monthly`, or
`by_the_term` with `pieces` for those that are bought for a term.

Amounts are Decimals in the currency of the terms, rounded half up to its minor unit, once (`proration`, `parts`). Days
are dates; a period holds its first day and not its end. Rates of discounts are fractions of 1, taxes, markups and what
a level of the chain grants are in percent.
"""
