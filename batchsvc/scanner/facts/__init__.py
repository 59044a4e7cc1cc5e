"""What a page says about its site; pure functions of its text."""
