"""What the house promises about itself: sizes, words, borders, texts. Needs no server unless marked `database`."""
