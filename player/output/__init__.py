"""From a drawn canvas to what a window holds: turning now; warps, masks and blends as façades bring them."""
