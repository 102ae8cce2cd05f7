"""A request on its way to a clip: the job, its states, and what a clip says of itself."""
