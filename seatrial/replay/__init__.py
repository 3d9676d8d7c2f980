"""Recorded wire events through the whole path, on a clock that they drive."""
