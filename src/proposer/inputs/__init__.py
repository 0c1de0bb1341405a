"""What a run is made of: its private folder, the subject, the stage, cleaned text and the prompt."""
