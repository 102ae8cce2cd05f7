"""The only writer of jobs: sends, looks, fetches, matches, rescues."""
