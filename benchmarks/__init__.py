"""How fast and how large, as ratios against a peer in one run: ``python -m benchmarks``."""
