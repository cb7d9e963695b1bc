"""The registry: bodies and portals, how they are read, proposed, confirmed and aged; the country's own files."""
