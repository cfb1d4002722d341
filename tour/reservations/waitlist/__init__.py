"""The queue of a full slot: who is asked when seats come free, and for how long.

For others: `calling`, `offering`, `queue`.
"""
