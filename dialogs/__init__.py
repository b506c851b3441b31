"""What happens in a conversation, in people's words: no SDK, no HTTP, no SQL."""
