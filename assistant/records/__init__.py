"""What conversations leave behind, in the database."""
