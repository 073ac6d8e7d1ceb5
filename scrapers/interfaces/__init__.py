"""Official interfaces of sites: asked by a key, without a page."""
