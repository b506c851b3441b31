"""What is kept: named SQL over SQLite or PostgreSQL, and the migrations that shape the tables."""
