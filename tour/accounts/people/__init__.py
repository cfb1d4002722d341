"""Who there is: accounts, who tends which place, invitations and the letters about them.

For others: `addresses`, `ending`, `introduction`, `invitations`, `joining`, `mailing`, `merging`,
`people`, `published`, `queries`.
"""
