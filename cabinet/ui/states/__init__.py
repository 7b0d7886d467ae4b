"""One flat state per page: parse, call one service, present."""
