"""How data arrives: places, downloads, archives, the disk."""
