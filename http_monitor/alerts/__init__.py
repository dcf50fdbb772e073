"""The rules that look at the window, one small file each."""
