"""Official figures beside ours: taken from files, shown under whom they belong to, compared, never added up."""
