"""Open-factory days: dates, who takes part, what is shown of them."""
