"""`make soak`: the whole app in a quarter of an hour of faults, and an audit at its end.

    python -m bench.soak [--minutes 15] [--seed 1]

Two web processes and two workers on PostgreSQL, a mail server and a push service that hang, refuse
and lie. Visitors reserve, cancel and queue all the while, and note what they were promised.
"""
