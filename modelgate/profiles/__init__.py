"""What the columns of a data set hold, in small: enough to tell whether another one differs."""
