"""The pages of the make-believe portals, one module for each family of portals."""
