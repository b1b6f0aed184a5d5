"""Scenarios that ship with Holdfast."""
