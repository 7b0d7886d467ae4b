"""Plain HTTP beside the socket: session cookie, pictures, health, demo bank."""
