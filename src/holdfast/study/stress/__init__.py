"""Stress without probabilities: what comes of cutting any channel, input, plant or state of the world."""

from holdfast.study.stress.study import FUTURES, Stress, Struck, stress

__all__ = ["FUTURES", "Stress", "Struck", "stress"]
