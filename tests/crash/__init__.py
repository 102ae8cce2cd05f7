"""The crash harness: the program is killed again and again, and nothing may be lost or paid twice.

``python -m tests.crash --kills 200 --seed 1`` (``make crash``). The simulator runs in its own
process and is never killed; the program runs in forked children that are killed at a named point
or after a random time, also while they recover, and now and then as a real command. After every
kill the invariants I1-I9 are checked on a copy of what is on disk, after every round I10-I16.
"""
