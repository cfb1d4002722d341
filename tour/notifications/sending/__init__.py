"""From what is due to what was delivered: fanned out, claimed, tried, recorded.

For others: `fan_out`, `wording`, `worker`.
"""
