"""Where the bytes of a chunk stand: lines, marks, spans, and columns of keys made of them."""
