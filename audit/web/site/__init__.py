"""The static site: the dashboard's pages as files, and the open data beside them. It needs no server: every address
in it is relative, so that it opens from a folder, a memory stick or any web server alike."""
