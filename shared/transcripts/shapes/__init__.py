"""The shapes of transcripts, a module each: from bytes of that shape to labelled lines."""
