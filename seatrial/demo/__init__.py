"""The main job on real input, with a story."""
