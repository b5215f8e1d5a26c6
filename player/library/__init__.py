"""The library: two SQLite files and a folder of prepared pictures that all processes share."""
