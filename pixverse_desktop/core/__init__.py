"""What the program is about: requests, jobs, their states, the engine. Standard library only."""
