"""Outcomes of consecutive replications of one world, joined into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from holdfast.engine.run import Outcome


def join(parts: Sequence[Outcome]) -> Outcome:
    """The outcome of all replications: bit for bit what one simulation of all of them gives.

    Args:
        parts: in the order of their replications, without a gap; of one world and one seed.

    Raises:
        ValueError: there are none, or they do not follow each other.
    """
    if not parts:
        message = "no outcomes to join"
        raise ValueError(message)
    for before, after in pairwise(parts):
        if before.first + before.replications != after.first:
            message = f"replication {before.first + before.replications} follows, and not {after.first}"
            raise ValueError(message)
    begin = parts[0]
    return Outcome(
        replications=sum(part.replications for part in parts),
        first=begin.first,
        totals={name: np.concatenate([part.totals[name] for part in parts]) for name in begin.totals},
        yearly={name: np.concatenate([part.yearly[name] for part in parts], axis=1) for name in begin.yearly},
        bands={
            name: replace(band, counts=np.sum([part.bands[name].counts for part in parts], axis=0, dtype=np.int32))
            for name, band in begin.bands.items()
        },
        status=np.concatenate([part.status for part in parts]),
    )
