"""The shapes in which portals come, one file for each content management system: addresses, markup, encodings."""
