"""What people read: the command line, the report and its figures."""
