"""Bots to compare with, each a program of its own that listens on PORT; none of them is part of the bot."""
