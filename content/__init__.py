"""The maturity model and the words of the bot, as data that people can edit."""
