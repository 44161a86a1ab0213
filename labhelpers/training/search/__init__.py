"""Search: designs, sweeps that survive a kill, and what they search through."""
