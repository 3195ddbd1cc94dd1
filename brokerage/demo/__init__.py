"""The demo: the main job carried out against the sandbox, told step by step, and then a brokerage to look around in."""
