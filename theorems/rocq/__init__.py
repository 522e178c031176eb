"""What is machine-checked: the files of the Rocq project, and what builds and checks them."""
