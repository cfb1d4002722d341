"""The demonstration catalogue: read from a folder of files, then loaded."""
