"""Telling people something in time, by push or mail, once, or not at all."""
