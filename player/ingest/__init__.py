"""Ingest: poll, decide, fetch, prepare, commit. Touches the network and the library, never the window."""
