"""Bot Framework and Teams: with app.py, the only room that knows botbuilder and aiohttp."""
