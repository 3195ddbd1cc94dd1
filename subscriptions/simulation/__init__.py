"""A billing history carried out by the real verbs and nights and rolled back: read, played, told."""
