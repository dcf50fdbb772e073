"""The rows of the last minutes, in little memory, and exact views of them."""
