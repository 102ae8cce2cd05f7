"""What lists of jobs share: models, texts, pictures, actions."""
