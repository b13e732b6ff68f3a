"""Kinds of background jobs of this app."""
