"""Short mails to those who have something to do: that there is something, and where."""
