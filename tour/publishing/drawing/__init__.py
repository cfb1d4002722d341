"""The map as a picture: what lies under the pins, the pins, signs and corners, the paper.

For others: `ground`, `marks`, `picture`, `sheets`, `symbols`.
"""
