"""Whether the app does its work: signs of life of its workers, and what its operator should see."""
