"""What is on this disk: the mirror, the outbox, the call log, drafts, the machine's state.

All SQL of the client lives here. Everything is synchronous and safe from any thread; readers never
wait for a writer (WAL).
"""
