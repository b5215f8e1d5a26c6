"""The show as film: any stretch of it as a file, drawn as the wall draws it; and as it runs, for viewers elsewhere."""
