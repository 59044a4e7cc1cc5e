"""The page: drawn by the server, in plain HTML that works without JavaScript and moves with it."""
