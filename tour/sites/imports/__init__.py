"""Bringing places in from the open dataset 観光施設一覧: read, compared, written in batches.

For others: `choosing`, `file`, `importing`.
"""
