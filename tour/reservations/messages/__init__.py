"""What a party is told of its sessions: reminders, receipts, entries for its calendar.

For others: `appointments`, `calendar`, `money`, `receipts`, `reminders`, `setting_out`.
"""
