"""Who there is: accounts, who tends which place, invitations and the letters about them.

For others: `invitations`, `mailing`, `people`, `queries`.
"""
