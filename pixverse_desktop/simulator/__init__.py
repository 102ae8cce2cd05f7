"""The built-in simulator of the video service: real HTTP, real clips, play money.

It stands in for somebody else's service, so it keeps its own copy of that service's names and
imports nothing from the rest of the application.
"""
