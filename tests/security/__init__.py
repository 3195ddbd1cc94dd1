"""What nobody may see or do, generated over every address."""
