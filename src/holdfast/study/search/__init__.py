"""Searching: the levers of a scenario turned on the real simulator, under common random numbers.

One module a part: `space` (which plans there are), `scores` (what is kept of a future), `journal` (what was done),
`trials` (simulating), `climb` (NSGA-II), `goals` (what is better, and when surely), `schedule` (what is tried next),
`final` (the last choice), `found` (the answer) and `study` (all of it).
"""
