"""Who there is: accounts, who tends which place, invitations and the letters about them.

For others: `introduction`, `invitations`, `joining`, `mailing`, `people`, `published`,
`queries`.
"""
