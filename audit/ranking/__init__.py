"""Portals compared: an index within their kind, ranks with what is not sure of them, and rates over agencies."""
