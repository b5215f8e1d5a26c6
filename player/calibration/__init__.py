"""How an operator maps outputs by hand: editing, what is drawn meanwhile, and the record of it on the disk."""
